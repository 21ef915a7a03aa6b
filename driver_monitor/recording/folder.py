"""The folder of drives: which are there, in which order they were recorded, and which is being recorded."""

import contextlib
import fcntl
import os
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from driver_monitor.closing import Closing
from driver_monitor.errors import UsageError
from driver_monitor.recording.header import DRIVE_ID, date_in, place_in_order

SUFFIX: Final = ".mcap"  # of the files of a drive
LOCK: Final = ".recording"
MARKS: Final = "marks"  # in a drive's folder: what was measured around alerts that the driver called wrong
_FIRST_VERSION: Final = datetime(2026, 1, 1, tzinfo=UTC)  # earlier versions of this software are not older


def refuse_a_file(folder: Path) -> None:
    """Raises UsageError where what is to be a folder of drives is a file, or lies in one."""
    for path in (folder, *folder.parents):
        if path.is_dir():
            return
        if path.exists():
            raise UsageError(f"drives cannot be recorded into {folder}: {path} is not a folder; name one that is")


class DriveLock(Closing):
    """Held while a drive is being recorded: other programs leave the drive alone. Ends with the process, however."""

    def __init__(self, drive: Path) -> None:
        self._path = drive / LOCK
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self) -> None:
        if self._fd >= 0:
            self._path.unlink(missing_ok=True)
            os.close(self._fd)
            self._fd = -1


def being_recorded(drive: Path) -> bool:
    """Whether a running monitor writes into this drive."""
    try:
        fd = os.open(drive / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(fd)


def remove_dead_lock(drive: Path) -> None:
    """What a killed run has left of its :class:`DriveLock`; that of a running one stays."""
    if not being_recorded(drive):  # nor will it be: every run begins a drive of its own
        with contextlib.suppress(OSError):
            (drive / LOCK).unlink(missing_ok=True)


def segments(drive: Path) -> list[Path]:
    """The files of a drive in order."""

    def place(file: Path) -> tuple[int, str]:
        return (len(file.stem) if file.stem.isdecimal() else 99), file.name  # 999 before 1000

    return sorted((path for path in drive.glob(f"*{SUFFIX}") if path.is_file()), key=place)


def drives(folder: Path) -> list[Path]:
    """The drives in a folder, in the order of their recording: subfolders with a drive's name."""
    with contextlib.suppress(OSError):
        return sorted(
            (path for path in folder.iterdir() if DRIVE_ID.fullmatch(path.name) and path.is_dir()), key=recorded_place
        )
    return []


def recorded_place(drive: Path) -> tuple[int, int, str]:
    """Sorts the drives of one recorder in the order of recording, by their counter and not by the clock.

    Those of earlier versions have none and come first, by their date; among them those whose clock had not been set
    come last, for nobody knows when they were recorded, and the oldest are erased first.
    """
    counted, began = place_in_order(drive.name), date_in(drive.name)
    if counted is not None:
        return 2, counted, drive.name
    return int(began is None or began < _FIRST_VERSION), 0, drive.name


def next_place(folder: Path) -> int:
    """The counter of the drive that is recorded next."""
    return 1 + max((place_in_order(path.name) or 0 for path in drives(folder)), default=0)


def in_order(found: Iterable[Path]) -> list[Path]:
    """Drives from one or several folders, oldest first. The drives of several recorders, which each count for
    themselves, go by their dates."""
    paths = list(found)
    taken = Counter((path.parent, place_in_order(path.name)) for path in paths if place_in_order(path.name))
    one = len({path.parent for path in paths}) == 1 and all(count == 1 for count in taken.values())
    return sorted(paths, key=recorded_place if one else lambda path: (path.name, str(path)))
