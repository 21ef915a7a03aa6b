"""Find the rules' thresholds and times on recorded drives that somebody has labelled."""

import argparse
import math
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from driver_monitor.cli.parsers.engine import add_engine_options
from driver_monitor.cli.parsers.parser import Subparsers
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.pip import install_self

MAX_TRIALS: Final = 100_000
_EPILOG = """\
examples:
  driver-monitor tune drives/ --search space.yaml            200 trials, the result in tuned/preset.yaml
  driver-monitor tune drives/ --search space.yaml --false-alerts-per-h 0.2 --out quieter/
  driver-monitor tune drives/ --search space.yaml --update-in my.yaml     puts the values into my.yaml, comments kept
  driver-monitor tune drives/ --sweep rules.microsleep.for=0.5:3:0.1      what one value does, as curves

space.yaml names what may change, as 'config diff' does, and between which values:
  rules.microsleep.for: [0.0, 1.0]
  rules.microsleep.when[eyes_closed_s]: {low: 0.8, high: 2.0, step: 0.1}
  rules.drowsy.when[perclos_60s]: {low: 0.05, high: 0.3, log: true}
  rules.drowsy.repeat_every: {choices: [0, 60, 300]}
"""


def add_parser(subparsers: Subparsers) -> None:
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
    parser.add_argument("--labelled-only", action="store_true", help="judge labelled stretches only")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the config to begin from (default: built-in)")
    parser.add_argument("--out", type=Path, default=Path("tuned"), metavar="DIR", help="results (default: tuned/)")
    parser.add_argument("--update-in", type=Path, metavar="FILE", help="put the values into this config file as well")
    parser.add_argument("--trials", type=int, default=200, metavar="N", help="values to try (default: 200)")
    parser.add_argument(
        "--false-alerts-per-h", type=float, default=0.5, metavar="N", help="false alerts allowed (default: 0.5)"
    )
    parser.add_argument(
        "--hold-out",
        type=float,
        default=0.3,
        metavar="SHARE",
        help="of the hours held out, by driver; 0: none (default: 0.3)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="same seed, same result (default: 0)")
    parser.add_argument("--jobs", type=int, metavar="N", help="processes (default: one a core)")
    add_engine_options(parser)
    parser.add_argument("--no-cache", action="store_true", help="read every drive again and cache nothing beside it")
    parser.add_argument("--json", action="store_true", help="print the result as JSON on stdout and nothing else")
    parser.set_defaults(refuse=refuse)


def refuse(args: argparse.Namespace) -> None:
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
