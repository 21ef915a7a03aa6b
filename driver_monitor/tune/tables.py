"""Trials and sweeps as CSV, and figures as words."""

import csv
import io
import math
from collections.abc import Callable, Sequence
from typing import Any

from driver_monitor.score.figures import Figure, Figures
from driver_monitor.tune.finding import Swept
from driver_monitor.tune.parameter import Spot
from driver_monitor.tune.trial import BASE, Trial

_FIGURES = ("sensitivity", "false_per_h", "latency_s", "events", "caught", "false", "hours")


def trials_csv(trials: Sequence[Trial], spots: Sequence[Spot], front: Sequence[Trial]) -> str:
    """A line a trial; the figures of values that do not suit each other are empty."""
    best = {trial.number for trial in front}
    rows = [
        [_name(trial), int(trial.number in best), *_figures(trial), *(trial.values[spot] for spot in spots)]
        for trial in trials
    ]
    return _csv(["trial", "front", *_FIGURES, *(spot.name for spot in spots)], rows)


def _name(trial: Trial) -> str:
    return "base" if trial.number == BASE else str(trial.number)


def sweep_csv(name: str, swept: Sequence[Swept]) -> str:
    """A line a value."""
    return _csv([name, *_FIGURES], [[each.value, *_figures(each.trial)] for each in swept])


def _figures(trial: Trial) -> list[Any]:
    tally = trial.tally
    if tally is None:
        return [""] * len(_FIGURES)
    latency = f"{trial.latency_s:.3f}" if math.isfinite(trial.latency_s) else ""
    share = "" if math.isnan(trial.sensitivity) else f"{trial.sensitivity:.4f}"
    hours = f"{tally.judged_s / 3600:.4f}"
    return [share, f"{trial.false_per_h:.4f}", latency, tally.events, tally.caught, tally.false, hours]


def _csv(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue()


def figure_words(figures: Figures) -> tuple[str, str, str]:
    """Sensitivity, false alerts an hour and median latency, each with its interval where there is one."""
    return (
        _with_interval(figures.sensitivity, lambda value: f"{value:.0%}", "nothing to catch"),
        _with_interval(figures.false_per_hour, lambda value: f"{value:.2f}", "nothing judged"),
        _with_interval(figures.latency_median_s, lambda value: f"{value:.1f} s", "nothing caught"),
    )


def _with_interval(figure: Figure, words: Callable[[float], str], nothing: str) -> str:
    if figure.value is None:
        return nothing
    interval = figure.interval
    return words(figure.value) + (f" ({words(interval.low)} to {words(interval.high)})" if interval else "")


def figure_json(figures: Figures) -> dict[str, Any]:
    """The same as plain data; intervals as [low, high]."""
    found: dict[str, Any] = {"events": figures.tally.events, "caught": figures.tally.caught}
    found["false"] = figures.tally.false
    for name, figure in (
        ("sensitivity", figures.sensitivity),
        ("false_per_h", figures.false_per_hour),
        ("latency_s", figures.latency_median_s),
    ):
        found[name] = figure.value
        found[f"{name}_95"] = None if figure.interval is None else list(figure.interval)
    return found


def trial_json(trial: Trial) -> dict[str, Any]:
    """A trial with its values by name."""
    figures = None
    if trial.tally is not None:
        latency = trial.latency_s if math.isfinite(trial.latency_s) else None
        figures = {"sensitivity": trial.sensitivity, "false_per_h": trial.false_per_h, "latency_s": latency}
    return {"trial": trial.number, "figures": figures, "values": {s.name: v for s, v in trial.values.items()}}
