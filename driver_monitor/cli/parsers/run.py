"""Monitor the driver with a camera: alerts come out of the speaker, the terminal, and what the config switches on."""

import argparse
from pathlib import Path

from driver_monitor.cli.parsers.parser import Subparsers
from driver_monitor.cli.parsers.speed_argument import speed_argument
from driver_monitor.cli.parsers.time_argument import time_argument
from driver_monitor.errors import UsageError
from driver_monitor.old_option import add_old_option
from driver_monitor.state.recording_level import LEVELS

_EPILOG = """\
examples:
  driver-monitor run                              the camera of the built-in config (index 0)
  driver-monitor run --config my.yaml             your own camera, rules and outputs
  driver-monitor run --source drive.mp4           a file treated as a live camera
  driver-monitor run --source scripted:demo --for-s 20
  driver-monitor run --config my.yaml --record drives/    keep the drive, to replay and to tune with

Ctrl-C or SIGTERM ends the run; SIGHUP reads the config's rules again; SIGUSR1 is the driver's button: "I am awake";
SIGUSR2 asks for quiet, or for sound again.
"""


def folder_argument(words: str) -> Path:
    """The ``type=`` of an option that names a folder: an unset variable of a shell must not become this folder."""
    if not words:
        raise argparse.ArgumentTypeError("it names no folder; leave the option out, or write '.' for this one")
    return Path(words)


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "run",
        help="monitor the driver with a camera",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="config file (default: the built-in one)")
    parser.add_argument("--source", metavar="SOURCE", help="camera, URL or file instead of the config's camera.source")
    parser.add_argument("--speed-kmh", type=speed_argument, metavar="N", help="assume this speed, not the config's")
    one_name = parser.add_mutually_exclusive_group()
    baseline = one_name.add_argument(
        "--baseline", metavar="NAME", help="keep the driver's baseline under this name (driver.baseline)"
    )
    add_old_option(one_name, "--profile", baseline)
    parser.add_argument(
        "--record", type=folder_argument, metavar="DIR", help="record the drive into this folder (recording.dir)"
    )
    parser.add_argument(
        "--record-level", choices=LEVELS, help="how much of it is kept (recording.level); the default is signals"
    )
    parser.add_argument("--for-s", type=time_argument, metavar="SECONDS", help="stop after this many seconds (or m:ss)")
    parser.add_argument("--json", action="store_true", help="print JSON lines on stdout and nothing else there")
    parser.set_defaults(refuse=refuse)


def refuse(args: argparse.Namespace) -> None:
    if args.for_s is not None and not args.for_s > 0:
        raise UsageError(f"--for-s takes a number of seconds above 0, got {args.for_s:g}")
