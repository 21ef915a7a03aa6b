"""Sums over a drive, exact to the frame."""

import math
from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from driver_monitor.state.signals import Signals
from driver_monitor.state.terms import GAP_S

CLOSURE_S: Final = 0.5  # shut for at least this long is more than a blink (0.1 to 0.4 s; a long one from 0.5 s on)


@dataclass(slots=True)
class Tally:
    """Times in seconds. A frame's state counts from its time to the next frame's, but for at most ``gap_s``.

    ``seen_s``: the driver's face was tracked. ``judged_s``: and nothing degraded. ``eyes_known_s`` and
    ``gaze_known_s``: the eyes, the gaze could be judged. ``blinks`` are the end times of completed blinks, ``yawns``
    start and end of each yawn, one after the other, ``closures`` those of the eyes shut for 0.5 s and longer.
    ``gaps`` counts the holes between two frames, ``unseen_s`` adds up what they lack. ``zones_s`` is the time the gaze
    spent in each known zone. ``blinks_counted_s``: blinks were counted; ``uncounted_s``: they were not, by the reason
    (``blinks_suppressed``). A drive ``of_lines`` is known by one state a second, without its frames and blinks.
    """

    gap_s: float = GAP_S
    of_lines: bool = False
    frames: int = 0
    start_s: float = 0.0
    end_s: float = 0.0
    seen_s: float = 0.0
    judged_s: float = 0.0
    eyes_known_s: float = 0.0
    gaze_known_s: float = 0.0
    off_road_s: float = 0.0
    unseen_s: float = 0.0
    gaps: int = 0
    longest_gap_s: float = 0.0
    degraded_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    zones_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    blinks_counted_s: float = 0.0
    uncounted_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    longest_closure_s: float = 0.0
    perclos_60s_max: float | None = None
    perclos_known_s: float = 0.0
    blinks_shut_s: float = 0.0
    blinks: "array[float]" = field(default_factory=lambda: array("d"))
    yawns: "array[float]" = field(default_factory=lambda: array("d"))
    closures: "array[float]" = field(default_factory=lambda: array("d"))
    _last: Signals | None = None
    _perclos_s: float = 0.0

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s

    @property
    def seen_share(self) -> float:
        """Share of the drive in which the driver's face was tracked; NaN without a frame."""
        return self._share(self.seen_s, self._last is not None and self._last.tracking == "tracked")

    @property
    def judged_share(self) -> float:
        """Share of the drive in which the driver could be judged; NaN without a frame."""
        last = self._last
        return self._share(self.judged_s, last is not None and last.tracking == "tracked" and not last.degraded)

    def _share(self, part_s: float, at_last: bool) -> float:
        """A drive of one frame has no length: then that frame decides."""
        if not self.frames:
            return math.nan
        return part_s / self.duration_s if self.duration_s > 0 else float(at_last)

    @property
    def perclos_60s_mean(self) -> float | None:
        """Weighted by time; None where it was never known."""
        return self._perclos_s / self.perclos_known_s if self.perclos_known_s else None

    @property
    def blinks_per_min(self) -> float | None:
        """Over the time in which they were counted; None below a quarter of a minute of it."""
        return len(self.blinks) / self.blinks_counted_s * 60 if self.blinks_counted_s >= 15 else None

    @property
    def blink_duration_s(self) -> float | None:
        """The mean; None without a blink."""
        return self.blinks_shut_s / len(self.blinks) if self.blinks_shut_s else None

    @property
    def blinks_known(self) -> bool:
        """Whether blinks were counted in any of it: else there being none says nothing."""
        return bool(self.blinks) or (self.blinks_counted_s > 0 and not self.of_lines)

    def end(self, t_s: float) -> None:
        """The last state held until ``t_s``."""
        if self._last is not None and t_s > self.end_s:
            self._hold(self._last, t_s - self.end_s)
            self.end_s = t_s

    def add(self, now: Signals, t_s: float) -> None:
        last = self._last
        if last is None:
            self.start_s = t_s
        else:
            self._hold(last, t_s - self.end_s)
        self.frames += 1
        self.end_s = t_s
        self._last = now
        if now.blink:
            self.blinks.append(t_s)
            if now.completed_blink is not None:
                self.blinks_shut_s += now.completed_blink.duration_s
        if now.yawn:
            if last is None or not last.yawn:
                self.yawns.extend((t_s, t_s))
            self.yawns[-1] = t_s
        closed_s, perclos = now.eyes_closed_s, now.perclos_60s
        if closed_s is not None and closed_s > self.longest_closure_s:
            self.longest_closure_s = closed_s
        if closed_s is not None and closed_s >= CLOSURE_S:
            before_s = (last.eyes_closed_s or 0.0) if last is not None else 0.0
            if not CLOSURE_S <= before_s <= closed_s:
                self.closures.extend((t_s - closed_s, t_s))
            self.closures[-1] = t_s
        if perclos is not None and perclos > (self.perclos_60s_max if self.perclos_60s_max is not None else -1.0):
            self.perclos_60s_max = perclos

    def _hold(self, state: Signals, step_s: float) -> None:
        """Credit the time since the last frame to what that frame showed."""
        if step_s > self.gap_s:
            self.gaps += 1
            self.longest_gap_s = max(self.longest_gap_s, step_s)
            self.unseen_s += step_s - self.gap_s
            step_s = self.gap_s
        if state.tracking == "tracked":
            self.seen_s += step_s
        if state.degraded:
            self.degraded_s[state.degraded] += step_s
        elif state.tracking == "tracked":
            self.judged_s += step_s
        if state.blinks_suppressed:
            self.uncounted_s[state.blinks_suppressed] += step_s
        else:
            self.blinks_counted_s += step_s
        if state.eyes != "unknown":
            self.eyes_known_s += step_s
        if state.on_road is not None:
            self.gaze_known_s += step_s
            if not state.on_road:
                self.off_road_s += step_s
        if state.zone != "unknown":
            self.zones_s[state.zone] += step_s
        perclos = state.perclos_60s
        if perclos is not None and math.isfinite(perclos):
            self.perclos_known_s += step_s
            self._perclos_s += perclos * step_s
