"""``driver-monitor doctor``: what is missing on this machine, and what to do about it."""

import argparse
from pathlib import Path

from driver_monitor.cli.parsers.parser import Subparsers

_EPILOG = """\
examples:
  driver-monitor doctor                     can the program run here at all?
  driver-monitor doctor --config my.yaml    are the camera, ports and models of this config there?
  driver-monitor doctor --json              the same for scripts

exit codes: 0 it can run (there may be warnings), 1 something needed is missing, 2 the config is wrong
"""


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "doctor",
        help="find out what is missing on this machine",
        description="Find out what is missing on this machine and what to do about it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="examine what this config asks for")
    parser.add_argument("--json", action="store_true", help="print JSON")
