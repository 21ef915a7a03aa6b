"""A file's presentation times, made fit to be media time."""

import math

SMALLEST_STEP_S = 0.001  # trackers take whole milliseconds, so two frames must not share one
LATEST_S = 1e10  # beyond any date; what lies further out is a marker for "no time", and floats lose the millisecond
RESTART_S = 10.0  # a step back this long is another clock; FFmpeg's dts_delta_threshold draws the line there too


class PresentationClock:
    """Turns the times written in a file into times that start at 0 and strictly increase.

    Irregular times are kept as they are. What cannot be kept is repaired and counted in ``repaired``:

    - a missing time (NaN, infinite, beyond :data:`LATEST_S`) or a repeated one moves on by the nominal frame interval;
    - a step back moves on by the smallest step until the file has caught up;
    - a step back to the start or by :data:`RESTART_S` (two recordings in one file) goes on from where the clock was.
    """

    def __init__(self, nominal_step_s: float) -> None:
        self.repaired = 0
        self._nominal_step_s = max(nominal_step_s, SMALLEST_STEP_S)
        self._offset_s: float | None = None
        self._first_raw_s = self._last_raw_s = math.nan
        self._last_s = -math.inf

    def media_time(self, raw_s: float) -> float:
        """Media time of the next frame, whose time in the file is ``raw_s`` (both in seconds)."""
        if self._last_s == -math.inf:
            t_s = 0.0
            if _usable(raw_s):
                self._offset_s, self._first_raw_s = -raw_s, raw_s
            else:
                self.repaired += 1
        else:
            t_s = self._next(raw_s)
        self._last_raw_s, self._last_s = raw_s, t_s
        return t_s

    def _next(self, raw_s: float) -> float:
        expected_s = self._last_s + self._nominal_step_s
        if not _usable(raw_s):
            self.repaired += 1
            return expected_s
        if self._offset_s is None:
            self._offset_s, self._first_raw_s = expected_s - raw_s, raw_s
        t_s = raw_s + self._offset_s
        if t_s > self._last_s:
            return t_s
        self.repaired += 1
        if raw_s == self._last_raw_s:
            return expected_s
        if raw_s <= self._first_raw_s + self._nominal_step_s or self._last_s - t_s >= RESTART_S:
            self._offset_s += expected_s - t_s
            return expected_s
        return self._last_s + SMALLEST_STEP_S


def _usable(raw_s: float) -> bool:
    return math.isfinite(raw_s) and abs(raw_s) < LATEST_S
