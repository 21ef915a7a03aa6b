"""One row of a score: sensitivity, false alerts an hour, latency, each with how far it can be trusted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from driver_monitor.score.tally import Tally

CONFIDENCE: Final = 0.95
_TAIL: Final = (1 - CONFIDENCE) / 2
_HOUR_S: Final = 3600.0
_SEED: Final = 1  # the same drives give the same interval


class Interval(NamedTuple):
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` is None where there is nothing to count; ``interval`` where one group of drives is all there is."""

    value: float | None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Latencies run from an event's start to the first alert for it; of the events that were caught."""

    tally: Tally
    sensitivity: Figure
    false_per_hour: Figure
    latency_median_s: Figure
    latency_90_s: Figure


def figures(groups: Sequence[Tally], resamples: int) -> Figures:
    """Figures over groups of drives that are drawn anew ``resamples`` times (0: no intervals).

    An interval that a bootstrap cannot give, because nothing or everything was caught or no alert was false, is the
    exact one for independent events (Clopper-Pearson, Poisson).
    """
    total = Tally()
    for group in groups:
        total.add(group)
    hours = total.judged_s / _HOUR_S
    latencies = np.array([latency for group in groups for latency in group.latencies_s])
    owners = np.repeat(np.arange(len(groups)), [len(group.latencies_s) for group in groups])
    order = np.argsort(latencies, kind="stable")
    latencies, owners = latencies[order], owners[order]
    once = np.ones((1, len(groups)))
    sensitivity, rate, median, slow = (
        Figure(None if math.isnan(value) else value)
        for value in (
            total.caught / total.events if total.events else math.nan,
            total.false / hours if hours > 0 else math.nan,
            float(_quantile(latencies, owners, once, 0.5)[0]),
            float(_quantile(latencies, owners, once, 0.9)[0]),
        )
    )
    if not resamples:
        return Figures(total, sensitivity, rate, median, slow)
    draws = None
    if len(groups) > 1:
        rng = np.random.default_rng(_SEED)
        draws = rng.multinomial(len(groups), np.full(len(groups), 1 / len(groups)), resamples).astype(float)
    return Figures(
        total,
        _share(sensitivity, total, groups, draws),
        _rate(rate, total, hours, groups, draws),
        _spread(median, latencies, owners, draws, 0.5),
        _spread(slow, latencies, owners, draws, 0.9),
    )


Draws = NDArray[np.float64]  # [resamples, groups]: how often each group was drawn


def _share(figure: Figure, total: Tally, groups: Sequence[Tally], draws: Draws | None) -> Figure:
    n = total.events
    if figure.value is None:
        return figure
    if total.caught == n:
        return Figure(figure.value, Interval(_TAIL ** (1 / n), 1.0))
    if total.caught == 0:
        return Figure(figure.value, Interval(0.0, 1 - _TAIL ** (1 / n)))
    return _ratio(figure, [group.caught for group in groups], [group.events for group in groups], draws)


def _rate(figure: Figure, total: Tally, hours: float, groups: Sequence[Tally], draws: Draws | None) -> Figure:
    if figure.value is None:
        return figure
    if total.false == 0:
        return Figure(figure.value, Interval(0.0, -math.log(_TAIL) / hours))
    return _ratio(figure, [group.false for group in groups], [g.judged_s / _HOUR_S for g in groups], draws)


def _ratio(figure: Figure, over: Sequence[float], under: Sequence[float], draws: Draws | None) -> Figure:
    if draws is None:
        return figure
    with np.errstate(invalid="ignore", divide="ignore"):
        return _between(figure, (draws @ np.array(over)) / (draws @ np.array(under)))


def _spread(
    figure: Figure, latencies: NDArray[np.float64], owners: NDArray[np.intp], draws: Draws | None, share: float
) -> Figure:
    if draws is None or figure.value is None:
        return figure
    return _between(figure, _quantile(latencies, owners, draws, share))


def _between(figure: Figure, values: NDArray[np.float64]) -> Figure:
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, (_TAIL, 1 - _TAIL))
    return Figure(figure.value, Interval(float(low), float(high)))


def _quantile(
    latencies: NDArray[np.float64], owners: NDArray[np.intp], draws: Draws, share: float
) -> NDArray[np.float64]:
    """[draws]: the smallest latency that at least ``share`` of those drawn do not exceed; NaN where none was drawn."""
    if not len(latencies):
        return np.full(len(draws), math.nan)
    weights = np.cumsum(draws[:, owners], axis=1)
    drawn = weights[:, -1]
    place = np.argmax(weights >= share * drawn[:, None] - 1e-9, axis=1)
    return np.where(drawn > 0, latencies[place], math.nan)
