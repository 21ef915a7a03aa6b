"""Find the rules' thresholds and times on recorded drives that somebody has labelled."""

import argparse
import json
import math
import os
import sys
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from driver_monitor.cli.engine import add_engine_options, engine_of, known_there
from driver_monitor.ending import INTERRUPTED
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.output import OutputFolder
from driver_monitor.pip import install_self

if TYPE_CHECKING:
    from collections.abc import Sequence

    from driver_monitor.cli.main import Subparsers
    from driver_monitor.fleet.engine import Engine
    from driver_monitor.tune.finding import Finding, Sweep

MAX_TRIALS: Final = 100_000
_EPILOG = """\
examples:
  driver-monitor tune drives/ --search space.yaml            200 trials, the result in tuned/profile.yaml
  driver-monitor tune drives/ --search space.yaml --false-alerts-per-h 0.2 --out quieter/
  driver-monitor tune drives/ --search space.yaml --update-in my.yaml     puts the values into my.yaml, comments kept
  driver-monitor tune drives/ --sweep rules.microsleep.for=0.5:3:0.1      what one value does, as curves

space.yaml names what may change, as 'config diff' does, and between which values:
  rules.microsleep.for: [0.0, 1.0]
  rules.microsleep.when[eyes_closed_s]: {low: 0.8, high: 2.0, step: 0.1}
  rules.drowsy.when[perclos_60s]: {low: 0.05, high: 0.3, log: true}
  rules.drowsy.repeat_every: {choices: [0, 60, 300]}
"""


def add_parser(subparsers: "Subparsers[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "tune",
        help="find thresholds and times on labelled drives",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", nargs="+", type=Path, metavar="SOURCE", help="a recorded drive, or a folder of them")
    parser.add_argument("--search", type=Path, metavar="FILE", help="the values to choose from, as YAML")
    parser.add_argument(
        "--sweep", action="append", default=[], metavar="NAME=LOW:HIGH:STEP", help="curves over one value; repeatable"
    )
    parser.add_argument(
        "--labels", type=Path, metavar="PATH", help="labels from elsewhere: a folder with DRIVE_ID.csv, or one file"
    )
    parser.add_argument("--labelled-only", action="store_true", help="judge labelled stretches alone")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the config to begin from (default: built-in)")
    parser.add_argument("--out", type=Path, default=Path("tuned"), metavar="DIR", help="results (default: tuned/)")
    parser.add_argument("--update-in", type=Path, metavar="FILE", help="put the values into this config file as well")
    parser.add_argument("--trials", type=int, default=200, metavar="N", help="values to try (default: 200)")
    parser.add_argument(
        "--false-alerts-per-h", type=float, default=0.5, metavar="N", help="false alerts that are borne (default: 0.5)"
    )
    parser.add_argument(
        "--hold-out", type=float, default=0.3, metavar="SHARE", help="of the hours, by driver; 0: none (default: 0.3)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="same seed, same result (default: 0)")
    parser.add_argument("--jobs", type=int, metavar="N", help="processes (default: one a core)")
    add_engine_options(parser)
    parser.add_argument("--no-cache", action="store_true", help="read every drive anew and keep nothing beside it")
    parser.add_argument("--json", action="store_true", help="print the result as JSON on stdout and nothing else")


def run(args: argparse.Namespace) -> int:
    _checked(args)
    with OutputFolder(args.out):  # before the work, not after it
        return _tune(args)


def _tune(args: argparse.Namespace) -> int:
    from driver_monitor.cli.bar import Bar  # noqa: PLC0415  (a wrong option is refused without loading this)
    from driver_monitor.config.loader import load  # noqa: PLC0415
    from driver_monitor.tune.finding import Goal, find, sweep  # noqa: PLC0415
    from driver_monitor.tune.play import counts_sounds  # noqa: PLC0415
    from driver_monitor.tune.sources import Sources  # noqa: PLC0415
    from driver_monitor.tune.space import read_space, read_sweep  # noqa: PLC0415
    from driver_monitor.tune.split import split  # noqa: PLC0415
    from driver_monitor.tune.tuner import Tuner  # noqa: PLC0415

    base = load(args.config or args.update_in)
    if loud := counts_sounds(base.config.rules):
        raise UsageError(
            f"the rule '{loud}' asks for audible_alerts_1h, which depends on the sounds of all rules, so that trials "
            f"cannot be worked out from recorded signals; tune with 'rules: {{{loud}: {{enabled: false}}}}'"
        )
    parameters = read_space(args.search, base.config) if args.search else ()
    ranges = [read_sweep(text, base.config) for text in args.sweep]
    labels = None if args.labels is None else known_there(args.labels, args)
    sources = Sources([known_there(source, args) for source in args.source], labels)
    for question in sources.questions:  # first: a misspelt kind may be why there is nothing to catch
        sys.stderr.write(f"driver-monitor: {question}\n")
    goal = Goal(args.trials, args.seed, args.false_alerts_per_h)
    with Bar() as bar, _engine(args, len(sources.drives)) as engine:

        def said(what: str, done: int, of: int) -> None:
            bar.at(what, done, of, f"{done} of {of}")

        tuner = Tuner(engine, sources.drives, base.config, cache=not args.no_cache, labelled_only=args.labelled_only)
        tuner.prepare(lambda done, of: said("drives", done, of))
        finding = None
        if parameters:
            halves = split(tuner.drives, tuner.hours, args.hold_out, args.seed)
            finding = find(tuner, base, parameters, halves, goal=goal, said=said)
        ended = finding is not None and finding.interrupted
        sweeps = [] if ended else [sweep(tuner, base.config, spot, values, said) for spot, values in ranges]
    for problem in (*sources.left_out, *sources.other_settings(base.config), *tuner.problems, *tuner.notes):
        sys.stderr.write(f"driver-monitor: {problem}\n")
    _tell(args, finding, sweeps)
    if finding is not None and finding.warning:  # once more, below all that has scrolled by
        sys.stderr.write(f"driver-monitor: over the budget: {finding.warning}\n")
    if ended:
        return INTERRUPTED
    return 1 if tuner.problems or sources.broken else 0


def _engine(args: argparse.Namespace, drives: int) -> "Engine":
    """On this machine one whose processes keep their drives, for every trial asks for the same ones."""
    from driver_monitor.tune.pool import Pool  # noqa: PLC0415

    if args.engine == "processes" and args.scheduler is None:
        return Pool(min(args.jobs or os.cpu_count() or 1, drives))
    return engine_of(args, drives)


def _tell(args: argparse.Namespace, finding: "Finding | None", sweeps: "Sequence[Sweep]") -> None:
    """Write the files and say what was found."""
    from driver_monitor.cli.tune_table import found, swept  # noqa: PLC0415
    from driver_monitor.tune.profile import update_file  # noqa: PLC0415
    from driver_monitor.tune.results import finding_json, sweep_json, write_finding, write_sweep  # noqa: PLC0415

    files = []
    if finding is not None:
        files += write_finding(finding, args.out, datetime.now())
        if args.update_in is not None and finding.changed:
            update_file(args.update_in, finding.changed)
            files.append(args.update_in)
    for each in sweeps:
        files += write_sweep(each, args.out, args.false_alerts_per_h)
    if args.json:
        record = {
            "search": None if finding is None else finding_json(finding),
            "sweeps": [sweep_json(each) for each in sweeps],
            "files": [str(file) for file in files],
        }
        print(json.dumps(record))
        return
    if finding is not None:
        found(finding)
    for each in sweeps:
        swept(each)
    print(f"written: {', '.join(map(str, files))}")


def _checked(args: argparse.Namespace) -> None:
    if args.search is None and not args.sweep:
        raise UsageError("name what to tune: --search FILE, or --sweep NAME=LOW:HIGH:STEP")
    if args.update_in is not None and args.search is None:
        raise UsageError("--update-in needs --search FILE: a sweep chooses nothing")
    for wish, option, package in ((args.search, "--search", "optuna"), (args.update_in, "--update-in", "ruamel")):
        if wish is not None and find_spec(package) is None:  # told before the work, not after it
            raise DriverMonitorError(f"{option} needs the extra 'analysis' ({package}): {install_self('analysis')}")
    for name, value, low, high in (
        ("--trials", args.trials, 1, MAX_TRIALS),
        ("--jobs", args.jobs, 1, 1024),
        ("--seed", args.seed, 0, 2**32 - 1),
    ):
        if value is not None and not low <= value <= high:
            raise UsageError(f"{name} takes {low} to {high}, got {value}")
    if not 0 <= args.false_alerts_per_h < math.inf:
        raise UsageError(f"--false-alerts-per-h takes 0 or more, got {args.false_alerts_per_h:g}")
    if not 0 <= args.hold_out <= 0.9:
        raise UsageError(f"--hold-out takes a share of 0 to 0.9, got {args.hold_out:g}")
