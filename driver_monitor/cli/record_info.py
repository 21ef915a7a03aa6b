"""The work of ``driver-monitor record-info``."""

import argparse
import json
import sys
from datetime import datetime

from rich.console import Console
from rich.table import Table

from driver_monitor.cause import cause_words
from driver_monitor.counted import counted
from driver_monitor.errors import UsageError
from driver_monitor.recording.clock import is_set
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.info import DriveInfo, inspect
from driver_monitor.recording.mcap.repair import repair
from driver_monitor.recording.open import find_drives, open_drive
from driver_monitor.timecode import clock
from driver_monitor.timeline.judged import NOT_KEPT

_FEW = 5


def run(args: argparse.Namespace) -> int:
    paths = [found for path in args.drive for found in find_drives(path)]
    if not paths:
        raise UsageError(f"there is no recorded drive in {', '.join(map(str, args.drive))}")
    code = 0
    for path in paths:
        try:
            drive = open_drive(path)
            if args.repair:
                for each in repair(drive):
                    was = f"; the original is kept as {each.before.name}" if each.before is not None else ""
                    sys.stderr.write(f"driver-monitor: {each.file} is complete now{was}\n")
                drive = open_drive(path)
            info = inspect(drive)
        except RecordingError as error:
            sys.stderr.write(f"driver-monitor: {error}\n")
            code = max(code, error.exit_code)
            continue
        code = 1 if info.problems else code
        if args.json:
            print(json.dumps(info.to_json()))
        elif len(paths) == 1:
            _all(info)
        else:
            print(_line(info))
        if not args.json:
            for said in (*info.notes, *info.problems):
                sys.stderr.write(f"driver-monitor: {said}\n")
    return code


def _line(info: DriveInfo) -> str:
    alerts = sum(info.alerts.values())
    whose = " ".join(word for word in (info.driver, info.vehicle) if word)
    return (
        f"{info.drive_id}  {clock(info.duration_s):>8}  {info.level:<9}  {info.bytes / 1e6:7.1f} MB  "
        f"{counted(alerts, 'alert'):>10}  {counted(len(info.gaps), 'gap'):>7}  {whose}".rstrip()
    )


def _all(info: DriveInfo) -> None:
    hours = info.duration_s / 3600
    unknown = NOT_KEPT if info.level == "events" else "not known"
    rows = {
        "drive": info.drive_id,
        "started": _started(info),
        "recorded by": f"{info.software}, config {info.config_sha256[:12]}",
        "driver, vehicle": f"{info.driver or 'not named'}, {info.vehicle or 'not named'}",
        "camera": info.camera,
        "level": info.level + (f", clips of {info.clip_s:g} s around alerts" if info.clip_s else ""),
        "length": f"{clock(info.duration_s, 1)}, {_frames(info)} in {counted(len(info.segments), 'file')}",
        "size": f"{info.bytes / 1e6:.1f} MB" + (f", {info.bytes / 1e6 / hours:.0f} MB an hour" if hours > 0 else ""),
        "face tracker": info.tracker or "MediaPipe (not named in the drive)",
        "face followed": unknown if info.tracked_share is None else f"{info.tracked_share:.1%} of frames",
        "degraded": unknown
        if info.tracked_share is None
        else ", ".join(f"{cause_words(cause)} {share:.1%}" for cause, share in info.degraded_share.items()) or "never",
        **({"measured": ", ".join(info.measured)} if info.measured else {}),
        "gaps": _some([f"{clock(a, 1)} to {clock(b, 1)}" for a, b in info.gaps]),
        "frames dropped": f"{info.dropped_frames} by the camera loop, {info.unrecorded_frames} not recorded",
        "bad frames": str(info.bad_frames),
        "tracker restarts": str(info.tracker_restarts),
        "wall clock set": _some([f"at {clock(t_s)} by {by_s:+.1f} s" for t_s, by_s in info.clock_set]),
        "button, reloads, fault": _some([f"{what} at {clock(t_s)}" for t_s, what in info.controls]),
        "alerts": ", ".join(f"{rule} {count}" for rule, count in info.alerts.items()) or "none",
        "messages": ", ".join(f"{topic} {count}" for topic, count in info.messages.items()),
    }
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows.items():
        table.add_row(name, value)
    Console(highlight=False, markup=False).print(table)


def _frames(info: DriveInfo) -> str:
    if info.level == "events":
        return f"{counted(info.counted_frames, 'frame')} ({NOT_KEPT})"
    return counted(info.frames, "frame")


def _started(info: DriveInfo) -> str:
    if info.started_by_later_clock:
        return f"{info.started_by_later_clock} (worked out: the clock said {info.started} and was set later)"
    began = datetime.fromisoformat(info.started)
    return info.started if is_set(began.timestamp()) else f"{info.started} (the clock had not been set)"


def _some(items: list[str]) -> str:
    if not items:
        return "none"
    more = f" and {len(items) - _FEW} more" if len(items) > _FEW else ""
    return f"{len(items)}: {', '.join(items[:_FEW])}{more}"
