"""Finishing the files of a run that was killed, and saving what can be read of damaged ones, for every MCAP tool."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mcap.reader import make_reader

from driver_monitor.recording.drive import Drive
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.folder import being_recorded, remove_dead_lock
from driver_monitor.recording.mcap.description import SegmentHeader, UndescribedError, read_description
from driver_monitor.recording.mcap.scan import BROKEN, Damage, Piece, channels, messages, scan
from driver_monitor.recording.mcap.segment import Segment

PART: Final = ".repairing"
DAMAGED: Final = ".damaged"


@dataclass(frozen=True, slots=True)
class Repaired:
    """A file that is whole again; ``before`` is where a damaged one was put, None for one that only had no end."""

    file: Path
    before: Path | None = None


def is_finished(file: Path) -> bool:
    """Whether the file has its index."""
    try:
        with file.open("rb") as stream:
            return make_reader(stream).get_summary() is not None
    except (OSError, *BROKEN):
        return False


def repair(drive: Drive) -> list[Repaired]:
    """Give every file that was cut off or damaged its end and index, with all that can be read of it.

    A file is replaced in one go, when all of it is on the disk; a damaged one is kept beside it. Raises RecordingError
    where the disk refuses or the drive is being recorded.
    """
    repaired = []
    for file in drive.files:
        header = _header(drive, file)
        if header is None:
            continue
        try:
            damaged = header.drive is drive.header or any(isinstance(part, Damage) for part in scan(file))
            if is_finished(file) and not damaged:
                continue
            if being_recorded(file.parent):
                raise RecordingError(f"{file.parent} is being recorded right now; there is nothing to repair yet")
            repaired.append(_replaced(file, header, damaged=damaged))
        except OSError as error:
            raise RecordingError(f"{file} could not be repaired ({error.strerror or error}); it is as it was") from None
    for folder in {file.parent for file in drive.files}:
        remove_dead_lock(folder)
    return repaired


def _header(drive: Drive, file: Path) -> SegmentHeader | None:
    """None for a file that is no part of the drive; the drive's own description where the file has lost it."""
    try:
        found = read_description(file)
    except UndescribedError as error:
        lost = error.assumed
        return SegmentHeader(drive.header, lost.number)
    except RecordingError:
        return None
    return found if found.drive.drive_id == drive.header.drive_id else None


def _replaced(file: Path, header: SegmentHeader, *, damaged: bool) -> Repaired:
    part = file.with_name(file.name + PART)
    before = _free(file.with_name(file.name + DAMAGED)) if damaged else None
    try:
        part.unlink(missing_ok=True)  # of a repair that was killed
        _copy(file, part, header)
        if before is not None:
            file.replace(before)
        part.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        if before is not None and not file.exists():
            before.replace(file)
        raise
    return Repaired(file, before)


def _copy(file: Path, part: Path, header: SegmentHeader) -> None:
    """Chunk by chunk, as they are in the file."""
    segment = Segment(part, header.drive, header.number, began=header.began, steps=header.steps)
    try:
        known = channels(file)
        for each in scan(file):
            if isinstance(each, Piece):
                with contextlib.suppress(*BROKEN):  # written by another version
                    for topic, at_ns, content in messages(each.data, known):
                        segment.copy(topic, at_ns, content)
                segment.end_chunk()
        segment.close()
    except BaseException:
        segment.abandon()
        raise


def _free(path: Path) -> Path:
    """The name, or one with a number where it is taken by what an earlier repair has put there."""
    number, found = 2, path
    while found.exists():
        found, number = path.with_name(f"{path.stem}.{number}{path.suffix}"), number + 1
    return found
