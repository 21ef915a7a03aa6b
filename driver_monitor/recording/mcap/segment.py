"""One file of a drive, written so that whatever has been synced can be read however the end comes."""

import contextlib
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from mcap.data_stream import RecordBuilder
from mcap.records import Metadata
from mcap.writer import CompressionType, Writer

from driver_monitor.recording.clock import Stamp
from driver_monitor.recording.folder import SUFFIX
from driver_monitor.recording.header import RECORD, DriveHeader
from driver_monitor.recording.mcap.codec import to_json
from driver_monitor.recording.mcap.topics import JSON, LANDMARKS_ENCODING, SIGNALS, TOPICS, Topic

CHUNK_BYTES: Final = 64 * 1024
_NEVER: Final = 1 << 40  # chunks end between two frames, which the library knows nothing of


def segment_name(number: int) -> str:
    return f"{number:03d}{SUFFIX}"


class _WholeWrites:
    """A file that takes all of what it is given or raises OSError; ``written`` counts what was taken whole."""

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self.written = 0

    def write(self, data: bytes) -> int:
        view = memoryview(data)
        done = 0
        while done < len(view):
            done += os.write(self.fd, view[done:])
        self.written += done
        return done

    def tell(self) -> int:
        return self.written

    def flush(self) -> None:
        """Nothing is held back."""


class Segment:
    """An MCAP file of zstd chunks, each of which can be read without the others.

    The description of the drive stands in it twice, before the first chunk and behind it, so that no damage of a few
    bytes costs it. ``began`` is when the file was begun; ``steps`` are those of the wall clock in the drive so far
    (media time, by how much, s). Raises OSError where the disk fails; the file then ends with its last whole record, or
    is gone where it could not even be begun.
    """

    def __init__(
        self,
        path: Path,
        header: DriveHeader,
        number: int,
        *,
        began: Stamp | None = None,
        steps: Sequence[tuple[float, float]] = (),
    ) -> None:
        self.path = path
        self._file = _WholeWrites(path)
        self._start_ns = to_ns(header.started_at)
        self._writer = Writer(self._file, chunk_size=_NEVER, compression=CompressionType.ZSTD)  # type: ignore[arg-type]
        self._channels: dict[str, int] = {}
        self._last: dict[str, bytes] = {}
        self._chunk_bytes = 0
        self._described = header.to_metadata(number, began, steps)
        self._again = True  # the description is still to be repeated
        try:
            self._writer.start(profile="driver-monitor", library=header.software)
            self._writer.add_metadata(RECORD, self._described)
            for topic in TOPICS:
                self._channels[topic.name] = self._channel(topic)
        except BaseException:
            self.abandon()
            with contextlib.suppress(OSError):  # nothing of the drive is in it, and its name is free for another try
                path.unlink()
            raise

    def _channel(self, topic: Topic) -> int:
        name = topic.schema_name or f"driver_monitor{topic.name.replace('/', '.')}"
        if topic.schema is None:
            return self._writer.register_channel(topic.name, LANDMARKS_ENCODING, 0, {"description": topic.description})
        schema = self._writer.register_schema(name, "jsonschema", to_json(topic.schema))
        return self._writer.register_channel(topic.name, JSON, schema, {"description": topic.description})

    @property
    def full(self) -> bool:
        """Whether the chunk is to end before the next frame."""
        return self._chunk_bytes >= CHUNK_BYTES

    def add(self, topic: Topic, t_s: float, data: bytes) -> None:
        self.copy(topic.name, self._start_ns + round(t_s * 1e9), data)

    def copy(self, topic: str, at_ns: int, data: bytes) -> None:
        """A message as it stands in another file; ``at_ns`` since 1970."""
        if topic not in self._channels:  # of another version's
            self._channels[topic] = self._writer.register_channel(topic, JSON, 0)
        self._chunk_bytes += len(data)
        self._writer.add_message(self._channels[topic], at_ns, data, at_ns)
        if topic == SIGNALS.name and self.full:  # they complete a frame, which is never in two chunks
            self.end_chunk()

    def add_change(self, topic: Topic, t_s: float, data: bytes) -> None:
        """Only where it is not what this chunk has last said on the topic."""
        if self._last.get(topic.name) != data:
            self._last[topic.name] = data
            self.add(topic, t_s, data)

    def end_chunk(self) -> None:
        """What comes next can be read without what was before, should that be damaged."""
        self._last.clear()
        self._writer.flush()  # type: ignore[no-untyped-call]
        if self._chunk_bytes and self._again:
            # Without an entry in the index: readers of other makers find one description, as they always have.
            record = RecordBuilder()
            Metadata(name=RECORD, metadata=self._described).write(record)
            self._file.write(record.end())  # type: ignore[no-untyped-call]
            self._again = False
        self._chunk_bytes = 0

    def sync(self) -> None:
        """End the chunk and put everything on the disk."""
        self.end_chunk()
        os.fdatasync(self._file.fd)

    def close(self) -> None:
        """Write the index and close; safe to call twice."""
        if self._file.fd < 0:
            return
        self.sync()
        self._writer.finish()  # type: ignore[no-untyped-call]
        os.fsync(self._file.fd)
        self._release()

    def abandon(self) -> None:
        """Leave the file as it is, up to its last whole record, without an index."""
        if self._file.fd >= 0:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file.fd, self._file.written)
                os.fsync(self._file.fd)
            self._release()

    def _release(self) -> None:
        os.close(self._file.fd)
        self._file.fd = -1


def to_ns(moment: datetime) -> int:
    """Nanoseconds since 1970, exact to the microsecond."""
    return round(moment.timestamp() * 1e6) * 1000
