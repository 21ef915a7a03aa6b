"""A drive out of a fleet folder: to its reader the same as the recorded drive it was made from, without landmarks."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from driver_monitor.native_path import native_path
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.event import (
    Content,
    Control,
    Event,
    RecordedAlert,
    RecordedFrame,
    SegmentStart,
    StateLine,
)
from driver_monitor.recording.header import DriveHeader
from driver_monitor.recording.parquet.columns import COLUMNS, WORDS, states
from driver_monitor.recording.parquet.folder import ALERTS, EVENTS, sibling
from driver_monitor.recording.parquet.tables import alert_of, arrow, header_of
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.recording_level import LEVELS

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS: Final = 2048
_ALERT_DIGITS: Final = 3  # of an alert's time (Alert.to_json); frames keep theirs whole
# All that a broken or foreign file can make the readers raise; pyarrow's own errors are ValueErrors or OSErrors.
_BROKEN: Final = (OSError, ValueError, KeyError, TypeError)


class ParquetDrive(Drive):
    """Frames, controls, where a file began, and alerts; of the lines of state only their times, no health.

    Raises RecordingError where the file is no drive's, and while reading where it is broken: Parquet has its index at
    the end, so of a file that was cut off nothing can be read.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, [path])

    def _duration_s(self) -> float | None:
        """To the last frame, by the file's statistics."""
        with self._open(self.path) as file:
            groups = file.metadata.num_row_groups
            if not groups:
                return None
            last = file.metadata.row_group(groups - 1).column(file.schema_arrow.get_field_index("t_s")).statistics
        return float(last.max) if last is not None and last.has_min_max else None

    def _events(self, wanted: frozenset[Content]) -> Iterator[Event]:
        """Alerts come in the frame they belong to."""
        ahead: list[tuple[int, Event]] = []
        for happened in self._table(EVENTS):
            what = _event(happened)
            if isinstance(what, SegmentStart) or Content.CONTROLS in wanted:
                ahead.append((happened["before_frame"], what))
        alerts = [alert_of(each) for each in self._table(ALERTS)] if Content.ALERTS in wanted else []
        place = told = 0
        for count, (t_s, event) in enumerate(self._frames(wanted), 1):
            while place < len(ahead) and ahead[place][0] < count:
                yield ahead[place][1]
                place += 1
            if event is not None:
                yield event
            while told < len(alerts) and alerts[told].t_s <= round(t_s, _ALERT_DIGITS):
                yield RecordedAlert(alerts[told])
                told += 1
        yield from (event for _, event in ahead[place:])
        yield from (RecordedAlert(alert) for alert in alerts[told:])

    def _frames(self, wanted: frozenset[Content]) -> Iterator[tuple[float, Event | None]]:
        """Every frame's time, with what is wanted of it: its state, or once a second a line with the time alone."""
        if Content.STATES in wanted:
            for state in self._states():
                yield state.t_s, RecordedFrame(state.t_s, state)
            return
        next_s = -math.inf
        for batch in self._batches(["t_s"]):
            for t_s in batch.column("t_s").to_pylist():
                due = t_s >= next_s and Content.STATE_LINES in wanted
                yield t_s, StateLine(t_s, {"t_s": t_s, "type": "state"}) if due else None
                next_s = math.floor(t_s) + 1.0 if due else next_s

    def _states(self) -> Iterator[DriverState]:
        """A column that an older version did not have holds its default."""
        for batch in self._batches([column.name for column in COLUMNS]):
            there = set(batch.schema.names)
            yield from states([
                _values(batch.column(column.name)) if column.name in there else [column.default] * batch.num_rows
                for column in COLUMNS
            ])  # fmt: skip

    def _batches(self, columns: Sequence[str]) -> "Iterator[pa.RecordBatch]":
        """The columns as far as the file has them."""
        with self._open(self.path) as file:
            there = [name for name in columns if name in set(file.schema_arrow.names)]
        with self._open(self.path, [word for word in WORDS if word in there]) as file:
            try:
                yield from file.iter_batches(_BATCH_ROWS, columns=there)
            except _BROKEN as error:
                raise RecordingError(f"{self.path} is broken: {error}") from None

    def _table(self, kind: str) -> list[dict[str, Any]]:
        path = sibling(self.path, kind)
        if not path.is_file():
            self.problems.append(f"{path} is missing: the drive was exported in part; export it again")
            return []
        try:
            with self._open(path) as file:
                rows: list[dict[str, Any]] = file.read().to_pylist()
        except _BROKEN as error:
            raise RecordingError(f"{path} is broken: {error}") from None
        return rows

    def _open(self, path: Path, words: Sequence[str] = ()) -> Any:
        try:
            with native_path(path) as name:
                return arrow().parquet.ParquetFile(name, read_dictionary=list(words))
        except FileNotFoundError:
            raise RecordingError(f"there is no recorded drive {path}") from None
        except _BROKEN as error:
            raise RecordingError(f"{path} is not a Parquet file that can be read: {error}") from None

    def _read_header(self) -> DriveHeader:
        """Frames are all there is of it, whatever the drive was recorded with."""
        with self._open(self.path) as file:
            found = file.schema_arrow.metadata
        try:
            header = header_of(found)
        except KeyError:
            raise RecordingError(f"{self.path} was not written by 'driver-monitor report --parquet'") from None
        except _BROKEN as error:
            raise RecordingError(f"{self.path} cannot be used: {error}") from None
        return replace(header, level=min(header.level, "signals", key=LEVELS.index))


def _event(row: dict[str, Any]) -> Control | SegmentStart:
    if row["event"] == "segment":
        return SegmentStart(Path(row["text"]), row["number"])
    return Control(row["t_s"], row["event"], row["text"])


def _values(column: "pa.Array") -> list[Any]:
    """Python's own values; nulls are None, a word that comes again is the same object."""
    if hasattr(column, "dictionary"):
        words = column.dictionary.to_pylist()
        return [None if place is None else words[place] for place in column.indices.to_pylist()]
    if column.null_count == 0 and hasattr(column, "to_numpy") and str(column.type) == "double":
        found: list[Any] = column.to_numpy().tolist()
        return found
    values: list[Any] = column.to_pylist()
    return values
