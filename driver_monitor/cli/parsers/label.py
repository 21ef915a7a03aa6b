"""Label a recorded drive: say what really happened in it, and when."""

import argparse
from pathlib import Path

from driver_monitor.cli.parsers.parser import Subparsers
from driver_monitor.errors import UsageError

_EPILOG = """\
examples:
  driver-monitor label drives/2026-11-27T10-43-52Z-00001-a3f9           opens the page in the browser
  driver-monitor label DRIVE --import notes.eaf                         takes over what was labelled in ELAN
  driver-monitor label DRIVE --import dmd.json --fps 29.76 --list       OpenLABEL or VCD; no page

Labels are kept beside the drive in labels.csv (start_s,end_s,kind,value,note), saved after every change. Edit it
by hand, or keep a labels.yaml instead. Ctrl-C ends the page. 'driver-monitor score' compares alerts with labels.
"""


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "label",
        help="say what really happened in a recorded drive",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("drive", type=Path, metavar="DRIVE", help="a recorded drive: its folder, or one of its files")
    parser.add_argument(
        "--import", dest="imported", type=Path, metavar="FILE", help="add the labels of a CSV, YAML, ELAN or VCD file"
    )
    parser.add_argument(
        "--fps", type=float, metavar="N", help="with --import: frames a second, for files that count frames"
    )
    parser.add_argument("--port", type=int, default=0, metavar="N", help="the page's port (default: any free one)")
    parser.add_argument("--no-browser", action="store_true", help="print the page's address, open no browser")
    parser.add_argument("--list", action="store_true", help="print the labels and open no page")
    parser.set_defaults(refuse=refuse)


def refuse(args: argparse.Namespace) -> None:
    if not 0 <= args.port <= 65535:
        raise UsageError(f"--port takes 0 to 65535, got {args.port}")
    if args.fps is not None and args.imported is None:
        raise UsageError("--fps belongs to --import FILE")
    if args.fps is not None and not 0 < args.fps <= 1000:
        raise UsageError(f"--fps takes a rate above 0, up to 1000, got {args.fps:g}")
