"""From a path to the recorded drives there."""

import importlib
from pathlib import Path
from typing import Final

from driver_monitor.recording.drive import Drive
from driver_monitor.recording.errors import NoDriveError
from driver_monitor.recording.folder import MARKS, in_order, segments
from driver_monitor.recording.folder import SUFFIX as MCAP
from driver_monitor.recording.parquet.folder import SUFFIX as PARQUET
from driver_monitor.recording.parquet.folder import find_parquet

# Module and class by a file's suffix. Named, not imported: a car does without what reads a fleet folder.
READERS: Final = {
    MCAP: ("driver_monitor.recording.mcap.drive", "McapDrive"),
    PARQUET: ("driver_monitor.recording.parquet.drive", "ParquetDrive"),
}


def open_drive(path: Path) -> Drive:
    """A drive's folder, one of its segments by itself, or its signals in a fleet folder (Parquet).

    Raises NoDriveError where there is none, RecordingError where it cannot be read.
    """
    if not path.exists():
        raise NoDriveError(f"there is no recorded drive {path}")
    module, reader = READERS.get(path.suffix, READERS[MCAP])
    opened: Drive = getattr(importlib.import_module(module), reader)(path)
    return opened


def find_drives(path: Path) -> list[Path]:
    """``path`` itself if it is a drive or a segment, else every drive below it, oldest first; those of a fleet folder
    where nothing else is there."""
    if not path.is_dir() or segments(path):
        return [path]
    found = {file.parent for file in path.rglob(f"*{MCAP}") if file.parent.name != MARKS}
    return in_order(found) or find_parquet(path)


def is_drive(path: Path) -> bool:
    """Whether ``path`` looks like a recorded drive or a folder of them; what is in it may still be broken."""
    return path.suffix in READERS or (path.is_dir() and bool(find_drives(path)))
