"""The fatigue probabilities smoothed over time and summed up: a level, and the same on the sleepiness scale."""

import math
from typing import Final

from driver_monitor.parameter import defined, paper
from driver_monitor.signals.filters import FirstOrder

LEVELS: Final = defined((0.0, 0.5, 1.0), "alert, low vigilance, drowsy", "UTA-RLDD's classes", unit="level")

# The classes on the Karolinska sleepiness scale (KSS, 1 extremely alert .. 9 fighting sleep): UTA-RLDD's authors asked
# for 6-7 as low vigilance and 8-9 as drowsy; whatever is below 6 counts as alert here, so that the classes cover the
# scale. Mean and variance of each range, its whole numbers being equally likely.
KSS_RANGES: Final = paper(
    ((1, 5), (6, 7), (8, 9)), "of the classes", "UTA-RLDD: 6-7 low vigilance, 8-9 drowsy", unit="KSS"
)
KSS_MEANS: Final = defined(
    tuple((low + high) / 2 for low, high in KSS_RANGES), "of the classes", "KSS_RANGES", unit="KSS"
)
KSS_VARIANCES: Final = defined(
    tuple(((high - low + 1) ** 2 - 1) / 12 for low, high in KSS_RANGES),
    "of the classes",
    "KSS_RANGES",
    unit="KSS squared",
)


class FatigueLevel:
    """Feed it the probabilities (alert, low vigilance, drowsy) and the seconds since the last time."""

    def __init__(self, smoothing_s: float) -> None:
        self._smoothed: Final = tuple(FirstOrder(smoothing_s) for _ in LEVELS)

    def reset(self) -> None:
        for one in self._smoothed:
            one.reset()

    def update(self, probabilities: tuple[float, float, float], step_s: float) -> None:
        for one, value in zip(self._smoothed, probabilities, strict=True):
            one.update(value, step_s)

    @property
    def level(self) -> float:
        """0 alert .. 1 drowsy."""
        return self._mean(LEVELS)

    @property
    def kss(self) -> float:
        """Expected sleepiness, 1..9. Like the KSS, not a rating anybody gave."""
        return self._mean(KSS_MEANS)

    @property
    def kss_sd(self) -> float:
        """SD of that expectation: between the classes, as their probabilities have it, and within them."""
        squares = [mean**2 + variance for mean, variance in zip(KSS_MEANS, KSS_VARIANCES, strict=True)]
        return math.sqrt(max(0.0, self._mean(squares) - self.kss**2))

    def _mean(self, values: tuple[float, ...] | list[float]) -> float:
        return sum((one.value or 0.0) * value for one, value in zip(self._smoothed, values, strict=True))
