"""Measure the whole pipeline against the bare face tracker, on the same frames in one run."""

import argparse
from pathlib import Path

from driver_monitor.cli.parsers.parser import Subparsers
from driver_monitor.errors import UsageError

_EPILOG = """\
examples:
  driver-monitor bench                          about two minutes on a desk machine
  driver-monitor bench --source drive.mp4 --json
  driver-monitor bench --check                  exit code 1 where a goal is missed
  driver-monitor bench --peers --svg peers.svg  other face trackers on the same frames

Each goal is marked as met or MISSED. On a machine that is busy with something else a goal may be missed for that
reason alone.

The peers are bare MediaPipe, driver-monitor on both face backends, dlib (HOG detector, 68 points) and OpenCV's YuNet.
The package dlib and the models of dlib and YuNet are not part of driver-monitor and are never fetched: the output says
what is missing and where to get it.
"""


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "bench",
        help="measure speed and memory on this machine",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="config file (default: the built-in one)")
    parser.add_argument("--source", default="scripted:demo", metavar="SOURCE", help="footage (default: %(default)s)")
    parser.add_argument("--frames", type=int, default=300, metavar="N", help="frames used (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="pairs of rounds (default: %(default)s)")
    parser.add_argument("--check", action="store_true", help="exit with code 1 if a goal is missed")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--peers", action="store_true", help="instead: compare with other face trackers")
    parser.add_argument("--dlib-model", type=Path, metavar="FILE", help="with --peers: dlib's model for 68 points")
    parser.add_argument("--yunet-model", type=Path, metavar="FILE", help="with --peers: YuNet's ONNX file")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="with --peers: write the figures as a bar chart")
    parser.set_defaults(refuse=refuse)


def refuse(args: argparse.Namespace) -> None:
    if args.frames < 60:
        raise UsageError(f"--frames takes 60 or more, got {args.frames}")
    if args.rounds < 1:
        raise UsageError(f"--rounds takes 1 or more, got {args.rounds}")
    models = {"--dlib-model": args.dlib_model, "--yunet-model": args.yunet_model}
    if not args.peers:
        for option, file in (models | {"--svg": args.svg}).items():
            if file is not None:
                raise UsageError(f"{option} is for --peers alone; add that, or leave it out")
        return
    if args.check:
        raise UsageError("--check is not for --peers, which has no goals; leave one of them out")
    for option, file in models.items():
        if file is not None and not file.is_file():
            raise UsageError(f"{option}: there is no file {file}")
    if args.svg is not None and not args.svg.absolute().parent.is_dir():
        raise UsageError(f"--svg: there is no folder {args.svg.parent}")
