"""Every frame's signals as one row of a CSV file."""

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from driver_monitor.counted import counted
from driver_monitor.report.errors import ReportError, cannot_write
from driver_monitor.state.channels import CHANNEL_FIELDS
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.signal import Declared
from driver_monitor.state.signals import FIELDS
from driver_monitor.state.vehicle import INPUT_FIELDS
from driver_monitor.state.vocabulary import VOCABULARY


class Column(NamedTuple):
    name: str
    unit: str
    description: str


# What of the classifiers' estimates has a column.
_CHOSEN: Final = {
    "fatigue": ("level", "drowsy"),
    "stress": ("stressed", "angry"),
    "distraction": ("zone", "on_road", "visual", "cognitive"),
}
_ESTIMATED: Final = {
    estimate: [VOCABULARY[f"{estimate}.{name}"] for name in chosen] for estimate, chosen in _CHOSEN.items()
}
COLUMNS: Final = (
    *(Column(field.name, field.unit, field.description) for field in FIELDS),
    Column("speed_kmh", "km/h", "speed of the car; empty while it is unknown"),
    Column("speed", "", "how it is known: measured, given, assumed or unknown"),
    *(
        Column(f"{estimate}_{field.name}", field.unit, f"{estimate}: {field.description}")
        for estimate, chosen in _ESTIMATED.items()
        for field in chosen
    ),
    *(Column(field.name, field.unit, field.description) for field in CHANNEL_FIELDS),
    *(Column(field.name, field.unit, field.description) for field in INPUT_FIELDS),
)

_DIGITS: Final = {
    "s": "%.3f", "deg": "%.2f", "deg/s": "%.1f", "ratio": "%.4f", "0..1": "%.4f", "Hz": "%.2f", "1/min": "%.1f",
    "km/h": "%.1f", "count": "%d",
}  # fmt: skip
_ROWS_A_WRITE: Final = 32  # about a second at 30 Hz: what a killed run can lose


@lru_cache(maxsize=512)
def _text(value: str) -> str:
    """RFC 4180 quoting, and on one line so that every line of the file is a row."""
    value = " ".join(value.splitlines())
    return '"' + value.replace('"', '""') + '"' if '"' in value or "," in value else value


def _formatter(field: Declared) -> Callable[[Any], str]:
    if field.kind is str:
        return _text
    return ("%d" if field.unit == "" else _DIGITS.get(field.unit, "%.4f")).__mod__


class _Cells:
    """What one thing puts in a row: of each of the fields its value, empty where it is not known."""

    def __init__(self, fields: Sequence[Declared]) -> None:
        self._values = attrgetter(*(field.name for field in fields))
        self._forms = [_formatter(field) for field in fields]
        self._empty = [""] * len(fields)

    def of(self, thing: Any) -> list[str]:
        if thing is None:
            return self._empty
        return [
            "" if value is None else form(value) for form, value in zip(self._forms, self._values(thing), strict=True)
        ]


_OF_SIGNALS: Final = _Cells(FIELDS)
_OF_CHANNELS: Final = _Cells(CHANNEL_FIELDS)
_OF_VEHICLE: Final = _Cells(INPUT_FIELDS)
_OF_ESTIMATES: Final = [(estimate, _Cells(fields)) for estimate, fields in _ESTIMATED.items()]


def _row(state: DriverState) -> str:
    kmh = state.speed.kmh
    cells = [*_OF_SIGNALS.of(state.signals), "" if kmh is None else f"{kmh:.1f}", state.speed.knowledge.value]
    for estimate, columns in _OF_ESTIMATES:
        cells += columns.of(getattr(state, estimate))
    cells += [*_OF_CHANNELS.of(state.channels), *_OF_VEHICLE.of(state.vehicle)]
    row = ",".join(cells)
    if "nan" in row or "inf" in row:  # seldom: one search is cheaper than a test a value
        row = ",".join("" if cell in ("nan", "inf", "-inf") else cell for cell in cells)
    return row + "\n"


class SignalsCsv:
    """Writes ``path``, a UTF-8 CSV file with a header line, ``.`` as decimal point and an empty field for "not known".

    Until :meth:`close` the rows are in ``path`` + ``.part``; they get there in whole rows about once a second of a
    30 Hz drive, so a run that is killed leaves a readable beginning there and never half a drive under the final name.
    Leaving the ``with`` block by an exception keeps the ``.part`` file too. A file of an earlier run stays under
    ``path`` until it is replaced.

    Raises :class:`ReportError` where the file cannot be opened or the disk is full (the ``.part`` file then ends with
    the last whole row that fitted); every later :meth:`add` raises it again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.part = path.with_name(path.name + ".part")
        self._pending = [",".join(column.name for column in COLUMNS) + "\n"]
        self._rows = -1  # the header is not a row
        self._error: ReportError | None = None
        try:
            self._fd = os.open(self.part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise cannot_write(self.part, error.strerror or str(error), "nothing was saved") from error

    def add(self, state: DriverState) -> None:
        self._pending.append(_row(state))
        if len(self._pending) >= _ROWS_A_WRITE:
            self._write()

    def close(self) -> None:
        """Write what is left and give the file its final name; safe to call twice."""
        if self._fd < 0:
            return
        self._write()
        try:
            os.fsync(self._fd)
            self._release()
            self.part.replace(self.path)
        except OSError as error:
            self._fail(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        elif self._fd >= 0:
            try:
                self._write()
            finally:
                self._release()

    def _write(self) -> None:
        if self._error is not None:
            raise self._error
        data = memoryview("".join(self._pending).encode())
        done = 0
        try:
            while done < len(data):
                done += os.write(self._fd, data[done:])
        except OSError as error:
            self._keep_whole_rows(bytes(data[:done]))
            self._fail(error)
        self._rows += len(self._pending)
        self._pending.clear()

    def _keep_whole_rows(self, written: bytes) -> None:
        """Cut the row that only half fitted."""
        self._rows += written.count(b"\n")
        half_row = len(written) - (written.rfind(b"\n") + 1)
        if half_row:
            os.ftruncate(self._fd, os.lseek(self._fd, 0, os.SEEK_CUR) - half_row)

    def _fail(self, error: OSError) -> None:
        self._release()
        rows = max(self._rows, 0)
        if not rows:  # a header, or half of one
            self.part.unlink(missing_ok=True)
        saved = f"the first {counted(rows, 'frame is', 'frames are')} in {self.part}" if rows else "no frame was saved"
        self._error = cannot_write(self.path, error.strerror or str(error), saved)
        raise self._error from error

    def _release(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def column_table() -> str:
    """The columns as a Markdown table, for ``configs/README.md`` and for a note beside the file."""
    lines = ["| column | unit | meaning |", "| --- | --- | --- |"]
    lines += [f"| `{name}` | {unit or '-'} | {text.replace('|', chr(92) + '|')} |" for name, unit, text in COLUMNS]
    return "\n".join(lines) + "\n"
