"""Measure the whole pipeline against the bare face tracker, on the same frames in one run."""

import argparse
from pathlib import Path

from driver_monitor.cli.parsers.parser import Subparsers
from driver_monitor.errors import UsageError

_EPILOG = """\
examples:
  driver-monitor bench                          about two minutes on a desk machine
  driver-monitor bench --source drive.mp4 --json
  driver-monitor bench --check                  exit code 1 where a goal is missed

Goals are marked: met, or MISSED. On a machine that is busy with something else they may be missed by that alone.
"""


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "bench",
        help="measure speed and memory on this machine",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="config file (default: the built-in one)")
    parser.add_argument("--source", default="scripted:demo", metavar="SOURCE", help="footage (default: %(default)s)")
    parser.add_argument("--frames", type=int, default=300, metavar="N", help="frames used (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="pairs of rounds (default: %(default)s)")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a goal is missed")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(refuse=refuse)


def refuse(args: argparse.Namespace) -> None:
    if args.frames < 60:
        raise UsageError(f"--frames takes 60 or more, got {args.frames}")
    if args.rounds < 1:
        raise UsageError(f"--rounds takes 1 or more, got {args.rounds}")
