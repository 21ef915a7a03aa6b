"""Write a report of recorded drives: one HTML page that needs nothing else, and Parquet for other tools."""

import argparse
from pathlib import Path
from typing import Final

from driver_monitor.cli.parsers.engine import add_engine_options, refuse_engine
from driver_monitor.cli.parsers.parser import Subparsers

PAGE: Final = "report.html"


_EPILOG = """\
examples:
  driver-monitor report drives/2026-11-27T10-43-52Z-00001-a3f9           report.html of one drive
  driver-monitor report drives/ --out fleet.html                         one page for all of them
  driver-monitor report drives/ --compare quiet                          what another config would have said
  driver-monitor report drives/ --config a.yaml --compare b.yaml         two configs, neither of them as recorded
  driver-monitor report drives/ --parquet fleet/                         Parquet by date and vehicle, no page
"""


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "report",
        help="write a report of recorded drives, or Parquet for other tools",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", type=Path, metavar="SOURCE", help="a recorded drive or a folder of them")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="show the alerts this config raises (default: those of the drive)"
    )
    parser.add_argument("--compare", type=Path, metavar="FILE", help="compare them with another config's alerts")
    parser.add_argument(
        "--out", type=Path, metavar="FILE_OR_DIR", help=f"where the page goes (default: {PAGE}, none with --parquet)"
    )
    parser.add_argument(
        "--no-video",
        action="store_true",
        help="no video beside the page (default: the moments around each alert, where a single drive keeps its frames)",
    )
    parser.add_argument("--parquet", type=Path, metavar="DIR", help="add the drives, as recorded, to this fleet folder")
    parser.add_argument("--jobs", type=int, metavar="N", help="drives at a time (default: one a core)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a drive on stdout and nothing else")
    add_engine_options(parser)
    parser.set_defaults(refuse=refuse_engine)
