"""Erasing recorded drives: what this program has made, and nothing else."""

import contextlib
import re
import stat
from pathlib import Path
from typing import Final

from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.folder import LOCK, MARKS, SUFFIX, being_recorded, segments
from driver_monitor.recording.header import DRIVE_ID
from driver_monitor.recording.mcap.description import UndescribedError, read_description

CACHE: Final = ".cache"  # columns that 'tune' keeps in the drive's own folder
# Beside the segments: the lock, labels and what a power cut left of writing them, a repair's files.
_OURS: Final = re.compile(
    rf"{re.escape(LOCK)}|\.?labels\.(csv|yaml)(\.\w+)?|.+{re.escape(SUFFIX)}\.(repairing|damaged)"
)
_CACHED: Final = re.compile(r"states-.+\.npz|\.part-\w+")
_SEGMENT: Final = re.compile(rf"\d{{3,}}{re.escape(SUFFIX)}")
_FOLDERS: Final = {CACHE: _CACHED, MARKS: _SEGMENT}  # with what we put there


def is_erasable(folder: Path) -> bool:
    """Whether the folder is a drive of ours: by its recordings, or by its name where nothing came to be recorded."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    if any(_is_recording(file) for file in segments(folder)):
        return True
    return bool(DRIVE_ID.fullmatch(folder.name)) and not segments(folder) and (folder / LOCK).exists()


def erase(drive: Path) -> list[Path]:
    """Remove what was recorded of a drive, its labels and what was derived from it; then its folder, if it is empty.

    Returns what was left there, which is not ours: foreign files, folders, links. Raises RecordingError while the
    drive is being recorded, or where the disk refuses.
    """
    if being_recorded(drive):
        raise RecordingError(f"{drive} is being recorded right now; stop the run first")
    left = []
    try:
        for path in sorted(drive.iterdir()):
            if path.name in _FOLDERS and _is_folder(path):
                left += _emptied(path)
            elif _is_ours(path):
                path.unlink()
            else:
                left.append(path)
        if not left:
            drive.rmdir()
    except OSError as error:
        raise RecordingError(f"{drive} could not be erased in full ({error.strerror or error})") from None
    return left


def erase_segment(file: Path) -> None:
    """A segment; with the last one what else there is of its drive goes."""
    with contextlib.suppress(OSError):
        file.unlink()
    if not segments(file.parent):
        with contextlib.suppress(RecordingError):
            erase(file.parent)


def bytes_of(drive: Path) -> int:
    """What :func:`erase` would free."""
    below = [
        path for folder, ours in _FOLDERS.items() for path in (drive / folder).glob("*") if ours.fullmatch(path.name)
    ]
    return sum(path.lstat().st_size for path in [*drive.iterdir(), *below] if path in below or _is_ours(path))


def _emptied(folder: Path) -> list[Path]:
    left = []
    for path in sorted(folder.iterdir()):
        if _FOLDERS[folder.name].fullmatch(path.name) and _is_plain(path):
            path.unlink()
        else:
            left.append(path)
    if not left:
        folder.rmdir()
    return left


def _is_ours(path: Path) -> bool:
    return _is_plain(path) and (bool(_OURS.fullmatch(path.name)) or _is_recording(path))


def _is_recording(path: Path) -> bool:
    """By its name in a drive's folder, where it may be damaged beyond reading; elsewhere by what is in it."""
    if path.suffix != SUFFIX or not _is_plain(path):
        return False
    if DRIVE_ID.fullmatch(path.parent.name) and _SEGMENT.fullmatch(path.name):
        return True
    try:
        read_description(path)
    except UndescribedError:
        return True
    except RecordingError:
        return False
    return True


def _is_plain(path: Path) -> bool:
    """A file, and no link: we make none."""
    return stat.S_ISREG(path.lstat().st_mode)


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(path.lstat().st_mode)
