"""The computer itself: room, memory, heat, clock."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

from driver_monitor.counted import counted
from driver_monitor.doctor.check import Check, Subject, fail, ok, warn
from driver_monitor.native_path import file_path
from driver_monitor.recording.clock import is_set

ROOM_BYTES: Final = 1_000_000_000
MEMORY_BYTES: Final = 500_000_000  # what all processes together may take, with a little to spare
HOT_C: Final = 80.0  # a Raspberry Pi begins to slow down here
# Bits of 'vcgencmd get_throttled' (Raspberry Pi documentation); 16 higher: it has happened since the start.
_THROTTLED: Final = {0: "under-voltage", 1: "capped clock", 2: "throttled", 3: "soft temperature limit"}
_REMEDIES: Final = {True: "use the power supply made for this board", False: "cool it: heat sink, fan, shade"}


def disk(subject: Subject) -> Check:
    free = shutil.disk_usage(Path.cwd()).free
    finding = f"{free / 1e9:.1f} GB free here"
    if free < ROOM_BYTES:
        return warn("disk", finding, "free some room: reports and recordings go here")
    return ok("disk", finding)


def recordings(subject: Subject) -> Check:
    """Whether drives can be kept where the config wants them."""
    from driver_monitor.recording.folder import drives  # noqa: PLC0415  (a doctor of a car without recording)

    recording = subject.config.recording
    if not recording.dir:
        return ok("recording", "switched off (recording.dir)")
    folder = file_path(recording.dir)
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if reason := _refused(there):
        remedy = "give the user who runs the monitor the right to write there, or set another recording.dir"
        return fail("recording", f"{there} cannot be written to ({reason})", remedy)
    kept, free = drives(folder), shutil.disk_usage(there).free
    size = sum(file.stat().st_size for drive in kept for file in drive.glob("*") if file.is_file())
    held = f"{counted(len(kept), 'drive')} of {size / 1e9:.1f} GB"
    finding = f"{folder}, level {recording.level}: {held}, {free / 1e9:.1f} GB free"
    if free < recording.min_free_mb * 1e6:
        return warn("recording", finding, "free some room, or lower recording.keep_gb: recording pauses until then")
    return ok("recording", finding)


def _refused(folder: Path) -> str:
    """Why nothing can be made in a folder: tried out, for rights alone do not tell (a read-only disk, /proc)."""
    try:
        Path(tempfile.mkdtemp(prefix=".driver-monitor-", dir=folder)).rmdir()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def memory(subject: Subject) -> Check:
    fields = _meminfo()
    total, free = fields.get("MemTotal", 0), fields.get("MemAvailable", 0)
    finding = f"{free / 1e9:.1f} of {total / 1e9:.1f} GB available"
    if free < MEMORY_BYTES:
        return warn("memory", finding, f"close other programs: {MEMORY_BYTES / 1e6:.0f} MB are wanted")
    return ok("memory", finding)


def processor(subject: Subject) -> Check:
    """Cores, temperature, and on a Raspberry Pi whether it had to slow down."""
    cores = len(os.sched_getaffinity(0))
    heat = hottest_c()
    finding = counted(cores, "core") + (f", {heat:.0f} degrees C" if heat is not None else "")
    flags = throttled()
    if flags:
        names = [name for bit, name in _THROTTLED.items() if flags & (1 << bit | 1 << (bit + 16))]
        now = "now" if flags & 0xF else "since the last start"
        return warn("processor", f"{finding}; {', '.join(names)} {now}", _REMEDIES["under-voltage" in names])
    if heat is not None and heat >= HOT_C:
        return warn("processor", finding, _REMEDIES[False])
    return ok("processor", finding)


def clock(subject: Subject) -> Check:
    """A board without a battery clock starts in the past; only file names and dates suffer, never the alerts."""
    now = time.strftime("%Y-%m-%d %H:%M %Z")
    if not is_set(time.time()):
        return warn("clock", f"{now}, which is before this version was there", "set it: sudo timedatectl set-ntp true")
    return ok("clock", now)


def throttled() -> int | None:
    """The Raspberry Pi firmware's throttling bits, None on other machines."""
    if shutil.which("vcgencmd") is None:
        return None
    try:
        answer = subprocess.run(
            ["vcgencmd", "get_throttled"], capture_output=True, text=True, timeout=5, check=False
        ).stdout.strip()
        return int(answer.removeprefix("throttled="), 16)
    except (subprocess.TimeoutExpired, ValueError):  # the firmware does not answer (not a Pi, no access)
        return None


def hottest_c() -> float | None:
    """The hottest thermal zone, None where the kernel shows none."""
    zones = []
    for file in Path("/sys/class/thermal").glob("thermal_zone*/temp"):
        try:
            zones.append(int(file.read_text()) / 1000)
        except (OSError, ValueError):  # a sensor that is switched off
            continue
    return max(zones, default=None)


def _meminfo() -> dict[str, int]:
    """/proc/meminfo in bytes."""
    lines = (line.split() for line in Path("/proc/meminfo").read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) * 1024 for words in lines}
