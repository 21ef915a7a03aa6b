"""Labels as they stand in a file: each with its line, and with every mistake collected before any is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from driver_monitor.labels.errors import LabelError, problem
from driver_monitor.labels.label import Label, sort_key
from driver_monitor.timecode import seconds

MAX_BYTES: Final = 16_000_000
MAX_LABELS: Final = 100_000
COLUMNS: Final = ("start_s", "end_s", "kind", "value", "note")
REQUIRED: Final = COLUMNS[:3]
_NOTHING: Final = ("", "~", "null", "none")


class Entry(NamedTuple):
    """``line`` of the file, counted from 1; 0 where the file has no lines worth naming."""

    line: int
    label: Label


@dataclass(slots=True)
class Entries:
    """Takes labels and mistakes in the order of the file. ``left_out``: what is neither, a sentence each."""

    path: Path
    found: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def add(
        self, line: int, kind: str, start_s: float, end_s: float, *, value: float | None = None, note: str = ""
    ) -> None:
        """A label, or the sentence on why it is none."""
        if len(self.found) >= MAX_LABELS:
            raise LabelError([problem(self.path, line, f"more than {MAX_LABELS} labels: this is not a file of labels")])
        try:
            self.found.append(Entry(line, Label(kind, start_s, end_s, value, note)))
        except ValueError as error:
            self.wrong(line, str(error))

    def add_row(self, line: int, row: Mapping[str, str]) -> None:
        """A label written as words by :data:`COLUMNS`."""
        try:
            start_s, end_s = _seconds(row.get("start_s", ""), "start_s"), _seconds(row.get("end_s", ""), "end_s")
            value = _number(row.get("value", ""))
        except ValueError as error:
            self.wrong(line, str(error))
            return
        self.add(line, row.get("kind", "").strip(), start_s, end_s, value=value, note=row.get("note", "").strip())

    def wrong(self, line: int, sentence: str) -> None:
        self.problems.append(problem(self.path, line, sentence))

    def checked(self) -> list[Entry]:
        """All of them, in the one order of labels. Raises :class:`LabelError` where there was a mistake."""
        if self.problems:
            raise LabelError(self.problems)
        return sorted(self.found, key=lambda entry: sort_key(entry.label))


def _seconds(words: str, column: str) -> float:
    """A time as :func:`driver_monitor.timecode.seconds` reads it; the sentence names the column."""
    try:
        return seconds(words)
    except ValueError as error:
        raise ValueError(f"{column} {error}") from None


def _number(words: str) -> float | None:
    text = words.strip()
    if text.lower() in _NOTHING:
        return None
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"value {words!r} is not a number") from None


def read_bytes(path: Path) -> bytes:
    """The whole file. Raises :class:`LabelError` where it cannot be read or is too large for what it should be."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise LabelError([f"there is no file {path}"]) from None
    except OSError as error:
        raise LabelError([f"{path} cannot be read: {error.strerror or error}"]) from None
    if len(raw) > MAX_BYTES:
        raise LabelError([f"{path} is larger than {MAX_BYTES // 1_000_000} MB, so it is not a file of labels"])
    return raw


def decoded(path: Path, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        sentence = f"byte {error.start} is not UTF-8; save the file with the encoding UTF-8"
        raise LabelError([problem(path, line, sentence)]) from None
