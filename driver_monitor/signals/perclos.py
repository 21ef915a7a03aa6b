"""PERCLOS: the share of time the lids are at least 80 % closed, blinks excluded (Wierwille 1994)."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from driver_monitor.parameter import judged
from driver_monitor.signals.filters import MAX_STEP_S
from driver_monitor.signals.seen_time import FLICKER_S

REFRESH_S: Final = judged(0.2, "the sums over the windows are taken this often")


@dataclass(slots=True)
class _Closure:
    closed_s: float = 0.0


@dataclass(slots=True)
class _Run:
    """A stretch judged without a break. ``closure`` is the one it belongs to, None while the eyes are open."""

    start_s: float
    end_s: float
    closure: _Closure | None


@dataclass(frozen=True, slots=True)
class Perclos:
    """``share`` of judged time closed; None below ``MIN_JUDGED_SHARE``. ``coverage`` is judged time over the window."""

    share: float | None
    coverage: float


MIN_JUDGED_SHARE: Final = judged(1 / 3, "of the window in which the lids must have been judged")


class PerclosMeter:
    """Frames whose eyes cannot be judged leave numerator and denominator."""

    def __init__(self, windows_s: tuple[float, ...], blink_max_s: float) -> None:
        self._windows_s = windows_s
        self._blink_max_s = blink_max_s
        self._runs: deque[_Run] = deque()
        self._last_s: float | None = None
        self._refreshed_s: float | None = None
        self._now = tuple(Perclos(None, 0.0) for _ in windows_s)

    def update(self, t_s: float, closed: bool | None) -> tuple[Perclos, ...]:
        """``closed`` is None where the eyes cannot be judged. Returns one figure a window, in the order given."""
        step_s = 0.0 if self._last_s is None else t_s - self._last_s
        if closed is not None and 0 < step_s <= MAX_STEP_S and self._last_s is not None:
            self._judged(self._last_s, t_s, closed=closed)
        self._last_s = t_s
        if self._refreshed_s is None or t_s - self._refreshed_s >= REFRESH_S:
            self._refreshed_s = t_s
            oldest_s = t_s - max(self._windows_s)
            while self._runs and self._runs[0].end_s < oldest_s:
                self._runs.popleft()
            self._now = tuple(self._over(t_s, window_s) for window_s in self._windows_s)
        return self._now

    def _judged(self, start_s: float, end_s: float, *, closed: bool) -> None:
        last = self._runs[-1] if self._runs else None
        same = last is not None and (last.closure is not None) is closed
        if last is not None and same and last.end_s == start_s:
            last.end_s = end_s
        else:
            bridged = last.closure if last is not None and same and start_s - last.end_s <= FLICKER_S else None
            last = _Run(start_s, end_s, (bridged or _Closure()) if closed else None)
            self._runs.append(last)
        if last.closure is not None:
            last.closure.closed_s += end_s - start_s

    def _over(self, t_s: float, window_s: float) -> Perclos:
        begin_s = t_s - window_s
        judged_s = closed_s = 0.0
        for run in self._runs:
            inside_s = run.end_s - max(run.start_s, begin_s)
            if inside_s <= 0:
                continue
            judged_s += inside_s
            if run.closure is not None and run.closure.closed_s > self._blink_max_s:
                closed_s += inside_s
        coverage = judged_s / window_s
        return Perclos(closed_s / judged_s if coverage >= MIN_JUDGED_SHARE else None, coverage)
