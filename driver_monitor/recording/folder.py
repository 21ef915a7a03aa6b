"""The folder of drives: which are there, which is being recorded, and which have to go."""

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from driver_monitor.closing import Closing
from driver_monitor.config.recording import RecordingConfig
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.header import DRIVE_ID
from driver_monitor.recording.segment import SUFFIX

LOCK: Final = ".recording"
_DAY_S: Final = 86400.0


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


def segments(drive: Path) -> list[Path]:
    """The files of a drive in order."""
    return sorted(path for path in drive.glob(f"*{SUFFIX}") if path.is_file())


def drives(folder: Path) -> list[Path]:
    """The drives in a folder, oldest first: subfolders with a drive's name."""
    with contextlib.suppress(OSError):
        return sorted(path for path in folder.iterdir() if DRIVE_ID.fullmatch(path.name) and path.is_dir())
    return []


@dataclass(frozen=True, slots=True)
class _Kept:
    path: Path
    bytes: int
    ended: float  # when it was last written to, seconds since 1970

    @classmethod
    def of(cls, path: Path) -> Self:
        stat = path.stat()
        return cls(path, stat.st_size, stat.st_mtime)


class Retention:
    """Erases the oldest segments once they are too old, too much or in the way; never what is being recorded now."""

    def __init__(self, folder: Path, config: RecordingConfig) -> None:
        self._folder = folder
        self._config = config

    def make_room(self, *, report: Callable[[str], None], now: float | None = None, free_mb: float = 0.0) -> bool:
        """Apply ``keep_days`` and ``keep_gb``, and have ``free_mb`` free on the disk. False where that fails."""
        config = self._config
        kept = self._finished()
        total = sum(segment.bytes for segment in kept) + self._running_bytes()
        limit = config.keep_gb * 1e9
        oldest_s = (time.time() if now is None else now) - config.keep_days * _DAY_S
        erased = 0
        for segment in kept:
            too_old = config.keep_days > 0 and segment.ended < oldest_s
            too_much = limit > 0 and total > limit
            if not too_old and not too_much and self._free_mb() >= free_mb:
                break
            self._erase(segment.path)
            total -= segment.bytes
            erased += 1
        if erased:
            report(
                f"{erased} recorded segments were erased to stay within recording.keep_days, keep_gb and min_free_mb"
            )
        return self._free_mb() >= free_mb

    def _free_mb(self) -> float:
        stat = os.statvfs(self._folder)
        return stat.f_bavail * stat.f_frsize / 1e6

    def _finished(self) -> list[_Kept]:
        found = []
        for drive in drives(self._folder):
            if not being_recorded(drive):
                for path in segments(drive):
                    with contextlib.suppress(OSError):
                        found.append(_Kept.of(path))
        return found

    def _running_bytes(self) -> int:
        total = 0
        for drive in drives(self._folder):
            if being_recorded(drive):
                total += sum(path.stat().st_size for path in segments(drive))
        return total

    @staticmethod
    def _erase(path: Path) -> None:
        """A segment; with the last one its drive goes, labels and all."""
        with contextlib.suppress(OSError):
            path.unlink()
        if not segments(path.parent):
            shutil.rmtree(path.parent, ignore_errors=True)


def erase(drive: Path) -> None:
    """Remove a whole drive. Raises RecordingError while it is being recorded, or where the disk refuses."""
    if being_recorded(drive):
        raise RecordingError(f"{drive} is being recorded right now; stop the run first")
    try:
        shutil.rmtree(drive)
    except OSError as error:
        raise RecordingError(f"{drive} could not be erased in full ({error.strerror or error})") from None
