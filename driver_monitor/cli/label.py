"""The work of ``driver-monitor label``."""

import argparse
import signal
import sys
import threading
import webbrowser
from pathlib import Path
from types import FrameType

from driver_monitor.cli.bar import Bar
from driver_monitor.config.signals import SignalsConfig
from driver_monitor.counted import counted
from driver_monitor.errors import UsageError
from driver_monitor.labels.desk.course import Course
from driver_monitor.labels.desk.keeper import Keeper
from driver_monitor.labels.desk.page import Drive as Shown
from driver_monitor.labels.desk.page import Page
from driver_monitor.labels.desk.pictures import Pictures
from driver_monitor.labels.desk.recorded import course_of
from driver_monitor.labels.desk.server import Desk
from driver_monitor.labels.doubts import doubts
from driver_monitor.labels.entries import Entries
from driver_monitor.labels.imports.importing import import_labels, merged, read_import
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import read_entries, sidecar
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.open import find_drives, open_drive
from driver_monitor.timecode import clock


def run(args: argparse.Namespace) -> int:
    drive = _one_drive(args.drive)
    keeper = Keeper(sidecar(drive.path))
    keeper.read()  # labels with mistakes are told before a long drive is read
    _ask(keeper.path)
    imported = None if args.imported is None else _imported(args.imported, args.fps)
    with Bar() as bar:
        course, pictures = course_of(drive, lambda t_s, total_s: bar.at(drive.header.drive_id, t_s, total_s))
    for said in (*drive.notes, *drive.problems):
        sys.stderr.write(f"driver-monitor: {said}\n")
    if course.first_s is None:
        raise UsageError(f"{drive.path} holds nothing to label: neither a frame nor an alert was recorded")
    if imported is not None:
        _import(imported, keeper, course)
    if args.list:
        _list(keeper.read().labels, course)
    else:
        _serve(args, drive, keeper, course, pictures)
    return 1 if drive.problems else 0


def _one_drive(path: Path) -> Drive:
    found = find_drives(path)
    if len(found) > 1:
        named = ", ".join(str(drive) for drive in found[:3])
        raise UsageError(f"{path} holds {len(found)} drives; label takes one, for instance {named}")
    return open_drive(found[0] if found else path)


def _imported(file: Path, fps: float | None) -> Entries:
    entries = read_import(file, fps)
    for said in doubts(file, entries.checked()):
        sys.stderr.write(f"driver-monitor: {said}\n")
    return entries


def _ask(file: Path) -> None:
    """About kinds that look misspelt, in a file that may not be there yet."""
    for said in doubts(file, read_entries(file)) if file.exists() else ():
        sys.stderr.write(f"driver-monitor: {said}\n")


def _import(entries: Entries, keeper: Keeper, course: Course) -> None:
    imported = import_labels(entries, course.start_s, course.last_s)
    before = keeper.read()
    after = merged(before.labels, imported.labels)
    keeper.write(after, before.version)
    for said in imported.said:
        sys.stderr.write(f"driver-monitor: {said}\n")
    new = len(after) - len(before.labels)
    known = len(imported.labels) - new
    print(
        f"{entries.path}: {counted(new, 'label')} added to {keeper.path}"
        + (f", {counted(known, 'was', 'were')} there already" if known else "")
    )


def _list(labels: "tuple[Label, ...]", course: Course) -> None:
    for label in labels:
        value = "" if label.value is None else f" {label.value:g}"
        outside = "" if label.within(course.start_s, course.last_s) else "  (outside the drive)"
        times = f"{clock(label.start_s, 1):>9} {clock(label.end_s, 1):>9} {label.length_s:7.1f} s"
        print(f"{times}  {label.kind}{value}{'  ' + label.note if label.note else ''}{outside}")
    print(f"{counted(len(labels), 'label')} in a drive of {clock(course.last_s - course.start_s)}")


def _serve(args: argparse.Namespace, drive: Drive, keeper: Keeper, course: Course, pictures: Pictures | None) -> None:
    """Until Ctrl-C or SIGTERM, which is the page's orderly end: every change has been written by then."""
    header = drive.header
    told = {"Recorded": header.started, "Driver": header.driver, "Vehicle": header.vehicle, "Keeps": header.level}
    told = {name: value for name, value in told.items() if value}
    try:
        signals = drive.config.signals
    except RecordingError:
        signals = SignalsConfig()  # lines to read curves against, nothing more
    page = Page(Shown(course, told, keeper.path.name, signals, pictures is not None))
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with Desk(page, keeper, pictures, args.port) as desk:
            print(f"label {header.drive_id} at {desk.url}", flush=True)
            print(f"labels are kept in {keeper.path}; Ctrl-C ends the page", flush=True)
            if not args.no_browser and not webbrowser.open(desk.url):
                sys.stderr.write("driver-monitor: no browser could be opened; open the address above in one\n")
            ended.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
