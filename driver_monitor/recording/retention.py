"""Which recordings have to go: the oldest, once they are too old, too much or in the way.

The order is that of recording, and an age counts only where it can be vouched for: a board without a battery clock
records in 1970, and would otherwise erase by tomorrow's date what it recorded a minute ago. Of what nobody can date the
age begins when a synchronised clock first sees it.
"""

import json
import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from driver_monitor.config.recording import RecordingConfig
from driver_monitor.recording.clock import Stamp, stamp
from driver_monitor.recording.erasing import erase_segment
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.folder import being_recorded, drives, segments
from driver_monitor.recording.mcap.description import read_description

logger = logging.getLogger(__name__)

FIRST_SEEN: Final = ".first-seen.json"  # in the folder of drives
_DAY_S: Final = 86400.0


@dataclass(frozen=True, slots=True)
class _Kept:
    path: Path
    bytes: int


class Retention:
    """Erases the oldest segments once they are too old, too much or in the way; never what is being recorded now."""

    def __init__(self, folder: Path, config: RecordingConfig, now: Callable[[], Stamp] = stamp) -> None:
        self._folder = folder
        self._config = config
        self._now = now
        self._began: dict[Path, Stamp | None] = {}
        self._seen = _FirstSeen(folder / FIRST_SEEN)

    def make_room(self, *, report: Callable[[str], None], free_mb: float = 0.0) -> bool:
        """Apply ``keep_days`` and ``keep_gb``, and have ``free_mb`` free on the disk. False where that fails."""
        config, now = self._config, self._now()
        kept = self._finished()
        total = sum(segment.bytes for segment in kept) + self._running_bytes()
        limit = config.keep_gb * 1e9
        erased = 0
        for segment in kept:
            too_much = limit > 0 and total > limit
            if not too_much and self._free_mb() >= free_mb and not self._too_old(segment.path, now):
                continue
            erase_segment(segment.path)
            total -= segment.bytes
            erased += 1
        self._seen.keep(self._folder)
        if erased:
            report(
                f"{erased} recorded segments were erased to stay within recording.keep_days, keep_gb and min_free_mb"
            )
        return self._free_mb() >= free_mb

    def _too_old(self, segment: Path, now: Stamp) -> bool:
        if not self._config.keep_days:
            return False
        if segment not in self._began:
            self._began[segment] = _began(segment)
        began = self._began[segment]
        age_s = None if began is None else began.age_s(now)
        dated = began is not None and began.vouched and began.wall_s <= now.wall_s
        if now.vouched and not dated:
            seen_s = self._seen.at(segment.parent.name, now.wall_s)
            age_s = now.wall_s - seen_s if age_s is None else age_s
        # It counts from the beginning of the file, whose end is to be as old.
        return age_s is not None and age_s > self._config.keep_days * _DAY_S + self._config.segment_min * 60

    def _free_mb(self) -> float:
        stat = os.statvfs(self._folder)
        return stat.f_bavail * stat.f_frsize / 1e6

    def _finished(self) -> list[_Kept]:
        """Oldest first. What lies behind a link is not of this folder."""
        return [
            _Kept(path, path.stat().st_size)
            for drive in drives(self._folder)
            if not drive.is_symlink() and not being_recorded(drive)
            for path in segments(drive)
            if not path.is_symlink()
        ]

    def _running_bytes(self) -> int:
        running = [drive for drive in drives(self._folder) if being_recorded(drive)]
        return sum(path.stat().st_size for drive in running for path in segments(drive))


class _FirstSeen:
    """When a synchronised clock first saw drives that nobody can date, in a file. Where that is lost or torn, their age
    begins anew: they are kept longer, never shorter."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = self._read()
        self._written = dict(self._seen)

    def at(self, drive: str, now_s: float) -> float:
        """Seconds since 1970, ``now_s`` for one that is seen for the first time, or was by a clock that was ahead."""
        if self._seen.get(drive, now_s) >= now_s:
            self._seen[drive] = now_s
        return self._seen[drive]

    def keep(self, folder: Path) -> None:
        """Write it down, without the drives that are gone."""
        there = {drive.name for drive in drives(folder)}
        self._seen = {drive: seen_s for drive, seen_s in self._seen.items() if drive in there}
        if self._seen == self._written:
            return
        part = ""
        try:
            if not self._seen:
                self._file.unlink(missing_ok=True)
                self._written = {}
                return
            fd, part = tempfile.mkstemp(dir=folder, prefix=f"{self._file.name}.")
            with os.fdopen(fd, "w", encoding="utf-8") as stream:
                json.dump(self._seen, stream)
                stream.flush()
                os.fsync(stream.fileno())
            Path(part).replace(self._file)
            self._written = dict(self._seen)
        except OSError as error:
            if part:
                Path(part).unlink(missing_ok=True)
            logger.info("%s cannot be written: %s", self._file, error)

    def _read(self) -> dict[str, float]:
        try:
            data = json.loads(self._file.read_bytes())
            return {str(drive): float(seen_s) for drive, seen_s in data.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            logger.info("%s cannot be used, so ages are counted from now on: %s", self._file, error)
            return {}


def _began(segment: Path) -> Stamp | None:
    try:
        return read_description(segment).began
    except RecordingError:
        return None
