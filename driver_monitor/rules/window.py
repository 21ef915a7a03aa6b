"""Figures over the last seconds, weighted by time, so that the frame rate and dropped frames do not matter.

A frame's value holds until the next frame, but for at most GAP_S; what was not known in a frame counts for nothing.
Memory is bounded: a window keeps its past in at most about 512 slices, so its far end is exact to 1/512 of its length.
Every update costs the same on average, however long the window is, and next to nothing while the signal has had one
value for all of it.
"""

import math
from abc import ABC, abstractmethod
from collections import deque
from typing import Any, Final

from driver_monitor.config.term import Window
from driver_monitor.parameter import judged
from driver_monitor.state.terms import GAP_S

SLICES: Final = judged(512, "parts that a window is kept in", unit="count")


class Figure(ABC):
    """One window. :meth:`update` takes what the frame says (None: not known) and gives the figure of now.

    ``covered`` is the share of the window that is known. ``steady``: the signal has had one value for all of it, so the
    figure stays what it is until that value changes or frames are missed.
    """

    def __init__(self, length_s: float) -> None:
        self._length_s = length_s
        self._slice_s = length_s / SLICES
        self._t_s: float | None = None
        self._value: Any = None
        self._since_s = math.inf  # when the signal took the value it has
        self.steady = False
        self._now: float | None = None
        self.covered = 0.0

    def update(self, t_s: float, value: Any) -> float | None:
        """``t_s`` must have advanced."""
        last_s = self._t_s if self._t_s is not None and t_s - self._t_s <= GAP_S else None
        same = last_s is not None and value == self._value
        if self.steady:
            if same:
                self._t_s = t_s
                return self._now
            self._restart()
        if last_s is not None:
            self._hold(last_s, t_s, self._value)
        self._forget(t_s - self._length_s)
        if not same:
            self._since_s = t_s
        self._t_s, self._value = t_s, value
        self.steady = t_s - self._since_s >= self._length_s
        self._now = self._figure(value)
        return self._now

    def rest(self, t_s: float) -> None:
        """While it was steady, every frame until ``t_s`` has brought the same value again."""
        self._t_s = t_s

    def _restart(self) -> None:
        """Nothing was written down while the signal was steady: the window up to the last frame is all its value."""
        assert self._t_s is not None
        self._clear()
        self._hold(self._t_s - self._length_s, self._t_s, self._value)

    @abstractmethod
    def _clear(self) -> None:
        """Forget everything held."""

    @abstractmethod
    def _hold(self, from_s: float, to_s: float, value: Any) -> None:
        """``value`` held from ``from_s`` to ``to_s``."""

    @abstractmethod
    def _forget(self, before_s: float) -> None:
        """What ended before ``before_s`` has left the window; bring ``covered`` up to date."""

    @abstractmethod
    def _figure(self, value: Any) -> float | None:
        """The figure, where ``value`` is the newest frame's."""


class Mean(Figure):
    """The mean over the known time; of a comparison (true 1, false 0) it is the fraction."""

    def __init__(self, length_s: float) -> None:
        super().__init__(length_s)
        self._past: deque[list[float]] = deque()  # [from, to, known seconds, integral]
        self._known_s = self._integral = 0.0
        self._inside_s = self._inside = 0.0  # the same without what has left

    def _clear(self) -> None:
        self._past.clear()
        self._known_s = self._integral = 0.0

    def _hold(self, from_s: float, to_s: float, value: Any) -> None:
        length_s = to_s - from_s
        known_s, integral = (0.0, 0.0) if value is None else (length_s, length_s * value)
        self._known_s += known_s
        self._integral += integral
        last = self._past[-1] if self._past else None
        if last is not None and last[1] == from_s and to_s - last[0] <= self._slice_s:
            last[1] = to_s
            last[2] += known_s
            last[3] += integral
        else:
            self._past.append([from_s, to_s, known_s, integral])

    def _forget(self, before_s: float) -> None:
        past = self._past
        while past and past[0][1] <= before_s:
            gone = past.popleft()
            self._known_s -= gone[2]
            self._integral -= gone[3]
        if not past:
            self._known_s = self._integral = 0.0  # and with it what rounding left behind
        known_s, integral = self._known_s, self._integral
        if past and past[0][0] < before_s:
            from_s, to_s, first_s, first = past[0]
            left = (before_s - from_s) / (to_s - from_s)
            known_s -= left * first_s
            integral -= left * first
        self._inside_s, self._inside = known_s, integral
        self.covered = min(1.0, max(0.0, known_s / self._length_s))

    def _figure(self, value: Any) -> float | None:
        return self._inside / self._inside_s if self._inside_s > 1e-9 else None


class Extreme(Mean):
    """The greatest value, or the least with ``sign`` -1; the newest frame's counts at once."""

    def __init__(self, length_s: float, sign: float) -> None:
        super().__init__(length_s)
        self._sign = sign
        self._best: deque[list[float]] = deque()  # [slice number, until, signed value], values falling

    def _clear(self) -> None:
        super()._clear()
        self._best.clear()

    def _hold(self, from_s: float, to_s: float, value: Any) -> None:
        super()._hold(from_s, to_s, None if value is None else 0.0)
        if value is None:
            return
        best, signed, number = self._best, self._sign * value, from_s // self._slice_s
        while best and best[-1][2] <= signed:
            best.pop()
        if best and best[-1][0] == number:
            best[-1][1] = to_s
        else:
            best.append([number, to_s, signed])

    def _forget(self, before_s: float) -> None:
        super()._forget(before_s)
        while self._best and self._best[0][1] <= before_s:
            self._best.popleft()

    def _figure(self, value: Any) -> float | None:
        past = self._best[0][2] if self._best else None
        now = None if value is None else self._sign * value
        known = [signed for signed in (past, now) if signed is not None]
        return self._sign * max(known) if known else None


class Count(Mean):
    """How often it came true after having been false; frames in which it was not known in between do not matter."""

    def __init__(self, length_s: float) -> None:
        super().__init__(length_s)
        self._edges: deque[list[float]] = deque()  # [slice number, time of the last, how many]
        self._was: bool | None = None
        self._count = 0

    def update(self, t_s: float, value: Any) -> float | None:
        if value is not None:
            if value and self._was is False:
                self._count += 1
                number = t_s // self._slice_s
                if self._edges and self._edges[-1][0] == number:
                    self._edges[-1][1:] = [t_s, self._edges[-1][2] + 1]
                else:
                    self._edges.append([number, t_s, 1])
            self._was = bool(value)
        return super().update(t_s, value)

    def _forget(self, before_s: float) -> None:
        super()._forget(before_s)
        while self._edges and self._edges[0][1] <= before_s:
            self._count -= int(self._edges.popleft()[2])

    def _figure(self, value: Any) -> float | None:
        return float(self._count)


def figure(window: Window) -> Figure:
    """The machinery for a window."""
    match window.function:
        case "mean" | "fraction":
            return Mean(window.length_s)
        case "max":
            return Extreme(window.length_s, 1.0)
        case "min":
            return Extreme(window.length_s, -1.0)
        case "count":
            return Count(window.length_s)


# What has been seen is enough to say so, however much was not seen: more could only add to it.
SOUND: Final = {("count", ">="), ("count", ">"), ("max", ">="), ("max", ">"), ("min", "<="), ("min", "<")}
