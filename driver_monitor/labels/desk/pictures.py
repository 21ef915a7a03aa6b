"""The pictures of a drive by their time, where it was recorded with them."""

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

_AHEAD_S: Final = 20.0  # read on through this much rather than begin anew


class Picture(NamedTuple):
    t_s: float
    jpeg: bytes


class Reel(NamedTuple):
    """A piece of the drive that can be read from its start: ``open`` yields its pictures in order."""

    start_s: float
    open: Callable[[float], Iterator[Picture]]


class Pictures:
    """Gives the last picture at or before a time. Safe to call from several threads; playing forwards is cheap."""

    def __init__(self, reels: list[Reel]) -> None:
        """``reels`` in order of time; ``open(t_s)`` may leave out pictures before ``t_s``, but for the last one."""
        self._reels = reels
        self._starts = [reel.start_s for reel in reels]
        self._lock = threading.Lock()
        self._running: Iterator[Picture] | None = None
        self._reel = -1
        self._next: Picture | None = None
        self._last: Picture | None = None

    def at(self, t_s: float) -> Picture | None:
        """None where there is none as early as that."""
        with self._lock:
            index = bisect_right(self._starts, t_s) - 1
            if index < 0:
                return None
            if index != self._reel or not self._near(t_s):
                self._reel = index
                self._running = self._reels[index].open(t_s)
                self._last, self._next = None, next(self._running, None)
            return self._forward(t_s)

    def _near(self, t_s: float) -> bool:
        last = self._last
        return last is not None and last.t_s <= t_s <= last.t_s + _AHEAD_S

    def _forward(self, t_s: float) -> Picture | None:
        while self._next is not None and self._next.t_s <= t_s and self._running is not None:
            self._last, self._next = self._next, next(self._running, None)
        return self._last
