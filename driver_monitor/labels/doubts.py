"""Kinds of labels that look like a slip of the pen: they are kept as they stand, and asked about."""

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from driver_monitor.counted import counted
from driver_monitor.labels.entries import Entry
from driver_monitor.labels.errors import problem
from driver_monitor.labels.imports.words import kind_of
from driver_monitor.labels.label import KINDS

_LIKENESS: Final = 0.75  # microsleap, phne, drowzy; not smoking for talking


def meant_kind(kind: str) -> str | None:
    """The known kind that ``kind`` may be a misspelling or another word of; None for one of these and for others."""
    if kind in KINDS:
        return None
    word = kind.strip().lower()
    near = difflib.get_close_matches(word, KINDS, n=1, cutoff=_LIKENESS)
    return kind_of(word) or (near[0] if near else None)


def doubts(path: Path, entries: Iterable[Entry]) -> list[str]:
    """A question for each kind in the file that may be meant otherwise, at the first line that has it."""
    found: dict[str, list[int]] = {}
    for entry in entries:
        found.setdefault(entry.label.kind, []).append(entry.line)
    said = []
    for kind, lines in found.items():
        if meant := meant_kind(kind):
            often = "" if len(lines) == 1 else f" ({counted(len(lines), 'time')})"
            words = f"'{kind}'{often} is a kind of your own, which no rule answers to; did you mean '{meant}'?"
            said.append(problem(path, min(lines), words))
    return said
