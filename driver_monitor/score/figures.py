"""One row of a score: sensitivity, false alerts an hour, latency, each with how far it can be trusted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from driver_monitor.score import exact
from driver_monitor.score.tally import Tally

_HOUR_S: Final = 3600.0
_SEED: Final = 1  # the same drives give the same interval
_SAME: Final = 1e-9


class Interval(NamedTuple):
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` is None where there is nothing to count. ``interval``: 95 %, None where it is not known."""

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

    Where drawing has nothing to say (one group only, everything caught, no alert false), a share or a rate has the
    exact interval of independent events.
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
            total.caught / total.asked if total.asked else math.nan,
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
    if figure.value is None:
        return figure
    drawn = _drawn([group.caught for group in groups], [group.asked for group in groups], draws)
    return Figure(figure.value, drawn or Interval(*exact.of_share(total.caught, total.asked)))


def _rate(figure: Figure, total: Tally, hours: float, groups: Sequence[Tally], draws: Draws | None) -> Figure:
    if figure.value is None:
        return figure
    drawn = _drawn([group.false for group in groups], [group.judged_s / _HOUR_S for group in groups], draws)
    low, high = exact.of_count(total.false)
    return Figure(figure.value, drawn or Interval(low / hours, high / hours))


def _drawn(over: Sequence[float], under: Sequence[float], draws: Draws | None) -> Interval | None:
    """The interval of a ratio of sums over the groups drawn; None where all draws give the same."""
    if draws is None:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        found = _between((draws @ np.array(over)) / (draws @ np.array(under)))
    return found if found.high - found.low > _SAME else None


def _spread(
    figure: Figure, latencies: NDArray[np.float64], owners: NDArray[np.intp], draws: Draws | None, share: float
) -> Figure:
    if draws is None or figure.value is None:
        return figure
    return Figure(figure.value, _between(_quantile(latencies, owners, draws, share)))


def _between(values: NDArray[np.float64]) -> Interval:
    low, high = np.quantile(values[np.isfinite(values)], (exact.TAIL, 1 - exact.TAIL))
    return Interval(float(low), float(high))


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
