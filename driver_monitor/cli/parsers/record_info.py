"""Say what is in recorded drives: content, length, gaps, health."""

import argparse
from pathlib import Path

from driver_monitor.cli.parsers.parser import Subparsers

_EPILOG = """\
examples:
  driver-monitor record-info drives/                                  a line for every drive
  driver-monitor record-info drives/2026-11-27T10-43-52Z-00001-a3f9   one drive in detail
  driver-monitor record-info drives/ --repair                         finish files of killed runs, save damaged ones

exit codes: 0 all of it can be read, 1 something is damaged or cannot be read, 2 there is no drive
"""


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "record-info",
        help="show what is in recorded drives",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("drive", nargs="+", type=Path, metavar="DRIVE", help="a recorded drive, or a folder of them")
    parser.add_argument(
        "--repair",
        action="store_true",
        help="complete files that were cut off or damaged, so that every MCAP tool opens them",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a drive and line")
