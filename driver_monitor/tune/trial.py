"""Values that were tried, and what came of them; which of them nothing beats, and which one to take."""

import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from driver_monitor.score.tally import Tally
from driver_monitor.tune.parameter import Spot, Value

BASE: Final = -1  # the number of the config that the search begins from
NOTICED_S: Final = 0.05
_HOUR_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Trial:
    """``tally`` over all drives that were tuned on; None where the values do not suit each other."""

    number: int
    values: Mapping[Spot, Value]
    tally: Tally | None = field(compare=False)

    @property
    def known(self) -> Tally:
        assert self.tally is not None
        return self.tally

    @property
    def sensitivity(self) -> float:
        return self.known.caught / self.known.events if self.known.events else math.nan

    @property
    def false_per_h(self) -> float:
        return self.known.false / self.known.judged_s * _HOUR_S if self.known.judged_s > 0 else math.nan

    @property
    def latency_s(self) -> float:
        """The median, of what was caught; infinite where nothing was."""
        return statistics.median_low(self.known.latencies_s) if self.known.latencies_s else math.inf

    def as_good_as(self, other: "Trial") -> bool:
        """Nothing more is missed or wrong, and it is no slower than anybody would notice."""
        mine, theirs = self.known, other.known
        quick = self.latency_s <= other.latency_s + NOTICED_S or not theirs.latencies_s
        return mine.caught >= theirs.caught and mine.false <= theirs.false and quick

    @property
    def _rank(self) -> tuple[float, float, float, int]:
        """The smaller the better; 0.1 s and a false alert in ten hours are no difference."""
        return -round(self.sensitivity, 6), round(self.latency_s, 1), round(self.false_per_h, 1), self.number


def front(trials: Iterable[Trial]) -> list[Trial]:
    """Those that no other beats in both sensitivity and false alerts, fewest false alerts first.

    Of trials that are equal in both, the quickest stands for all.
    """
    done = sorted(
        (trial for trial in trials if trial.tally is not None),
        key=lambda trial: (trial.false_per_h, -trial.sensitivity, trial.latency_s, trial.number),
    )
    found: list[Trial] = []
    for trial in done:
        if not found or trial.sensitivity > found[-1].sensitivity:
            found.append(trial)
    return found


def best(trials: Iterable[Trial], false_alerts_per_h: float) -> Trial:
    """The most sensitive within the budget, the quickest of those, then the one with the fewest false alerts.

    Where none is within it, the one with the fewest false alerts. There must be one with a tally.
    """
    done = [trial for trial in trials if trial.tally is not None]
    within = [trial for trial in done if trial.false_per_h <= false_alerts_per_h + 1e-9]
    if within:
        return min(within, key=lambda trial: trial._rank)
    return min(done, key=lambda trial: (trial.false_per_h, -trial.sensitivity, trial.latency_s, trial.number))
