"""The work of ``driver-monitor run``."""

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final

from driver_monitor.alerts.console import AlertConsole
from driver_monitor.alerts.failure import Failure
from driver_monitor.cli.commentary import Commentary
from driver_monitor.cli.latency_table import latency_table
from driver_monitor.cli.recorded_source import refuse_recorded
from driver_monitor.config.config import Config
from driver_monitor.config.flags import Flag, given
from driver_monitor.config.loader import load
from driver_monitor.counted import counted
from driver_monitor.doctor.check import Subject
from driver_monitor.doctor.examination import with_all_that_is_missing
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.floor.hole import warn_of_holes
from driver_monitor.lines import Lines
from driver_monitor.live import LiveRun, Ride
from driver_monitor.monitor import Moment
from driver_monitor.native_path import file_path
from driver_monitor.recording.folder import refuse_a_file
from driver_monitor.state.alert import json_line
from driver_monitor.state.request import Ask
from driver_monitor.timecode import length
from driver_monitor.timeline.judged import blinks, not_seen, percent

ASKS: Final[dict[int, Ask]] = {signal.SIGHUP: Ask.RELOAD, signal.SIGUSR1: Ask.ACKNOWLEDGE, signal.SIGUSR2: Ask.QUIET}


def run(args: argparse.Namespace) -> int:
    loaded = load(args.config, *_flags(args))
    config = loaded.config
    refuse_recorded(config.camera.source)
    if args.record_level is not None and not config.recording.dir:
        raise UsageError("--record-level says how much is kept, but nothing is recorded; add --record DIR")
    if config.recording.dir:
        refuse_a_file(file_path(config.recording.dir))
    warn_of_holes(loaded)
    said = AlertConsole(stderr=True, highlight=False, markup=False)
    live = LiveRun(
        loaded,
        sealed=True,
        said=lambda sentence: said.print(f"driver-monitor: {sentence}", soft_wrap=True),
    )
    try:
        with _signals(live):
            if args.json:
                stream = JsonStream()
                ride = live.run(moment_seen=stream.seen, fault_told=stream.fault, for_s=args.for_s)
            else:
                with Commentary(said, lambda: live.standing) as commentary:
                    ride = live.run(moment_seen=commentary.seen, for_s=args.for_s, say=commentary.say, console=said)
    except DriverMonitorError as error:
        raise (error if live.watching else _with_all_that_is_missing(error, config, args.config)) from None
    if ride.frames:
        said.print(latency_table(ride.latency))
    said.print(_summary(ride), soft_wrap=True)
    if ride.recorded is not None and not ride.recorded.exists():
        said.print("nothing was recorded")
    elif ride.recorded is not None:
        said.print(f"recorded: {ride.recorded}", soft_wrap=True)
    return 0


def _flags(args: argparse.Namespace) -> tuple[Flag, ...]:
    """What the command line says about settings."""
    fixed = None if args.speed_kmh is None else "fixed"
    return given(
        Flag("--source", "camera.source", args.source),
        Flag("--baseline", "driver.baseline", args.baseline),
        Flag("--record", "recording.dir", None if args.record is None else str(args.record)),
        Flag("--record-level", "recording.level", args.record_level),
        Flag("--speed-kmh", "vehicle.speed.source", fixed),
        Flag("--speed-kmh", "vehicle.speed.fixed_kmh", args.speed_kmh),
        # stdout belongs to the JSON, the terminal to errors
        Flag("--json", "alerts.console.enabled", False if args.json else None),
    )


def _summary(ride: Ride) -> str:
    """What ``replay`` says of a drive, and how camera and face tracker did."""
    whole = length(ride.duration_s)
    found = [
        (not_seen(ride.tally) or whole) if ride.frames else f"no frame arrived in {whole}",
        counted(ride.frames, "frame") if ride.frames else "",
        f"{percent(ride.tally.judged_share)} judged" if ride.tally.frames else "",
        counted(ride.alerts, "alert"),
        blinks(ride.tally) if ride.frames else "",
        *ride.channels.words(),
        f"{ride.dropped} dropped",
        counted(ride.bad, "bad frame"),
        f"{counted(ride.restarts, 'restart')} of the vision worker",
    ]
    return ", ".join(filter(None, found))


class JsonStream:
    """A run as JSON lines on stdout: alerts, a state a second, and the fault that ended it if one did."""

    def __init__(self) -> None:
        self._lines = Lines()

    def seen(self, moment: Moment) -> None:
        for record in self._lines.of(moment):
            sys.stdout.write(json_line(record) + "\n")
        sys.stdout.flush()

    def fault(self, failure: Failure) -> None:
        with suppress(OSError):  # the reader that went away may be the fault
            sys.stdout.write(json_line(failure.to_json()) + "\n")
            sys.stdout.flush()


def _with_all_that_is_missing(
    error: DriverMonitorError, config: Config, config_path: Path | None
) -> DriverMonitorError:
    return with_all_that_is_missing(error, Subject(config, config_path))


@contextmanager
def _signals(live: LiveRun) -> Iterator[None]:
    """SIGINT and SIGTERM stop the run in order, a second one at once; SIGHUP reloads the rules, SIGUSR1 and SIGUSR2 are
    buttons."""

    def stop(number: int, frame: FrameType | None) -> None:
        if not live.watching:  # a camera that takes its time to answer must not hold up the end
            raise KeyboardInterrupt
        live.stop()
        signal.signal(number, signal.default_int_handler)

    def ask(number: int, frame: FrameType | None) -> None:
        live.ask(ASKS[number], signal.Signals(number).name)

    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, stop),
        signal.SIGTERM: signal.signal(signal.SIGTERM, stop),
    }
    before |= {signal.Signals(number): signal.signal(number, ask) for number in ASKS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
