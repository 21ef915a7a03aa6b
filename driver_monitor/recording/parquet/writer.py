"""A drive into a fleet folder, frame by frame and in bounded memory; what is half written never has its final name."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from driver_monitor.errors import DriverMonitorError
from driver_monitor.native_path import native_target
from driver_monitor.output import MadeFolder
from driver_monitor.recording.header import DriveHeader
from driver_monitor.recording.parquet.columns import row, schema
from driver_monitor.recording.parquet.folder import ALERTS, DRIVES, EVENTS, KINDS, SIGNALS, place
from driver_monitor.recording.parquet.tables import alert_row, alert_schema, arrow, drive_schema, event_schema, metadata
from driver_monitor.state.alert import Alert
from driver_monitor.state.driver_state import DriverState

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS: Final = 2048  # a minute at 30 Hz: what is held as Python objects
_GROUP_ROWS: Final = 32768  # 18 minutes at 30 Hz, about 25 MB: what a reader of the file has to hold


class FleetWriter:
    """A context manager; leaving it without an error gives the files their names, that of ``drives`` last.

    Writing a drive again replaces it. Raises a DriverMonitorError where a file cannot be written or pyarrow is missing.
    """

    def __init__(self, folder: Path, header: DriveHeader) -> None:
        self._arrow = arrow()
        self._folder = folder
        self._header = header
        self._own = {"drive_id": header.drive_id, "driver": header.driver}
        self._frames = 0
        self._rows: list[tuple[Any, ...]] = []
        self._batches: list[pa.RecordBatch] = []
        self._events: list[dict[str, Any]] = []
        self._schema = schema().with_metadata(metadata(header))
        self._folders = ExitStack()
        try:
            self._signals = self._open(SIGNALS, self._schema)
        except BaseException:
            self._discard()
            raise

    def add(self, state: DriverState) -> None:
        self._rows.append(row(state))
        self._frames += 1
        if len(self._rows) == _BATCH_ROWS:
            self._batch()

    def event(self, t_s: float | None, event: str, *, text: str = "", number: int | None = None) -> None:
        """What happened before the next frame; see :func:`driver_monitor.recording.parquet.tables.event_schema`."""
        happened = {"t_s": t_s, "event": event, "before_frame": self._frames, "text": text, "number": number}
        self._events.append(self._own | happened)

    def finish(self, alerts: Iterable[Alert], figures: Mapping[str, int | float | None]) -> None:
        """What is known at the end: the alerts as they were given, and the drive's figures for the ``drives`` table."""
        head, tables = self._header, self._arrow.Table
        self._whole(ALERTS, tables.from_pylist([self._own | alert_row(alert) for alert in alerts], alert_schema()))
        self._whole(EVENTS, tables.from_pylist(self._events, event_schema()))
        drive = {
            **self._own, "started": head.started_at, "level": head.level, "software": head.software, "seat": head.seat,
            "camera": head.camera, "config_sha256": head.config_sha256, **figures,
        }  # fmt: skip
        self._whole(DRIVES, tables.from_pylist([drive], drive_schema(figures)))

    def _batch(self) -> None:
        count = len(self._rows)
        if count:
            own: list[Any] = [[value] * count for value in self._own.values()]
            columns = own + list(zip(*self._rows, strict=True))
            arrays = [
                self._arrow.array(values, field.type) for values, field in zip(columns, self._schema, strict=True)
            ]
            self._batches.append(self._arrow.record_batch(arrays, schema=self._schema))
            self._rows.clear()
        if sum(batch.num_rows for batch in self._batches) >= _GROUP_ROWS:
            self._group()

    def _group(self) -> None:
        with self._guarded():
            table = self._arrow.Table.from_batches(self._batches, self._schema)
            self._signals.write_table(table, row_group_size=_GROUP_ROWS)
        self._batches.clear()

    def _whole(self, kind: str, table: "pa.Table") -> None:
        table = table.replace_schema_metadata(metadata(self._header))
        with self._guarded(), self._open(kind, table.schema) as file:
            file.write_table(table)

    def _open(self, kind: str, columns: "pa.Schema") -> Any:
        part = self._part(kind)
        with self._guarded():
            self._folders.enter_context(MadeFolder(part.parent))
            words = [field.name for field in columns if str(field.type) == "string"]  # numbers hardly ever come again
            with native_target(part) as name:
                return self._arrow.parquet.ParquetWriter(name, columns, compression="zstd", use_dictionary=words)

    def _part(self, kind: str) -> Path:
        """A name that readers of the folder pass over."""
        path = place(self._folder, kind, self._header)
        return path.with_name(f".{path.name}.part")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise DriverMonitorError(
                f"cannot write drive {self._header.drive_id} into {self._folder}: {error.strerror or error}; what was "
                "there of it before is still there. Free some space or choose another --parquet folder."
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with self._guarded():
                if kind is None:
                    self._batch()
                    if self._batches:
                        self._group()
                self._signals.close()
                if kind is None:
                    for each in KINDS:
                        self._part(each).replace(place(self._folder, each, self._header))
        finally:
            self._discard()

    def _discard(self) -> None:
        """What has not got its name, and folders that hold nothing."""
        for each in KINDS:
            with suppress(NotADirectoryError):
                self._part(each).unlink(missing_ok=True)
        self._folders.close()
