"""A drive in bounded memory: what the report plots."""

from array import array
from collections import Counter
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from driver_monitor.channel_tally import ChannelTally
from driver_monitor.state.alert import Alert
from driver_monitor.state.channels import NOTHING
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.signals import DEGRADED_CAUSES
from driver_monitor.state.speed import SpeedKnowledge
from driver_monitor.state.terms import GAP_S
from driver_monitor.tally import Tally
from driver_monitor.timeline.episodes import Episodes
from driver_monitor.timeline.fatigue_course import FatigueCourse
from driver_monitor.timeline.gaze_map import GazeMap

_SIGNALS: Final = (
    "openness", "eyes_closed_s", "perclos_60s", "perclos_180s", "yaw_deg", "pitch_deg", "gaze_yaw_deg",
    "gaze_pitch_deg", "off_road_s", "away_30s", "mouth_opening", "quality", "quality_eyes",
    "blink_rate_per_min", "blink_duration_s", "perclos_coverage",
)  # fmt: skip
_CHANNELS: Final = (
    "heart_rate_bpm", "heart_rate_low_bpm", "heart_rate_high_bpm", "voice_arousal", "voice_flatness", "slump",
    "hand_at_head", "phone_suspected",
)  # fmt: skip
SERIES: Final = (
    *_SIGNALS, "fatigue_level", "stress_stressed", "stress_angry", "speed_kmh",
    *_CHANNELS, "eyes_closed", "yawn", "gaze", "degraded",
)  # fmt: skip
GAZE_ROAD, GAZE_TASK, GAZE_AWAY = 1.0, 2.0, 3.0  # codes of the "gaze" series; NaN where it is not known

_VALUES: Final = attrgetter(*_SIGNALS)
_OF_CHANNELS: Final = attrgetter(*_CHANNELS)
_NAN: Final = float("nan")
_GAZE_YAW, _GAZE_PITCH = _SIGNALS.index("gaze_yaw_deg"), _SIGNALS.index("gaze_pitch_deg")
_GAZE_IN_TAIL: Final = SERIES.index("gaze") - len(SERIES)
_TAIL_ROWS: Final = 512
_CAPACITY: Final = 1 << 17  # buckets: 68 min at full frame rate, 18 h at 2 Hz; 34 MB when full
_FIRST_WIDTH_S: Final = 1 / 32


class Track(NamedTuple):
    """Buckets of a drive: start time [n] (s) and the lowest and highest value in each [n]; NaN where not known."""

    t_s: NDArray[np.float64]
    low: NDArray[np.float32]
    high: NDArray[np.float32]


class Timeline:
    """Sums a drive up frame by frame.

    Plotted values are kept as minimum and maximum of buckets, 1/32 s wide at first; when there are too many, their
    width is doubled. So a short drive is kept whole, a blink stays visible in a long one, and memory stays under
    50 MB however long the drive is. ``tally`` and ``episodes`` are exact.
    """

    def __init__(self, *, gap_s: float = GAP_S, of_lines: bool = False) -> None:
        """``gap_s``: a longer step between two states is a hole in the drive. ``of_lines``: see :class:`Tally`."""
        self.tally = Tally(gap_s, of_lines)
        self.episodes = Episodes()
        self.speed_known: Counter[SpeedKnowledge] = Counter()  # in how many frames the speed was known in which way
        self.fatigue = FatigueCourse()
        self.channels = ChannelTally()
        self._gaze_map = GazeMap()
        self.causes = list(reversed(DEGRADED_CAUSES))  # code = place + 1: of two in one bucket the graver is kept
        self._tail = array("f")
        self._tail_t = array("d")
        self._width_s = _FIRST_WIDTH_S
        self._count = 0
        # Untouched pages of an empty array cost no memory.
        self._t = np.empty(_CAPACITY, np.float64)
        self._low = np.empty((len(SERIES), _CAPACITY), np.float32)
        self._high = np.empty((len(SERIES), _CAPACITY), np.float32)
        self._known = np.zeros(len(SERIES), np.int64)

    def add_alert(self, alert: Alert) -> None:
        self.episodes.add(alert)

    def add(self, state: DriverState) -> None:
        """``state.t_s`` must not go back."""
        signals = state.signals
        self.tally.add(signals, state.t_s)
        self.speed_known[state.speed.knowledge] += 1
        self.fatigue.add(state)
        self.channels.add(state.channels)
        if signals.on_road is None:
            gaze = _NAN
        elif signals.on_road:
            gaze = GAZE_ROAD
        elif signals.driving_task_s:
            gaze = GAZE_TASK
            if self._tail_t and self._tail_t[-1] >= state.t_s - signals.driving_task_s - 1e-6:
                self._tail[_GAZE_IN_TAIL] = GAZE_TASK  # the glance began a frame ago, when this read 0 s
        else:
            gaze = GAZE_AWAY
        kmh, fatigue, stress = state.speed.kmh, state.fatigue, state.stress
        self._tail.extend([_NAN if value is None else value for value in _VALUES(signals)])
        self._tail.extend((
            _NAN if fatigue is None else fatigue.level,
            _NAN if stress is None else stress.stressed,
            _NAN if stress is None else stress.angry,
            _NAN if kmh is None else kmh,
            *(_NAN if value is None else value for value in _OF_CHANNELS(state.channels or NOTHING)),
            _NAN if signals.eyes == "unknown" else signals.eyes == "closed",
            signals.yawn,
            gaze,
            self._cause(signals.degraded),
        ))  # fmt: skip
        self._tail_t.append(state.t_s)
        if len(self._tail_t) >= _TAIL_ROWS:
            self._flush()

    @property
    def speed_words(self) -> str:
        """How the speed was known, the usual way first: ``measured, unknown``."""
        return ", ".join(knowledge.value for knowledge, _ in self.speed_known.most_common())

    def track(self, name: str) -> Track:
        """One of :data:`SERIES` over the whole drive."""
        self._flush()
        row, count = SERIES.index(name), self._count
        return Track(self._t[:count], self._low[row, :count], self._high[row, :count])

    def runs(self, name: str, code: float) -> list[tuple[float, float]]:
        """Stretches (start, end, s) in which a coded series had this value, to the width of a bucket."""
        t_s, _, codes = self.track(name)
        if not len(t_s):
            return []
        ends = np.append(t_s[1:], max(self.tally.end_s, t_s[-1]))
        ends = np.where(ends - t_s > max(self.tally.gap_s, 2 * self._width_s), t_s + self._width_s, ends)
        edges = np.diff((codes == code).astype(np.int8), prepend=0, append=0)
        starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        return [(float(t_s[a]), float(ends[b - 1])) for a, b in zip(starts, stops, strict=True)]

    def degraded_runs(self) -> list[tuple[str, list[tuple[float, float]]]]:
        """Each cause that occurred, gravest first, with its stretches."""
        found = [(cause, self.runs("degraded", code)) for code, cause in enumerate(self.causes, 1)]
        return [(cause, runs) for cause, runs in reversed(found) if runs]

    def looks(self) -> GazeMap:
        """Where the gaze was, over all frames so far."""
        self._flush()
        return self._gaze_map

    def coverage(self, name: str) -> float:
        """Share of all frames in which this series was known; NaN for a drive without frames."""
        self._flush()
        frames = self.tally.frames
        return float(self._known[SERIES.index(name)]) / frames if frames else _NAN

    def _cause(self, degraded: str) -> int:
        if not degraded:
            return 0
        if degraded not in self.causes:
            self.causes.append(degraded)
        return self.causes.index(degraded) + 1

    def _flush(self) -> None:
        if not self._tail_t:
            return
        t_s = np.array(self._tail_t)
        rows = np.array(self._tail, np.float32).reshape(-1, len(SERIES)).T
        rows[~np.isfinite(rows)] = np.nan
        self._known += np.isfinite(rows).sum(axis=1)
        self._gaze_map.add(rows[_GAZE_YAW], rows[_GAZE_PITCH])
        del self._tail[:], self._tail_t[:]
        t_s, low, high = self._bucketed(t_s, rows, rows)
        while self._count + len(t_s) > _CAPACITY:
            self._width_s *= 2
            old = self._bucketed(self._t[: self._count], self._low[:, : self._count], self._high[:, : self._count])
            self._count = 0
            self._append(*old)
            t_s, low, high = self._bucketed(t_s, low, high)
        self._append(t_s, low, high)

    def _append(self, t_s: NDArray[np.float64], low: NDArray[np.float32], high: NDArray[np.float32]) -> None:
        end = self._count + len(t_s)
        self._t[self._count : end] = t_s
        self._low[:, self._count : end] = low
        self._high[:, self._count : end] = high
        self._count = end

    def _bucketed(
        self, t_s: NDArray[np.float64], low: NDArray[np.float32], high: NDArray[np.float32]
    ) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
        places = np.floor(t_s / self._width_s)
        starts = np.flatnonzero(np.diff(places, prepend=-np.inf))
        return t_s[starts], np.fmin.reduceat(low, starts, axis=1), np.fmax.reduceat(high, starts, axis=1)
