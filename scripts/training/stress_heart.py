"""The heart part: logistic regressions on WESAD's minutes, and the choice of what they read.

The rule was laid down before any accuracy was looked at, though the medians of each person's tasks had been. CANDIDATES
stand in order, from the plainest on; the best is the one with the highest mean of the balanced accuracies of the
people, each left out in turn; among those within MARGIN of the best, the first. :meth:`Chooser.choose` does the
choosing again for each person without that person, so that its logits are of people whom neither the weights nor the
choice had seen.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.own_rest import Rest
from scripts.evaluation import wesad
from scripts.evaluation.metrics import balanced_accuracy
from scripts.training.stress_parts import HEART_NAMES, Floats, subsets

MARGIN = 0.005
RIDGE, NEWTON_STEPS = 0.01, 25
# A heart that beats faster never calms, and neither does one that varies less: weights of the other sign are left out.
SIGN = np.array([1.0, -1.0, -1.0])
USUAL_SPREAD = np.array([0.05, 0.3, 0.25])  # at rest, which somebody's own is averaged with

# Where a number stands, the slower share of all minutes; else the tasks that count as rest.
RESTS: dict[str, tuple[str, ...] | float] = {
    "rest": wesad.RESTING[:1],
    "rest and meditation": wesad.RESTING,
    "the slower half of all minutes": 0.5,
    "the slowest third of all minutes": 0.35,
    "the slowest fifth of all minutes": 0.2,
}
SCALES = ("nothing", "the spread at rest", "the reach")
READ = (HEART_NAMES, HEART_NAMES[:1], HEART_NAMES[:2])


@dataclass(frozen=True)
class Candidate:
    """What is rest, what the distance from it is divided by, and which values are read."""

    rest: str
    scale: str
    read: tuple[str, ...]

    def __str__(self) -> str:
        return f"{', '.join(self.read)} against the median of {self.rest}, divided by {self.scale}"


SHIPPED = Candidate("rest and meditation", "the reach", HEART_NAMES)  # what wesad.load makes
CANDIDATES = [Candidate(*each) for each in product(RESTS, SCALES, READ)]


@dataclass(frozen=True)
class Choice:
    """``chosen`` of all people; ``logits`` [n] nested, and how often each candidate was chosen on the way."""

    chosen: Candidate
    logits: NDArray[np.float64]
    chosen_nested: dict[str, int]


class Chooser:
    def __init__(self, rows: wesad.HeartRows) -> None:
        self._rows = rows
        self._people = np.unique(rows.subject)

    @cached_property
    def _values(self) -> dict[tuple[str, str], NDArray[np.float64]]:
        return {(rest, scale): self._against(rest, scale) for rest, scale in product(RESTS, SCALES)}

    def _resting(self, rest: str, own: NDArray[np.bool_]) -> NDArray[np.bool_]:
        meant, rate = RESTS[rest], self._rows.log[:, 0]
        if isinstance(meant, float):
            return own & (rate <= np.quantile(rate[own], meant))
        return own & np.isin(self._rows.task, meant)

    def _against(self, rest: str, scale: str) -> NDArray[np.float64]:
        log = self._rows.log
        values = np.empty(log.shape)
        for person in self._people:
            own = self._rows.subject == person
            resting = self._resting(rest, own)
            level = np.median(log[resting], axis=0)
            values[own] = log[own] - level
            if scale == "the reach":
                scaled = Rest.of(log[resting, 0], log[own, 0])
                values[own, 0] = [scaled.scaled(value) for value in log[own, 0]]
            elif scale == "the spread at rest":
                spread = 1.48 * np.median(np.abs(log[resting] - level), axis=0)
                values[own] /= np.sqrt((spread**2 + USUAL_SPREAD**2) / 2)
        return values

    def _logits(self, candidate: Candidate, person: str, others: NDArray[np.bool_]) -> NDArray[np.float64]:
        columns = [HEART_NAMES.index(name) for name in candidate.read]
        values = self._values[candidate.rest, candidate.scale][:, columns]
        fitted = logistic(values[others], self._rows.stressed[others], SIGN[columns])
        return values[self._rows.subject == person] @ fitted[:-1] + fitted[-1]

    def _score(self, candidate: Candidate, people: NDArray[np.str_]) -> float:
        among = np.isin(self._rows.subject, people)
        return float(
            np.mean(
                [
                    balanced_accuracy(
                        self._logits(candidate, person, among & (self._rows.subject != person)) > 0,
                        self._rows.stressed[self._rows.subject == person],
                    )
                    for person in people
                ]
            )
        )

    def _best(self, people: NDArray[np.str_]) -> Candidate:
        scores = [self._score(candidate, people) for candidate in CANDIDATES]
        return next(each for each, score in zip(CANDIDATES, scores, strict=True) if score >= max(scores) - MARGIN)

    def choose(self) -> Choice:
        logits = np.empty(len(self._rows.log))
        on_the_way: Counter[str] = Counter()
        for person in self._people:
            candidate = self._best(self._people[self._people != person])
            on_the_way[str(candidate)] += 1
            own = self._rows.subject == person
            logits[own] = self._logits(candidate, person, ~own)
        return Choice(self._best(self._people), logits, dict(on_the_way))


def logistic(
    values: NDArray[np.floating], stressed: NDArray[np.bool_], sign: NDArray[np.float64], ridge: float = RIDGE
) -> NDArray[np.float64]:
    """Weights and level of a logistic regression in which stress and the rest weigh the same; Newton's method.

    A weight of another ``sign`` than asked for (1, -1; 0 for any) is 0, and the others are found again.
    """
    x = np.column_stack([values, np.ones(len(values))]).astype(np.float64)
    weight = np.where(stressed, 0.5 / stressed.mean(), 0.5 / (1 - stressed.mean()))
    kept = np.ones(x.shape[1], dtype=bool)
    while True:
        fitted = np.zeros(x.shape[1])
        part = x[:, kept]
        penalty = np.diag([ridge] * (part.shape[1] - 1) + [0.0])
        for _ in range(NEWTON_STEPS):
            said = 1 / (1 + np.exp(-part @ fitted[kept]))
            slope = part.T @ (weight * (said - stressed)) + penalty @ fitted[kept]
            fitted[kept] -= np.linalg.solve((part.T * (weight * said * (1 - said))) @ part + penalty, slope)
        wrong = np.append(fitted[:-1] * sign < 0, False)
        if not wrong.any():
            return fitted
        kept &= ~wrong


def table(rows: wesad.HeartRows) -> Floats:
    """The heart table of :class:`~scripts.training.stress_parts.StressParts`."""
    made = np.zeros((2 ** len(HEART_NAMES), len(HEART_NAMES) + 1), dtype=np.float32)
    for known in subsets(HEART_NAMES):
        columns = [HEART_NAMES.index(name) for name in known]
        made[sum(1 << column for column in columns), [*columns, len(HEART_NAMES)]] = logistic(
            rows.values[:, columns], rows.stressed, SIGN[columns]
        )
    return made


def leave_one_subject_out(rows: wesad.HeartRows, read: tuple[str, ...]) -> NDArray[np.float64]:
    """The logit [n] that each person's minutes get from the others', from the values ``read`` alone."""
    columns = [HEART_NAMES.index(name) for name in read]
    logits = np.zeros(len(rows.stressed))
    for person in np.unique(rows.subject):
        own = rows.subject == person
        fitted = logistic(rows.values[~own][:, columns], rows.stressed[~own], SIGN[columns])
        logits[own] = rows.values[own][:, columns] @ fitted[:-1] + fitted[-1]
    return logits
