"""What a heart sensor is, and when it is believed."""

import threading
from abc import ABC, abstractmethod
from collections import deque
from typing import Final

from driver_monitor.closing import Closing
from driver_monitor.parameter import judged
from driver_monitor.state.heart import HeartReading

LEAST_BPM: Final = judged(30.0, "no driver's heart is slower", unit="1/min")
MOST_BPM: Final = judged(220.0, "nor faster", unit="1/min")
_STUCK_S: Final = judged(120.0, "a heart does not beat at the same rate for this long, to a beat a minute")
_STUCK_INTERVALS: Final = judged(30, "nor are this many of its intervals the same, to a millisecond", unit="count")
_KEPT_S: Final = judged(60.0, "intervals between beats are kept this long")


class HeartSensor(Closing, ABC):
    """A context manager asked once a frame; never blocks. Readers run in their own thread."""

    @abstractmethod
    def reading(self, t_s: float) -> HeartReading | None:
        """What it says at media time ``t_s``; None where it is silent."""


class HeartJudge:
    """Takes what a sensor sends, at the reader's own times, and says how much of it to believe.

    Not to be believed is a rate or an interval that no heart has (0, 255), the same value for ever, and a sensor that
    itself says that it has no contact.
    """

    def __init__(self, source: str, stale_s: float) -> None:
        self._source = source
        self._stale_s = stale_s
        self._bpm: float | None = None
        self._same_since_s = self._heard_s = float("-inf")
        self._intervals: deque[tuple[float, float]] = deque()
        self._contact = True
        self._lock = threading.RLock()  # the reader hears, the loop asks

    def hear(
        self, now_s: float, bpm: float | None, intervals_s: tuple[float, ...] = (), *, contact: bool = True
    ) -> None:
        """``bpm`` None where only intervals were sent; then they tell the rate."""
        if bpm is None and intervals_s:
            bpm = 60 / intervals_s[-1] if intervals_s[-1] > 0 else 0.0
        with self._lock:
            self._heard_s, self._contact = now_s, contact
            self._intervals.extend((now_s, interval) for interval in intervals_s)
            while self._intervals and now_s - self._intervals[0][0] > _KEPT_S:
                self._intervals.popleft()
            if bpm != self._bpm:
                self._bpm, self._same_since_s = bpm, now_s

    def replace(self, now_s: float, bpm: float, intervals_s: tuple[float, ...]) -> None:
        """All the intervals of late, instead of those that were heard before."""
        with self._lock:
            self._intervals.clear()
            self.hear(now_s, bpm, intervals_s)

    def reading(self, now_s: float) -> HeartReading | None:
        with self._lock:
            if now_s - self._heard_s > self._stale_s or self._bpm is None:
                return None
            trouble = self._trouble(now_s)
            if trouble:
                return HeartReading(self._source, None, (), trouble)
            return HeartReading(self._source, self._bpm, tuple(interval for _, interval in self._intervals))

    def _trouble(self, now_s: float) -> str:
        recent = [round(interval, 3) for _, interval in self._intervals][-_STUCK_INTERVALS:]
        possible = 60 / MOST_BPM, 60 / LEAST_BPM
        if not self._contact:
            return "no_contact"
        if self._bpm is None or not LEAST_BPM <= self._bpm <= MOST_BPM:
            return "impossible"
        if recent and not possible[0] <= recent[-1] <= possible[1]:
            return "impossible"
        if len(recent) == _STUCK_INTERVALS and len(set(recent)) == 1:
            return "stuck"
        if not recent and now_s - self._same_since_s > _STUCK_S:
            return "stuck"
        return ""
