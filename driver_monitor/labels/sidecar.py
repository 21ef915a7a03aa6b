"""The labels of a drive, kept in a file beside its segments."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from driver_monitor.labels.entries import Entries, Entry, read_bytes
from driver_monitor.labels.errors import LabelError
from driver_monitor.labels.label import Label, sort_key
from driver_monitor.labels.table import YAML_SUFFIXES, read_csv, read_yaml, to_csv, to_yaml
from driver_monitor.recording.parquet.folder import LABELS, sibling
from driver_monitor.recording.parquet.folder import SUFFIX as PARQUET

NAMES: Final = ("labels.csv", "labels.yaml")


def sidecar(drive: Path) -> Path:
    """Where the labels of a drive are kept: in its folder, beside its segments; in a fleet folder, in ``labels/``.

    ``labels.csv``, or ``labels.yaml`` where somebody has written that. Raises :class:`LabelError` where both are there.
    """
    if drive.suffix == PARQUET:
        return sibling(drive, LABELS).with_suffix(".csv")
    folder = drive if drive.is_dir() else drive.parent
    found = [folder / name for name in NAMES if (folder / name).exists()]
    if len(found) > 1:
        raise LabelError([f"{folder} has {' and '.join(NAMES)}; keep one of the two"])
    return found[0] if found else folder / NAMES[0]


def parse(path: Path, raw: bytes) -> Entries:
    """The entries of a file's text, CSV or YAML by its name."""
    return read_yaml(path, raw) if path.suffix.lower() in YAML_SUFFIXES else read_csv(path, raw)


def read_entries(path: Path) -> list[Entry]:
    """Labels with their lines, sorted. Raises :class:`LabelError` with every mistake as ``file:line: sentence``."""
    return parse(path, read_bytes(path)).checked()


def read_labels(path: Path) -> list[Label]:
    """Labels, sorted; see :func:`read_entries`."""
    return [entry.label for entry in read_entries(path)]


def write_labels(path: Path, labels: Iterable[Label]) -> None:
    """Write them all, sorted, in one go: whoever reads, or pulls the plug, finds the old file or the new one.

    Raises :class:`LabelError` where the disk refuses.
    """
    text = to_yaml(labels) if path.suffix.lower() in YAML_SUFFIXES else to_csv(labels)
    part = None
    try:
        fd, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(path)
    except OSError as error:
        if part is not None:
            Path(part).unlink(missing_ok=True)
        raise LabelError(
            [f"{path} cannot be written: {error.strerror or error}; the labels in it are as before"]
        ) from error


def add_label(drive: Path, label: Label) -> None:
    """One more label in the sidecar of a drive, while it is being recorded.

    Raises :class:`LabelError` where the file cannot be read or written; it stays as it is.
    """
    path = sidecar(drive)
    before = read_labels(path) if path.exists() else []
    write_labels(path, sorted([*before, label], key=sort_key))


def version(path: Path) -> str:
    """Tells whether a file has changed: a digest of what is in it, empty while there is none."""
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except LabelError:
        if path.exists():
            raise
        return ""
