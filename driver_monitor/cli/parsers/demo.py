"""Play a scripted drive through the real pipeline and print what was found beside what was scripted."""

import argparse
from pathlib import Path

from driver_monitor.cli.parsers.parser import Subparsers

_EPILOG = """\
examples:
  driver-monitor demo                         the built-in drive; demo-out/report.html, demo-out/annotated.webm
  driver-monitor demo --drive mine.yaml       a drive script of your own
  driver-monitor demo --drive drowsy          twelve minutes in which a driver gets drowsy; takes some minutes
  driver-monitor demo --drive drowsy --no-pictures   the same as geometry alone: seconds, no face tracker, no video
  driver-monitor demo --no-video --out /tmp/x

The driver is an animated portrait with known ground truth: a test instrument, not evidence about people.
"""


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "demo",
        help="a scripted drive through the real pipeline, no camera needed",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=Path("demo-out"), metavar="DIR", help="default: %(default)s")
    parser.add_argument("--config", type=Path, metavar="FILE", help="config file (default: the built-in one)")
    parser.add_argument("--drive", default="demo", metavar="NAME_OR_FILE", help="drive script (default: %(default)s)")
    parser.add_argument(
        "--no-pictures",
        action="store_true",
        help="play the drive as geometry: no rendering, no face tracker, no annotated video, but done in seconds",
    )
    parser.add_argument("--no-video", action="store_true", help="do not write the annotated video")
