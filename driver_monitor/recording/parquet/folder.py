"""Where things are in a fleet folder: ``KIND/date=YYYY-MM-DD/vehicle=NAME/DRIVE_ID.parquet``.

The kinds are ``signals`` (a row a frame), ``alerts``, ``events`` (what else a replay needs: reloads, the driver's
button, where a file began) and ``drives`` (one row, written last: what has one is there as a whole).
"""

from datetime import UTC
from pathlib import Path
from typing import Final
from urllib.parse import quote

from driver_monitor.recording.header import DriveHeader

SIGNALS, ALERTS, EVENTS, DRIVES = "signals", "alerts", "events", "drives"
LABELS = "labels"  # CSV, as beside a recorded drive
KINDS: Final = (SIGNALS, ALERTS, EVENTS, DRIVES)
SUFFIX: Final = ".parquet"
NOBODY: Final = "unknown"  # in the place of a vehicle that the config did not name


def place(folder: Path, kind: str, header: DriveHeader) -> Path:
    """The file of a drive. Dates are UTC; a vehicle's name is escaped as in a URL, as other readers expect it."""
    date = header.started_at.astimezone(UTC).date().isoformat()
    vehicle = quote(header.vehicle or NOBODY, safe=" ")
    return folder / kind / f"date={date}" / f"vehicle={vehicle}" / f"{header.drive_id}{SUFFIX}"


def sibling(signals: Path, kind: str) -> Path:
    """The file of another kind of the drive whose signals are in this file."""
    return signals.parents[3] / kind / Path(*signals.parts[-3:])


def find_parquet(path: Path) -> list[Path]:
    """The signals files of every drive in a fleet folder or below a part of it, oldest first."""
    if path.suffix == SUFFIX:
        return [path]
    start = path / SIGNALS if (path / SIGNALS).is_dir() else path
    found = [file for file in start.rglob(f"*{SUFFIX}") if file.parts[-4:-3] == (SIGNALS,)]
    return sorted(found, key=lambda file: (file.stem, str(file)))
