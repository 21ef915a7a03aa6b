"""Hours of simulated driving as recorded drives with labels: something to try 'score' and 'tune' on.

A test instrument: drivers of :mod:`driver_monitor.simulate.habits`, each with a face and habits of their own, whose
lapses are known because they were put in. Figures on them say nothing about people.
"""

import argparse
import os
import sys
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final

from driver_monitor.cli.bar import Bar
from driver_monitor.config.config import Config
from driver_monitor.conformance.hours import frame_by_frame
from driver_monitor.counted import counted
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import write_labels
from driver_monitor.lines import Lines
from driver_monitor.monitor import Monitor
from driver_monitor.output import OutputFolder, whole_folder
from driver_monitor.recording.header import DriveHeader, new_header
from driver_monitor.recording.mcap import topics
from driver_monitor.recording.mcap.codec import estimates_bytes, signals_bytes, vehicle_bytes
from driver_monitor.recording.mcap.segment import Segment, segment_name
from driver_monitor.simulate.habits import Hour, attentive
from driver_monitor.state.alert import json_line
from driver_monitor.timecode import clock, length
from scripts.command import above_zero, at_least, told

if TYPE_CHECKING:
    from ctypes import Array, c_double

    SharedArray = Array[c_double]

BEGIN: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
SEGMENT_S: Final = 600.0
# Some are shorter than the default rules wait for, so that there is something to choose.
LENGTHS_S: Final = {"microsleep": (0.8, 2.7), "sleep": (3.2, 4.6), "long_look": (2.2, 5.6)}
_TOLD_EVERY: Final = 100  # frames
_LOOK_S: Final = 0.2
CPU_S_AN_HOUR: Final = 60.0  # at 30 Hz, measured on a desk machine
_shared: list["SharedArray"] = []  # in a process of the pool: where it tells how far it is
KINDS: Final = {"microsleep": "microsleep", "sleep": "sleep", "long_look": "distracted"}


def drive_id(number: int) -> str:
    """Made up, so that a drive is made only once."""
    return f"{BEGIN + timedelta(days=number):%Y-%m-%dT%H-%M-%SZ}-{number:04x}"


def make(
    number: int, folder: Path, hours: float, fps: float, lapses: int, at: Callable[[float], None] = lambda t_s: None
) -> Path:
    """Drive ``number`` with its labels in ``folder``, unless it is there.

    ``at`` is told now and then how far it is, in seconds of the drive.
    """
    drive = folder / drive_id(number)
    if (drive / "labels.csv").exists():
        return drive
    config = Config.model_validate({"driver": {"baseline": f"driver{number}"}})
    hour = attentive(number, duration_s=hours * 3600, fps=fps, lapses=lapses, lengths_s=LENGTHS_S)
    header = new_header(config, camera="simulated", now=BEGIN + timedelta(days=number), normal=None)
    header = replace(header, drive_id=drive.name)
    with whole_folder(drive) as part:
        record(part, header, config, hour, at)
        write_labels(part / "labels.csv", labels(hour))
    return drive


def record(folder: Path, header: DriveHeader, config: Config, hour: Hour, at: Callable[[float], None]) -> None:
    """The hour's segments in ``folder``."""
    segment, began_s = Segment(folder / segment_name(0), header, 0), 0.0
    monitor, lines = Monitor(config), Lines()
    for frame, (state,) in enumerate(frame_by_frame(hour, [config])):
        if frame % _TOLD_EVERY == 0:
            at(state.t_s)
        if state.t_s - began_s >= SEGMENT_S:
            segment.close()
            began_s += SEGMENT_S
            part = round(began_s / SEGMENT_S)
            segment = Segment(folder / segment_name(part), header, part)
        segment.add_change(topics.VEHICLE, state.t_s, vehicle_bytes(state.speed))
        segment.add_change(topics.ESTIMATES, state.t_s, estimates_bytes(state))
        segment.add(topics.SIGNALS, state.t_s, signals_bytes(state.signals))
        moment = monitor.decide(state)
        for alert in moment.alerts:
            segment.add(
                topics.ALERTS, state.t_s, json_line(alert.to_json() | {"outputs": list(alert.outputs)}).encode()
            )
        for line in lines.of(moment):
            if line["type"] == "state":
                segment.add(topics.STATE, state.t_s, json_line(line).encode())
    segment.close()


def labels(hour: Hour) -> list[Label]:
    """What was put in, as somebody would label it who missed nothing."""
    return [Label(KINDS[lapse.kind], lapse.start_s, lapse.end_s) for lapse in hour.lapses]


def make_all(folder: Path, *, drives: int, hours: float, fps: float, lapses: int, jobs: int) -> list[Path]:
    """``drives`` drives of ``hours`` each, every one with a driver of its own, with a bar on a terminal."""
    context = get_context("spawn")
    reached_s = context.Array("d", drives, lock=False)  # how far each drive is, written by its process
    with (
        Bar() as bar,
        ProcessPoolExecutor(jobs, mp_context=context, initializer=_share, initargs=(reached_s,)) as pool,
    ):
        waiting = {pool.submit(_make, number, folder, hours, fps, lapses) for number in range(drives)}
        while waiting:
            done, waiting = wait(waiting, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
            for future in done:
                number = future.result()
                reached_s[number] = hours * 3600
                bar.console.print(f"made {folder / drive_id(number)}", highlight=False, markup=False, soft_wrap=True)
            words = f"{clock(sum(reached_s))} of {clock(drives * hours * 3600)} driven"
            bar.at(counted(drives, "simulated drive"), sum(reached_s), drives * hours * 3600, words)
    return [folder / drive_id(number) for number in range(drives)]


def _share(reached_s: "SharedArray") -> None:
    _shared.append(reached_s)


def _make(number: int, folder: Path, hours: float, fps: float, lapses: int) -> int:
    (reached_s,) = _shared

    def at(t_s: float) -> None:
        reached_s[number] = t_s

    make(number, folder, hours, fps, lapses, at)
    return number


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.evaluation.simulated_drives", description=__doc__)
    parser.add_argument("out", type=Path, metavar="DIR", help="folder to record them into")
    parser.add_argument(
        "--drives", type=at_least(1), default=10, metavar="N", help="drives, a driver each (default: 10)"
    )
    parser.add_argument("--hours", type=above_zero, default=1.0, metavar="N", help="length of each (default: 1)")
    parser.add_argument("--fps", type=above_zero, default=30.0, metavar="N", help="frames a second (default: 30)")
    parser.add_argument("--lapses", type=at_least(0), default=24, metavar="N", help="lapses in each (default: 24)")
    parser.add_argument("--jobs", type=at_least(1), metavar="N", help="drives made at a time (default: one a core)")
    args = parser.parse_args()
    jobs = min(args.jobs or os.cpu_count() or 1, args.drives)
    sys.stderr.write(
        f"{counted(args.drives, 'simulated drive')} of {clock(args.hours * 3600)}, {jobs} at a time: about "
        f"{length(args.drives * args.hours * CPU_S_AN_HOUR / jobs)} on an idle desk machine\n"
    )
    try:
        with OutputFolder(args.out, "DIR"):
            make_all(args.out, drives=args.drives, hours=args.hours, fps=args.fps, lapses=args.lapses, jobs=jobs)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: drives that were complete are kept, the others are made anew next time\n")
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(told(main))
