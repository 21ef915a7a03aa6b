"""Erase recorded drives, with their labels. What is erased cannot be brought back.

Only what was recorded, its labels and what was derived from them: other files, folders and links stay, and are named.
"""

import argparse
from pathlib import Path

from driver_monitor.cli.parsers.parser import Subparsers

_EPILOG = """\
examples:
  driver-monitor erase drives/2026-11-27T10-43-52Z-00001-a3f9   one drive
  driver-monitor erase drives/ --all                            every drive in the folder
  driver-monitor erase drives/ --all --yes                      without being asked
"""


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "erase",
        help="erase recorded drives",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("drive", nargs="+", type=Path, metavar="DRIVE", help="a recorded drive, or with --all a folder")
    parser.add_argument("--all", action="store_true", help="every drive in the folder")
    parser.add_argument("--yes", action="store_true", help="do not ask")
