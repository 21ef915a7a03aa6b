"""Print the documents in the terminal: how to write rules, what is recorded, what to do when something fails."""

import argparse

from driver_monitor.cli.parsers.parser import Subparsers

_EPILOG = """\
examples:
  driver-monitor help                     all topics
  driver-monitor help troubleshooting     what to do when something does not work
  driver-monitor help rules               how rules are written
  driver-monitor help measured | less     page by page
  driver-monitor help run                 the options of a command, as 'driver-monitor run --help' prints them
"""


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "help",
        help="print the documents in the terminal",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "topic", nargs="?", metavar="TOPIC", help="what to read about; without it all topics are listed"
    )
