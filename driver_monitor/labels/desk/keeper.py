"""The labels of a drive while somebody edits them, beside other hands that may do the same."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from driver_monitor.labels.errors import LabelError
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import read_labels, version, write_labels


class ChangedElsewhereError(Exception):
    """The file is not what the editor has last seen; nothing was written."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What is in the file, and the version to name when it is to be replaced."""

    labels: tuple[Label, ...]
    version: str


class Keeper:
    """Reads and writes one file of labels. Safe to call from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def read(self) -> Edition:
        """Raises :class:`LabelError` where the file has mistakes. No file is no labels."""
        with self._lock:
            return self._read()

    def write(self, labels: Sequence[Label], seen: str) -> Edition:
        """Replace what is in the file, if it is still the version ``seen``.

        Raises :class:`ChangedElsewhereError` where it is not, :class:`LabelError` where the disk refuses.
        """
        with self._lock:
            if version(self.path) != seen:
                raise ChangedElsewhereError(str(self.path))
            write_labels(self.path, labels)
            return self._read()

    def version(self) -> str:
        """Raises :class:`LabelError` where the file is there and cannot be read."""
        with self._lock:
            return version(self.path)

    def _read(self) -> Edition:
        before = version(self.path)
        labels = tuple(read_labels(self.path)) if before else ()
        if version(self.path) != before:
            raise LabelError([f"{self.path} is being written by another program; try again"])
        return Edition(labels, before)
