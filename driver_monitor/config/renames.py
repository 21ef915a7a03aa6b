"""Settings that have been renamed. For one version a file that uses the old name is read as if it used the new one."""

import logging
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from driver_monitor.config.errors import Path, Place, Problem, path_text
from driver_monitor.config.reader import Document

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rename:
    """A setting of ``section``, or a whole section where that is empty. The renamed one stays where the old one was."""

    section: Path
    old: str
    new: str

    @property
    def old_path(self) -> Path:
        return (*self.section, self.old)

    @property
    def new_path(self) -> Path:
        return (*self.section, self.new)

    def moved(self, path: Path) -> Path:
        """``path`` under the new name."""
        depth = len(self.old_path)
        return (*self.new_path, *path[depth:]) if path[:depth] == self.old_path else path


RENAMES: Final = (
    Rename((), "profile", "preset"),
    Rename(("driver",), "profile", "baseline"),
    Rename(("driver",), "profiles_dir", "baselines_dir"),
)


def with_new_names(document: Document, *, warn: bool) -> Document:
    """The document under the new names. One that uses both names of a setting has a problem; the new name holds.

    ``warn``: say each old name in the log, once a process however often the file is read.
    """
    for rename in RENAMES:
        place = document.places.get(rename.old_path)
        if place is None:
            continue
        document = _both(document, rename, place) if rename.new_path in document.places else _renamed(document, rename)
        if warn:
            _warn(place, rename)
    return document


@cache
def _warn(place: Place, rename: Rename) -> None:
    old, new = path_text(rename.old_path), path_text(rename.new_path)
    logger.warning("%s: '%s' is the old name of '%s'; rename it, the next version will refuse it", place, old, new)


def _renamed(document: Document, rename: Rename) -> Document:
    data = _changed(document.data, rename.section, {rename.old: rename.new})
    return Document(
        data,
        {rename.moved(path): place for path, place in document.places.items()},
        tuple(replace(problem, path=rename.moved(problem.path)) for problem in document.problems),
        frozenset(map(rename.moved, document.refused)),
    )


def _both(document: Document, rename: Rename, place: Place) -> Document:
    sentence = f"this is the old name of {path_text(rename.new_path)}, which is set as well; keep the new name only"
    depth = len(rename.old_path)
    return Document(
        _changed(document.data, rename.section, {rename.old: None}),
        {path: place for path, place in document.places.items() if path[:depth] != rename.old_path},
        (*document.problems, Problem(place, rename.old_path, sentence)),
        document.refused,
    )


def _changed(data: dict[str, Any], section: Path, names: dict[str, str | None]) -> dict[str, Any]:
    """``data`` with keys of a section renamed, or left out where the new name is None."""
    if section:
        key = str(section[0])
        return {**data, key: _changed(data[key], section[1:], names)}
    renamed = ((names.get(key, key), value) for key, value in data.items())
    return {key: value for key, value in renamed if key is not None}
