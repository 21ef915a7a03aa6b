"""Monitor the driver with a camera: alerts come out of the speaker, the serial port and the terminal."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from driver_monitor.config.recording import LEVELS
from driver_monitor.errors import UsageError
from driver_monitor.rules.alert import json_line

if TYPE_CHECKING:
    from driver_monitor.cli.main import Subparsers
    from driver_monitor.config.config import Config
    from driver_monitor.live import LiveRun

_EPILOG = """\
examples:
  driver-monitor run                              the camera of the built-in config (index 0)
  driver-monitor run --config my.yaml             your own camera, rules and outputs
  driver-monitor run --source drive.mp4           a file treated as a live camera
  driver-monitor run --source scripted:demo --for-s 20
  driver-monitor run --config my.yaml --record drives/    keep the drive, to replay and to tune with

Ctrl-C or SIGTERM ends the run; SIGHUP reads the config's rules again; SIGUSR1 is the driver's button: "I am awake".
"""


def add_parser(subparsers: "Subparsers[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "run",
        help="monitor the driver with a camera",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="config file (default: the built-in one)")
    parser.add_argument("--source", metavar="SOURCE", help="camera, URL or file instead of the config's camera.source")
    parser.add_argument("--speed-kmh", type=float, metavar="N", help="drive at this speed instead of the config's")
    parser.add_argument("--profile", metavar="NAME", help="keep the driver's baseline under this name (driver.profile)")
    parser.add_argument("--record", type=Path, metavar="DIR", help="record the drive into this folder (recording.dir)")
    parser.add_argument(
        "--record-level", choices=LEVELS, help="how much of it is kept (recording.level); the default is signals"
    )
    parser.add_argument("--for-s", type=float, metavar="SECONDS", help="end by itself after so many seconds")
    parser.add_argument("--json", action="store_true", help="print JSON lines on stdout and nothing else there")


def run(args: argparse.Namespace) -> int:
    from driver_monitor.config.loader import load  # noqa: PLC0415  (a wrong option is refused without loading this)

    if args.for_s is not None and not args.for_s > 0:
        raise UsageError(f"--for-s takes a number of seconds above 0, got {args.for_s:g}")
    loaded = load(args.config)
    config = loaded.config
    if args.source is not None:
        config = config.model_copy(update={"camera": config.camera.model_copy(update={"source": args.source})})
    if args.profile is not None:
        config = config.model_copy(update={"driver": config.driver.model_copy(update={"profile": args.profile})})
    config = _recorded(config, args)
    if args.json:  # stdout belongs to the JSON, the terminal to errors
        console = config.alerts.console.model_copy(update={"enabled": False})
        config = config.model_copy(update={"alerts": config.alerts.model_copy(update={"console": console})})

    from rich.console import Console  # noqa: PLC0415

    from driver_monitor.cli.calibration import Calibration  # noqa: PLC0415
    from driver_monitor.cli.latency_table import latency_table  # noqa: PLC0415
    from driver_monitor.lines import Lines  # noqa: PLC0415
    from driver_monitor.live import LiveRun  # noqa: PLC0415
    from driver_monitor.monitor import Moment  # noqa: PLC0415

    lines = Lines()
    calibration = Calibration()
    said = Console(stderr=True)

    def seen(moment: Moment) -> None:
        if args.json:
            for record in lines.of(moment):
                sys.stdout.write(json_line(record) + "\n")
            sys.stdout.flush()
            return
        news = calibration.update(moment.state.signals)
        if news:
            said.print(f"{moment.state.t_s:9.2f} s  {news}", highlight=False, markup=False, soft_wrap=True)

    live = LiveRun(
        config,
        args.config,
        speed_kmh=args.speed_kmh,
        sealed=True,
        from_file=loaded.config,
        said=lambda sentence: said.print(f"driver-monitor: {sentence}", highlight=False, markup=False, soft_wrap=True),
    )
    with _signals(live):
        ride = live.run(moment_seen=seen, for_s=args.for_s)
    if ride.frames:
        said.print(latency_table(ride.latency))
    said.print(
        f"{ride.duration_s:.1f} s, {ride.frames} frames, {ride.dropped} dropped, "
        f"{ride.restarts} restarts of the vision worker",
        highlight=False,
    )
    if ride.recorded is not None and not ride.recorded.exists():
        said.print("nothing was recorded", highlight=False)
    elif ride.recorded is not None:
        said.print(f"recorded: {ride.recorded}", highlight=False, markup=False, soft_wrap=True)
    _leave_blocked_cameras()
    return 0


def _recorded(config: "Config", args: argparse.Namespace) -> "Config":
    """The config with what the command line says about recording."""
    recording = config.recording
    if args.record is not None:
        recording = recording.model_copy(update={"dir": str(args.record)})
    if args.record_level is not None:
        if not recording.dir:
            raise UsageError("--record-level says how much is kept, but nothing is recorded; add --record DIR")
        recording = recording.model_copy(update={"level": args.record_level})
    return config.model_copy(update={"recording": recording})


def _leave_blocked_cameras() -> None:
    """End at once where a camera's read never came back: at interpreter exit it would abort inside OpenCV."""
    if any(thread.name.startswith("camera ") for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


@contextmanager
def _signals(live: "LiveRun") -> Iterator[None]:
    """SIGINT and SIGTERM stop the run in order, a second one at once; SIGHUP reloads the rules, SIGUSR1 is a button."""

    def stop(number: int, frame: FrameType | None) -> None:
        if not live.watching:  # a camera that takes its time to answer must not hold up the end
            raise KeyboardInterrupt
        live.stop()
        signal.signal(number, signal.default_int_handler)

    def reload(number: int, frame: FrameType | None) -> None:
        live.reload()

    def acknowledge(number: int, frame: FrameType | None) -> None:
        live.acknowledge()

    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, stop),
        signal.SIGTERM: signal.signal(signal.SIGTERM, stop),
        signal.SIGHUP: signal.signal(signal.SIGHUP, reload),
        signal.SIGUSR1: signal.signal(signal.SIGUSR1, acknowledge),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
