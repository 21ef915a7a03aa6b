"""``driver-monitor place``: where the camera is, measured and written into the config."""

import argparse
from pathlib import Path

from driver_monitor.cli.parsers.parser import Subparsers

_EPILOG = """\
examples:
  driver-monitor place --config my.yaml              measure, and write it into my.yaml
  driver-monitor place --config my.yaml --dry-run    measure only
  driver-monitor place --source drive.mp4            from a video; prints what a config would say

Sit as you drive, with the car standing, and look straight at the road ahead for 20 seconds: not into the camera, not at
this screen. A bell rings at the end. Ctrl-C ends it and leaves the file as it was.

exit codes: 0 measured, 1 the driver cannot be watched from there (and why), 2 the config is wrong
"""


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "place",
        help="measure where the camera is",
        description="Measure where the camera is while you look straight at the road, and write it into the config.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="the config to write into; its comments stay (default: none)"
    )
    parser.add_argument("--source", metavar="SOURCE", help="camera, URL or file instead of the config's camera.source")
    parser.add_argument("--dry-run", action="store_true", help="measure and write nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout and nothing else there")
