"""Replay recorded drives through the same pipeline as a live camera."""

import argparse
from pathlib import Path

from driver_monitor.cli.parsers.engine import add_engine_options, refuse_engine
from driver_monitor.cli.parsers.parser import Subparsers
from driver_monitor.cli.parsers.speed_argument import speed_argument
from driver_monitor.cli.parsers.time_argument import time_argument
from driver_monitor.errors import UsageError

_EPILOG = """\
examples:
  driver-monitor replay drive.mp4                        alerts on the terminal
  driver-monitor replay drive.mp4 --out out/             plus out/signals.csv and out/report.html
  driver-monitor replay drive.mp4 --json --speed-kmh 80  one JSON object a line on stdout
  driver-monitor replay *.mp4 --jobs 2 --out out/        two drives at a time, a folder each
  driver-monitor replay videos/                          every video and recorded drive in a folder
  ffmpeg ... -f matroska - | driver-monitor replay -     a video from a pipe, once it is complete
  driver-monitor replay scripted:demo                    the built-in scripted drive
  driver-monitor replay drives/2026-11-27T10-43-52Z-00001-a3f9   a recorded drive: the alerts it had, to the byte
  driver-monitor replay drives/ --config quiet           what another config would have said in each
  driver-monitor replay drive.mp4 --explain drowsy --at 95   why that rule did or did not fire at 95 s (or 1:35)
"""


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "replay",
        help="run recorded drives through the monitor",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "source",
        nargs="+",
        metavar="SOURCE",
        help="a video file, '-' for standard input, scripted:NAME_OR_FILE, a recorded drive, or a folder of these",
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="config file (default: the one a drive was recorded with; the built-in one for videos)",
    )
    parser.add_argument(
        "--from",
        dest="arrow",
        choices=("video", "landmarks", "signals", "state"),
        help="the level from which a recorded drive is judged again (default: only what the config changes)",
    )
    parser.add_argument("--speed-kmh", type=speed_argument, metavar="N", help="assume this speed, not the config's")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write signals.csv and report.html there")
    parser.add_argument(
        "--annotate", action="store_true", help="with --out: add annotated.webm, which report.html shows"
    )
    parser.add_argument("--jobs", type=int, metavar="N", help="drives at a time (default: one a core)")
    add_engine_options(parser)
    parser.add_argument("--explain", metavar="RULE", help="with --at: say why this rule did or did not fire then")
    parser.add_argument(
        "--at", type=time_argument, metavar="T", help="with --explain: the time in the drive, in seconds or as m:ss"
    )
    parser.add_argument(
        "--json", action="store_true", help="print JSON lines on stdout and nothing else; with --explain one object"
    )
    parser.set_defaults(refuse=refuse)


def refuse(args: argparse.Namespace) -> None:
    refuse_engine(args)
    if args.annotate and args.out is None:
        raise UsageError("--annotate needs --out DIR to write the video into")
    if (args.explain is None) != (args.at is None):
        raise UsageError("--explain RULE and --at T belong together, as in '--explain long_glance --at 12.5'")
    if args.arrow and args.annotate and args.arrow != "video":
        raise UsageError("--annotate draws on frames; it needs --from video")
