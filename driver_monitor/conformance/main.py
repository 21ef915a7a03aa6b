"""The acceptance matrix in every preset that claims its rows: a table of what was measured, exit 1 where a row fails.

Everything is scripted: geometry and seeded noise, with --rendered pictures through the real tracker. It says that the
program does what a preset claims, not how well it does with people, and nothing about compliance.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from itertools import count as counter
from pathlib import Path
from typing import Any, Final, get_args

from rich.console import Console
from rich.progress import Progress

from driver_monitor.config.config import Config
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.loader import load, presets
from driver_monitor.conformance.hours import Tally, hours
from driver_monitor.conformance.judge import Outcome, judge
from driver_monitor.conformance.play import RenderedStage, geometric
from driver_monitor.conformance.rows import matrix
from driver_monitor.conformance.stimulus import MatrixRow
from driver_monitor.conformance.table import hours_outcomes, hours_row, hours_table, markdown, terminal
from driver_monitor.conformance.unseen import lapses, stretches
from driver_monitor.conformance.variants import QUICK, RENDERED, VARIANTS
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.face.backend_choice import BackendName
from driver_monitor.jobs.engine import open_engine
from driver_monitor.old_option import add_old_option

HOURS: Final = 20
QUICK_HOURS: Final = 1
Seen = Callable[[int, int], None]


def chosen_presets(names: Sequence[str], files: Sequence[Path]) -> dict[str, Config]:
    """Presets of ``configs/`` by name (all of them when nothing is named) and files of the user's own."""
    known = dict(sorted(presets().items(), key=lambda item: item[0] != "default"))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(f"There is no preset {unknown[0]}; there are: {', '.join(known)}.")
    wanted = {name: known[name] for name in names} | {str(file): file for file in files}
    return {name: load(path).config for name, path in (wanted or known).items()}


def row_outcomes(row: str, *, configs: dict[str, Config], quick: bool) -> list[Outcome]:
    """One row of the signal-level matrix."""
    rows = [one for one in matrix(quick=quick) if one.id == row]
    return judge(rows, configs, QUICK if quick else VARIANTS, geometric)


def signal_level(
    rows: Sequence[MatrixRow], configs: dict[str, Config], quick: bool, jobs: int, seen: Seen
) -> list[Outcome]:
    done = counter(1)
    with open_engine("processes", None, jobs) as engine:
        found = engine.map(
            partial(row_outcomes, configs=configs, quick=quick),
            [row.id for row in rows],
            lambda row: seen(next(done), len(rows)),
        )
    return [outcome for row in found for outcome in row.result()]


def rendered(rows: Sequence[MatrixRow], configs: dict[str, Config], face: FaceConfig, seen: Seen) -> list[Outcome]:
    stages = {variant.name: RenderedStage(variant, face) for variant in RENDERED}
    return judge(
        rows, configs, RENDERED, lambda stimulus, variant, config: stages[variant.name].take(stimulus, config),
        only_rendered=True, seen=seen,
    )  # fmt: skip


def simulated_hours(first: int, count: int, configs: dict[str, Config], jobs: int, seen: Seen) -> dict[str, Tally]:
    claiming = {name: config for name, config in configs.items() if "R16" in config.preset.claims}
    return hours(count, claiming, first=first, jobs=jobs, seen=seen) if count and claiming else {}


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="scripts/conformance", description="Plays the acceptance matrix in every preset that claims a row."
    )
    preset = made.add_argument(
        "--preset", action="append", default=[], metavar="NAME", help="this preset; may be repeated"
    )
    add_old_option(made, "--profile", preset)
    made.add_argument("--config", action="append", default=[], type=Path, metavar="FILE", help="a config file of yours")
    made.add_argument(
        "--row", action="append", default=[], metavar="ID", help="this row alone (R1 to R16); may be repeated"
    )
    made.add_argument("--rendered", action="store_true", help="rendered video through the tracker instead of geometry")
    made.add_argument(
        "--backend",
        choices=get_args(BackendName),
        default=FaceConfig().backend,
        help="with --rendered: what looks at faces (default: %(default)s)",
    )
    made.add_argument("--hours", type=int, metavar="N", help=f"simulated hours for R16 (default {HOURS}; 0: none)")
    made.add_argument(
        "--first-hour",
        type=int,
        default=0,
        metavar="N",
        help="number of the first of them: the same number, the same hour",
    )
    made.add_argument("--quick", action="store_true", help="fewer frame rates, stretches and hours: what the tests run")
    made.add_argument(
        "--unseen",
        type=int,
        metavar="N",
        help="instead: N stretches of attentive driving and N/10 lapses, each with a hole in which the driver is not "
        "seen, in the default preset or the one named",
    )
    made.add_argument("--seed", type=int, default=0, metavar="N", help="of the stretches of --unseen (default 0)")
    made.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: all cores)")
    made.add_argument("--json", action="store_true", help="one JSON object on stdout instead of tables")
    made.add_argument("--out", type=Path, metavar="FILE", help="write the tables as markdown")
    return made


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        return measure(options)
    except DriverMonitorError as error:
        print(error, file=sys.stderr)
        return error.exit_code


def measure(options: argparse.Namespace) -> int:
    configs = chosen_presets(options.preset, options.config)
    ids = [row.id for row in matrix()] + ["R16"]
    unknown = [row for row in options.row if row not in ids]
    if unknown:
        raise UsageError(f"There is no row {unknown[0]}; there are: {', '.join(ids)}.")
    if options.unseen is not None:
        return time_unseen(options, configs if options.preset or options.config else {"default": configs["default"]})
    rows = [row for row in matrix(quick=options.quick) if not options.row or row.id in options.row]
    if options.rendered:
        rows = [row for row in rows if any(stimulus.rendered for stimulus in row.stimuli)]
    if options.first_hour < 0:
        raise UsageError(f"--first-hour takes 0 or more, got {options.first_hour}")
    count = options.hours if options.hours is not None else QUICK_HOURS if options.quick else HOURS
    if options.rendered or (options.row and "R16" not in options.row):
        count = 0
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:

        def told(what: str) -> Seen:
            task = bar.add_task(what)
            return lambda done, total: bar.update(task, completed=done, total=total)

        if options.rendered:
            outcomes = rendered(rows, configs, FaceConfig(backend=options.backend), told("plays"))
        else:
            outcomes = signal_level(rows, configs, options.quick, options.jobs, told("rows"))
        tallies = simulated_hours(options.first_hour, count, configs, options.jobs, told("hours")) if count else {}
    outcomes += hours_outcomes(tallies)
    shown = [*rows, hours_row()] if tallies else rows
    report(options, shown, outcomes, tallies, list(configs))
    for outcome in outcomes:
        for sentence in outcome.wrong:
            print(f"fails: {outcome.preset} {outcome.row}: {sentence}", file=sys.stderr)
    return 0 if all(outcome.holds for outcome in outcomes) else 1


def time_unseen(options: argparse.Namespace, configs: dict[str, Config]) -> int:
    """Time unseen is no evidence (:mod:`.unseen`); exit code 1 where it was taken for some."""
    wrong = 0
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        for name, config in configs.items():
            cuts = list(
                bar.track(stretches(options.unseen, config, seed=options.seed), options.unseen, description=name)
            )
            holes = list(bar.track(lapses(options.unseen // 10, config, seed=options.seed), options.unseen // 10))
            alarmed = [cut for cut in cuts if cut.alerts]
            missed = [hole for hole in holes if hole.warned_s is None]
            wrong += len(alarmed) + len(missed)
            record = {
                "preset": name, "stretches": len(cuts), "false_alerts": len(alarmed),
                "after_a_head_seen_turning_away": sum(bool(cut.followed) for cut in cuts),
                "lapses": len(holes), "lapses_not_warned_of": len(missed),
            }  # fmt: skip
            print(json.dumps(record))
            for fault in (*alarmed, *missed):
                print(f"fails: {name}: {fault}", file=sys.stderr)
    return 1 if wrong else 0


def report(
    options: argparse.Namespace, rows: Sequence[MatrixRow], outcomes: Sequence[Outcome], tallies: dict[str, Tally],
    names: list[str],
) -> None:  # fmt: skip
    how = "rendered video through the tracker" if options.rendered else "signals, simulated"
    if options.json:
        found: dict[str, Any] = {"rows": [{**asdict(outcome), "holds": outcome.holds} for outcome in outcomes]}
        found["hours"] = {name: tally.to_json() for name, tally in tallies.items()}
        print(json.dumps(found))
    else:
        console = Console(width=210)
        console.print(terminal(rows, outcomes, names, f"Acceptance matrix ({how}; a test instrument, not people)"))
        if tallies:
            console.print(hours_table(tallies))
    if options.out is not None:
        options.out.write_text(markdown(rows, outcomes, tallies, names), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
