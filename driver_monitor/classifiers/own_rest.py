"""A channel's minutes in this drive, and the driver's own rest among them: what is high for one is rest for another."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.parameter import defined, judged
from driver_monitor.state.terms import GAP_S

MINUTE_S: Final = defined(60.0, "of values that one figure sums up", "the minutes of WESAD")
REST_MIN: Final = judged(10, "minutes of a channel before the driver's rest counts as seen", unit="min")
REACH_PERCENT: Final = judged(90, "percentile of the minutes that says how far the driver's values go", unit="%")
USUAL_REACH: Final = judged(0.15, "natural logarithm by which lively hearts go up from rest", unit="ln")


@dataclass(frozen=True, slots=True)
class Rest:
    """``level`` of the driver at rest, and ``reach``: how far above it the driver's liveliest minutes go (>= 0)."""

    level: float
    reach: float

    @classmethod
    def of(cls, resting: NDArray[np.floating], minutes: NDArray[np.floating], least_reach: float = 0.0) -> "Rest":
        """``level`` is the median of the ``resting`` minutes, ``reach`` is told by all ``minutes``."""
        level = float(np.median(resting))
        return cls(level, max(float(np.percentile(minutes, REACH_PERCENT)) - level, least_reach))

    def scaled(self, value: float) -> float:
        """How far ``value`` is above rest, in reaches: the driver's own and the usual one weigh the same."""
        return (value - self.level) / math.sqrt((self.reach**2 + USUAL_REACH**2) / 2)


class OwnRest:
    """One channel of one driver. Feed it in order of media time; None is unknown.

    ``summary`` makes one figure of a minute's values; a minute with less than ``known_s`` of them is unknown. ``rest``
    is None until REST_MIN minutes were known, then the median of them all: nobody says when a driver rests, so most of
    a drive is taken to be calm. Nor does anybody know that the driver was ever stirred, so the reach is at least the
    usual one. ``now`` is the mean of the last ``memory`` minutes as far as they are known, None when the last is not.
    """

    def __init__(self, summary: Callable[[NDArray[np.float64]], float], known_s: float, memory: int) -> None:
        self._summary, self._known_s, self._memory = summary, known_s, memory
        self._minutes: list[float] = []
        self._recent: list[float | None] = []
        self._start_s = self._last_s = math.nan
        self._begin()
        self.rest: Rest | None = None
        self.now: float | None = None

    def _begin(self) -> None:
        self._values: list[float] = []
        self._seen_s = 0.0

    def add(self, t_s: float, value: float | None) -> None:
        step_s = t_s - self._last_s
        if not step_s <= MINUTE_S:  # the first value, or a hole in which anything may have happened
            self._start_s = t_s
            self._recent, self.now = [], None
            self._begin()
        elif t_s - self._start_s >= MINUTE_S:
            self._close()
            self._start_s = t_s
        self._last_s = t_s
        if value is not None:
            self._values.append(value)
            self._seen_s += min(step_s, GAP_S) if step_s <= MINUTE_S else 0.0

    def _close(self) -> None:
        figure = self._summary(np.array(self._values)) if self._seen_s >= self._known_s else None
        self._begin()
        self._recent = [*self._recent, figure][-self._memory :]
        known = [each for each in self._recent if each is not None]
        self.now = None if figure is None else sum(known) / len(known)
        if figure is not None:
            self._minutes.append(figure)
            if len(self._minutes) >= REST_MIN:
                minutes = np.array(self._minutes)
                self.rest = Rest.of(minutes, minutes, USUAL_REACH)
