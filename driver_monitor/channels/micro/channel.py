"""The micro-expression channel: from every frame's blendshapes to an onset, an apex and an offset.

A micro-expression comes and goes within half a second (Ekman & Friesen 1969; Yan et al. 2013). Here it is an excursion
of one kind over the resting face just before and after it, alone in two seconds, while the head is still, without a
blink for the kinds that blinks move, and without talk for those of the mouth. Of several at once the first to peak is
told. Experimental: found on a scripted driver, claimed for no person.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.micro.actions import KINDS, MOUTH, MOVED_BY_BLINKS, shown
from driver_monitor.face.blendshapes import INDEX, NAMES
from driver_monitor.face.observation import FaceObservation
from driver_monitor.parameter import defined, judged, paper
from driver_monitor.state.micro import MicroSignals
from driver_monitor.state.signals import Signals
from driver_monitor.state.terms import ROUNDING_S

LONGEST_S: Final = paper(0.5, "from onset to offset", "Yan et al. 2013, J Nonverbal Behav 37:217")
SHORTEST_S: Final = judged(0.08, "three frames of 30 a second: less is noise")
MIN_FPS: Final = judged(27.0, "at fewer frames a short one has no shape; a camera of 30 loses some")
HOLE_S: Final = judged(0.1, "a longer step between two frames may have held one, or its end")
BEFORE_S: Final = judged(1.5, "of the resting face before the apex")
AFTER_S: Final = judged(1.0, "after it: so late it is told")
ASIDE_S: Final = judged(0.4, "around the apex that is not the resting face")
LEAST: Final = judged(0.12, "of an apex over the resting face", unit="blendshape")
TIMES_NOISE: Final = judged(6.0, "of the resting face's own standard deviation, that an apex must be", unit="ratio")
FOOT: Final = judged(0.25, "of the apex: where onset and offset are", unit="share")
ALONE: Final = judged(0.5, "of the apex: as much at another time within the two seconds is talk or play", unit="share")
BLINK: Final = judged(0.2, "of the blink blendshape over rest: some kinds move with it", unit="blendshape")
AROUND_S: Final = judged(0.15, "before and after: a blink around the apex, a turn around the whole, explain it")
JAW: Final = judged(0.06, "that the jaw may move within the two seconds: more is talk", unit="blendshape")
HEAD_DEG: Final = judged(5.0, "that the head may turn from just before to just after")
JITTER_FRAMES: Final = judged(5, "over which the jitter of head and jaw is averaged", unit="frames")
FRONT_DEG: Final = judged(25.0, "off the front: beyond, blendshapes lose their meaning")
LEAST_QUALITY: Final = judged(0.5, "of a frame whose blendshapes count", unit="quality")
MAD_TO_SD: Final = defined(
    1.4826, "from a median absolute deviation to a standard deviation", "the normal law", unit="ratio"
)

_JAW: Final = NAMES.index("jawOpen")
_BLINKS: Final = [INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]


@dataclass(frozen=True, slots=True)
class _Frame:
    t_s: float
    kinds: NDArray[np.float32]
    blink: float
    jaw: float
    head_deg: tuple[float, float, float]


class MicroExpressionChannel:
    """One drive's last seconds of expression. Time comes from the observations alone."""

    def __init__(self) -> None:
        self._frames: deque[_Frame] = deque()
        self._next = 0  # the first frame that has not been asked whether it is an apex
        self._last = MicroSignals()
        self._last_s = self._told_s = -math.inf

    def new_driver(self) -> None:
        """Somebody else may be sitting there: it is another resting face."""
        self._frames.clear()
        self._next = 0

    def update(self, observation: FaceObservation, signals: Signals) -> MicroSignals:
        """The signals of a frame; one whose time does not advance has the last one's."""
        t_s = observation.t_s
        if not t_s > self._last_s:
            return self._last
        hole = t_s - self._last_s > HOLE_S
        self._last_s = t_s
        missing = _missing(observation, signals)
        if missing or hole:
            self.new_driver()
        if not missing and observation.blendshapes is not None:
            shapes = observation.blendshapes
            self._frames.append(
                _Frame(
                    t_s,
                    shown(shapes),
                    float(shapes[_BLINKS].max()),
                    float(shapes[_JAW]),
                    (signals.yaw_deg or 0.0, signals.pitch_deg or 0.0, signals.roll_deg or 0.0),
                )
            )
        while self._frames and t_s - self._frames[0].t_s > BEFORE_S + AFTER_S:
            self._frames.popleft()
            self._next = max(0, self._next - 1)
        self._last = MicroSignals(micro_expression_missing=missing) if missing else self._judge(t_s)
        return self._last

    def _judge(self, t_s: float) -> MicroSignals:
        """What the frames of ``AFTER_S`` ago were an apex of."""
        frames = self._frames
        if t_s - frames[0].t_s < BEFORE_S + AFTER_S - HOLE_S:
            return MicroSignals(micro_expression_missing="learning")
        found = MicroSignals(micro_expression_missing="")
        while self._next < len(frames) and frames[self._next].t_s <= t_s - AFTER_S + ROUNDING_S:
            if self._rises(self._next) and frames[self._next].t_s > self._told_s:
                found = self._at(self._next) or found
            self._next += 1
        return found

    def _rises(self, centre: int) -> bool:
        """Whether any kind stands out of what it was a little before or after; quick, and right for all but few."""
        frames = self._frames
        aside = round(ASIDE_S * MIN_FPS)
        before, after = frames[max(0, centre - aside)], frames[min(len(frames) - 1, centre + aside)]
        over = frames[centre].kinds - np.minimum(before.kinds, after.kinds)
        return bool(over.max() >= LEAST * ALONE)

    def _at(self, centre: int) -> MicroSignals | None:
        frames = self._frames
        times = np.array([frame.t_s for frame in frames])
        values = np.array([frame.kinds for frame in frames])
        values[1:-1] = np.median((values[:-2], values[1:-1], values[2:]), axis=0)
        aside = np.abs(times - times[centre]) > ASIDE_S
        rest = np.median(values[aside], axis=0)
        noise = MAD_TO_SD * np.median(np.abs(values[aside] - rest), axis=0)
        over = values - rest
        floor = np.maximum(LEAST, TIMES_NOISE * noise)
        best: tuple[float, int, int, int] | None = None
        for kind in np.flatnonzero(over[centre] >= floor).tolist():
            span = _span(over[:, kind], times, centre)
            if span is not None and not self._explained(KINDS[kind], centre, *span):
                clear = float(over[centre, kind] / floor[kind])
                best = max(best, (clear, kind, *span)) if best else (clear, kind, *span)
        if best is None:
            return None
        _, kind, first, last = best
        self._told_s = float(times[last])
        apex = min(1.0, float(over[centre, kind]))
        onset_s, apex_s, offset_s = times[[first, centre, last]].tolist()
        return MicroSignals(KINDS[kind], apex, onset_s, apex_s, offset_s, "")

    def _explained(self, kind: str, centre: int, first: int, last: int) -> bool:
        """Whether a turn of the head, a blink or talk explains it."""
        frames = list(self._frames)
        begin_s, end_s = frames[first].t_s - AROUND_S, frames[last].t_s + AROUND_S
        if _averaged_range([frame.head_deg for frame in frames if begin_s <= frame.t_s <= end_s]) > HEAD_DEG:
            return True
        if kind in MOUTH and _averaged_range([(frame.jaw,) for frame in frames]) > JAW:
            return True
        if kind not in MOVED_BY_BLINKS:
            return False
        apex_s = frames[centre].t_s
        rest = float(np.median([frame.blink for frame in frames]))
        return max(frame.blink for frame in frames if abs(frame.t_s - apex_s) <= AROUND_S) > rest + BLINK


def _span(over: NDArray[np.float32], times: NDArray[np.float64], centre: int) -> tuple[int, int] | None:
    """The frames of onset and offset around an apex; None where it is none, too long, too short or not alone."""
    apex = float(over[centre])
    near = np.abs(times - times[centre]) <= LONGEST_S
    if centre != int(np.argmax(np.where(near, over, -np.inf))):
        return None
    low = over <= FOOT * apex
    before, after = np.flatnonzero(low[:centre]), np.flatnonzero(low[centre:])
    if not before.size or not after.size:
        return None
    first, last = int(before[-1]), centre + int(after[0])
    if not SHORTEST_S <= times[last] - times[first] <= LONGEST_S:
        return None
    elsewhere = np.abs(np.concatenate((over[:first], over[last + 1 :])))
    return (first, last) if elsewhere.max(initial=0.0) <= ALONE * apex else None


def _averaged_range(rows: Sequence[tuple[float, ...]]) -> float:
    """The widest range of any column, after averaging out its jitter."""
    sums = np.cumsum([(0.0,) * len(rows[0]), *rows], axis=0)
    width = min(JITTER_FRAMES, len(rows))
    return float(np.ptp(sums[width:] - sums[:-width], axis=0).max()) / width


def _missing(observation: FaceObservation, signals: Signals) -> str:
    if observation.blendshapes is None or signals.yaw_deg is None or signals.pitch_deg is None:
        return "no_face"
    if signals.fps is None or signals.fps < MIN_FPS:
        return "low_frame_rate"
    if math.hypot(signals.yaw_deg, signals.pitch_deg) > FRONT_DEG:
        return "turned_away"
    return "poor_view" if signals.quality < LEAST_QUALITY or signals.degraded == "hand_on_face" else ""
