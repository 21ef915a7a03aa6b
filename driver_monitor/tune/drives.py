"""Recorded drives as tune takes them: who drove, what a person saw, the states as columns, kept from run to run."""

import contextlib
import hashlib
import logging
import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import driver_monitor
from driver_monitor.labels.label import Label
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.event import Content, Control, RecordedFrame
from driver_monitor.recording.open import open_drive
from driver_monitor.recording.parquet.folder import SUFFIX as PARQUET
from driver_monitor.state.driver_state import DriverState
from driver_monitor.tune.table import StateTable

logger = logging.getLogger(__name__)

CACHE: Final = ".cache"  # in the drive's own folder, so that whoever erases the drive erases it too
_FORMAT: Final = "2"  # of the tables; raised when they change


@dataclass(frozen=True, slots=True)
class LabelledDrive:
    """A drive that somebody watched. ``driver`` is empty where nobody knows who drove.

    ``stamp`` tells whether its files have changed.
    """

    path: Path
    drive_id: str
    driver: str
    labels: tuple[Label, ...]
    stamp: str

    @property
    def group(self) -> str:
        """Drives of one group are never on both sides of the split."""
        return self.driver or f"\0{self.drive_id}"


def stamp(drive: Drive) -> str:
    """Sizes and times of a drive's files, and who reads them."""
    parts = [_FORMAT, driver_monitor.__version__, drive.header.drive_id]
    for file in drive.files:
        stat = file.stat()
        parts.append(f"{file.name} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def played(drive: Drive) -> Iterator[DriverState | None]:
    """Its states in the order of their time; None where the driver pressed the button."""
    for event in drive.events(Content.STATES, Content.CONTROLS):
        if isinstance(event, RecordedFrame):
            yield event.state
        elif isinstance(event, Control) and event.control == "acknowledge":
            yield None


def read_table(path: Path, names: Sequence[str]) -> tuple[StateTable, list[str]]:
    """A drive's states as columns, and what of it could not be read. Raises DriverMonitorError."""
    drive = open_drive(path)
    return StateTable.of(played(drive), names), list(drive.problems)


def table(drive: LabelledDrive, names: Sequence[str], *, cache: bool) -> tuple[StateTable, list[str]]:
    """The same, from the drive's cache where it is there. The cache is never in the way: what fails is read anew."""
    if not cache or drive.path.suffix == PARQUET:  # a fleet folder holds nothing but its tables
        return read_table(drive.path, names)
    folder = (drive.path if drive.path.is_dir() else drive.path.parent) / CACHE
    begin = f"states-{drive.path.stem if drive.path.is_file() else 'drive'}-"
    digest = hashlib.sha256("\n".join([drive.stamp, *sorted(names)]).encode()).hexdigest()
    file = folder / f"{begin}{digest[:16]}.npz"
    try:
        return StateTable.from_bytes(file.read_bytes()), []
    except FileNotFoundError:
        pass
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        logger.info("%s cannot be used and is written again: %s", file, error)
    found, problems = read_table(drive.path, names)
    if not problems:  # they are to be told every time
        try:
            _keep(folder, begin, file, found.to_bytes())
        except OSError as error:
            logger.info("%s cannot be written, so the drive is read again next time: %s", file, error)
    return found, problems


def _keep(folder: Path, begin: str, file: Path, data: bytes) -> None:
    """Write it in one go, and drop what earlier versions of the drive or other rules left there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    fd, part = tempfile.mkstemp(dir=folder, prefix=".part-")
    try:
        with os.fdopen(fd, "wb") as stream:
            stream.write(data)
        Path(part).replace(file)
    except OSError:
        Path(part).unlink(missing_ok=True)
        raise
    for other in folder.glob(f"{begin}*.npz"):
        if other != file:
            with contextlib.suppress(OSError):
                other.unlink()
