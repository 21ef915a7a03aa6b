"""Prints what a search chose and what a sweep showed."""

import math

from rich.console import Console
from rich.table import Table

from driver_monitor.tune.finding import Finding, Sweep
from driver_monitor.tune.parameter import shown_value
from driver_monitor.tune.results import data_words, rows
from driver_monitor.tune.trial import BASE, Trial

_SHOWN = 12  # lines of the front; front.csv has all of them


def found(finding: Finding) -> None:
    console = Console(highlight=False)
    if finding.warning:  # before anything that looks like a success
        console.print(f"OVER THE BUDGET: {finding.warning}", markup=False, soft_wrap=True, style="bold red")
    console.print(f"tuned on {data_words(finding.tuned[0])}", markup=False)
    if finding.held_out:
        console.print(f"held out {data_words(finding.held_out[0])}", markup=False)
    console.print(f"counted: {', '.join(sorted(finding.kinds))}, against audible alerts of the rules for them")
    figures = Table("", "caught", "false alerts an hour", "median latency")
    last = len(rows(finding)) - 1
    for place, (name, words) in enumerate(rows(finding)):
        figures.add_row(name, *words, style="bold red" if finding.warning and place == last else "")
    console.print(figures)
    console.print(_front(finding))
    for spot, value in finding.changed.items():
        before = shown_value(finding.base_trial.values[spot])
        console.print(f"{spot.name}: {before} -> {shown_value(value)} {spot.unit}".rstrip(), markup=False)
    if not finding.changed:
        console.print("nothing that was tried is better than the base")
    for remark in finding.remarks:
        console.print(f"note: {remark}", markup=False, soft_wrap=True)


def _front(finding: Finding) -> Table:
    """The trials that nothing beats, thinned where they are many; the chosen one is always among them."""
    front = finding.front
    table = Table("trial", "caught", "false/h", "latency", title="what no other trial beats", title_justify="left")
    step = max(1, math.ceil(len(front) / _SHOWN))
    for index, trial in enumerate(front):
        if index % step == 0 or index == len(front) - 1 or trial is finding.chosen:
            number = "base" if trial.number == BASE else str(trial.number)
            mark = " (chosen)" if trial.number == finding.chosen.number else ""
            table.add_row(number + mark, *_words(trial))
    return table


def swept(sweep: Sweep) -> None:
    name = f"{sweep.spot.name}, {sweep.spot.unit}" if sweep.spot.unit else sweep.spot.name
    title = f"counted: {', '.join(sorted(sweep.kinds))}"
    table = Table(name.replace("[", r"\["), "caught", "false/h", "latency", title=title, title_justify="left")
    for each in sweep.swept:
        mark = " (base)" if each.value == sweep.base else ""
        table.add_row(shown_value(each.value) + mark, *_words(each.trial))
    Console(highlight=False).print(table)


def _words(trial: Trial) -> tuple[str, str, str]:
    latency = f"{trial.latency_s:.1f} s" if math.isfinite(trial.latency_s) else ""
    return f"{trial.sensitivity:.0%}", f"{trial.false_per_h:.2f}", latency
