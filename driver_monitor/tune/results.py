"""What a search and a sweep leave in a folder: the preset, pictures and tables."""

import math
import re
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import driver_monitor
from driver_monitor.counted import counted
from driver_monitor.errors import DriverMonitorError
from driver_monitor.output import write_whole
from driver_monitor.tune.finding import Finding, Sweep
from driver_monitor.tune.plot import Marked, Point, front_svg, sweep_svg
from driver_monitor.tune.preset import preset_text
from driver_monitor.tune.tables import figure_json, figure_words, sweep_csv, trial_json, trials_csv
from driver_monitor.tune.trial import Trial
from driver_monitor.tune.tuner import Verdict

PRESET: Final = "preset.yaml"


def write_finding(finding: Finding, out: Path, now: datetime) -> list[Path]:
    """The files, the preset first."""
    trials = finding.all
    base, chosen = _marked("base", finding.base_trial, finding, 0), _marked("chosen", finding.chosen, finding, 1)
    title = "Events caught against false alerts: " + ", ".join(sorted(finding.kinds))
    budget = finding.goal.false_alerts_per_h
    picture = front_svg(trials, finding.front, base=base, chosen=chosen, budget_per_h=budget, title=title)
    return [
        _write(out / PRESET, preset_text(finding.base, finding.chosen.values, _heading(finding, now), out)),
        _write(out / "front.svg", picture),
        _write(out / "front.csv", trials_csv(finding.front, finding.spots, finding.front)),
        _write(out / "trials.csv", trials_csv(trials, finding.spots, finding.front)),
    ]


def write_sweep(sweep: Sweep, out: Path, budget_per_h: float) -> list[Path]:
    name = "sweep-" + re.sub(r"[^\w.]+", "-", sweep.spot.name).strip("-")
    picture = sweep_svg(sweep.spot.name, sweep.spot.unit, sweep.swept, sweep.base, budget_per_h)
    return [_write(out / f"{name}.svg", picture), _write(out / f"{name}.csv", sweep_csv(sweep.spot.name, sweep.swept))]


def _write(path: Path, text: str) -> Path:
    try:
        write_whole(path, text)
    except OSError as error:
        raise DriverMonitorError(f"{path} cannot be written ({error.strerror or error})") from None
    return path


def _marked(word: str, trial: Trial, finding: Finding, place: int) -> Marked:
    verdicts = finding.held_out
    held_out = Point.of(verdicts[place].figures) if verdicts else None
    return Marked(word, Point(trial.false_per_h, trial.sensitivity), held_out)


def data_words(verdict: Verdict) -> str:
    """How much was looked at."""
    return (
        f"{counted(verdict.drives, 'drive')} of {counted(verdict.drivers, 'driver')}, {verdict.hours:.2f} h, "
        f"{counted(verdict.figures.tally.events, 'labelled event')}"
    )


def rows(finding: Finding) -> list[tuple[str, tuple[str, str, str]]]:
    """Base and chosen, tuned on and held out, each with its three figures."""
    found = []
    for place, word in enumerate(("base", "chosen")):
        found.append((f"{word}, tuned on", figure_words(finding.tuned[place].figures)))
        if finding.held_out:
            found.append((f"{word}, held out", figure_words(finding.held_out[place].figures)))
    return found


def _heading(finding: Finding, now: datetime) -> list[str]:
    goal = finding.goal
    lines = [
        f"Tuned by driver-monitor {driver_monitor.__version__} on {now:%Y-%m-%d}: "
        f"{counted(len(finding.trials), 'trial')}, seed {goal.seed}, up to {goal.false_alerts_per_h:g} false alerts an "
        "hour.",
        f"Tuned on: {data_words(finding.tuned[0])}.",
        f"Held out: {data_words(finding.held_out[0]) if finding.held_out else 'nothing'}.",
        f"Counted: {', '.join(sorted(finding.kinds))}, against audible alerts of the rules for them.",
    ]
    for name, (share, rate, latency) in rows(finding):
        lines.append(f"  {name}: {share} caught, {rate} false alerts an hour, {latency}")
    lines += [f"Note: {remark}." for remark in finding.remarks]
    if finding.warning:
        lines.insert(0, f"WARNING, over the budget: {finding.warning}.")
    return [
        *lines,
        "What differs from the base:" if finding.changed else "Nothing that was tried is better than the base.",
    ]


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as plain data."""

    def pair(verdicts: list[Verdict]) -> dict[str, Any] | None:
        if not verdicts:
            return None
        one = verdicts[0]
        figures = {word: figure_json(each.figures) for word, each in zip(("base", "chosen"), verdicts, strict=True)}
        return {"hours": one.hours, "drives": one.drives, "drivers": one.drivers, **figures}

    return {
        "counted": sorted(finding.kinds),
        "trials": len(finding.trials),
        "seed": finding.goal.seed,
        "false_alerts_per_h": finding.goal.false_alerts_per_h,
        "within_budget": finding.within_budget,
        "held_out_within_budget": finding.held_out_within_budget,
        "chosen": trial_json(finding.chosen),
        "changed": {spot.name: value for spot, value in finding.changed.items()},
        "tuned_on": pair(finding.tuned),
        "held_out": pair(finding.held_out),
        "confirmed": finding.confirmed,
        "interrupted": finding.interrupted,
        "remarks": finding.remarks,
        "front": [trial_json(trial) for trial in finding.front],
    }


def sweep_json(sweep: Sweep) -> dict[str, Any]:
    """A sweep as plain data."""

    def row(value: Any, trial: Trial) -> dict[str, Any]:
        latency = trial.latency_s if math.isfinite(trial.latency_s) else None
        figures = {"sensitivity": trial.sensitivity, "false_per_h": trial.false_per_h, "latency_s": latency}
        return {"value": value, **figures}

    values = [row(each.value, each.trial) for each in sweep.swept]
    return {"name": sweep.spot.name, "base": sweep.base, "counted": sorted(sweep.kinds), "values": values}
