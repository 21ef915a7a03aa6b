"""Finishing the files of a run that was killed, so that every MCAP tool opens them."""

import contextlib
import os
from pathlib import Path
from typing import Final

from mcap.reader import make_reader
from mcap.records import Channel, Chunk, Message, Metadata, Schema
from mcap.stream_reader import StreamReader, breakup_chunk
from mcap.writer import CompressionType, Writer

from driver_monitor.recording.drive import BROKEN, LARGEST_RECORD, RecordedDrive
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.folder import being_recorded
from driver_monitor.recording.segment import CHUNK_BYTES

PART: Final = ".repairing"


def is_finished(file: Path) -> bool:
    """Whether the file has its index."""
    try:
        with file.open("rb") as stream:
            return make_reader(stream).get_summary() is not None
    except (OSError, *BROKEN):
        return False


def repair(drive: RecordedDrive) -> list[Path]:
    """Give every file that was cut off its end and index, with all that can be read of it; returns those files.

    A file is replaced in one go, when all of it is on the disk. Raises RecordingError where the disk refuses or the
    drive is being recorded.
    """
    repaired = []
    for file in drive.files:
        if is_finished(file):
            continue
        if being_recorded(file.parent):
            raise RecordingError(f"{file.parent} is being recorded right now; there is nothing to repair yet")
        part = file.with_name(file.name + PART)
        try:
            _finish(file, part)
            part.replace(file)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink()
            raise RecordingError(f"{file} could not be repaired ({error.strerror or error}); it is as it was") from None
        repaired.append(file)
    return repaired


def _finish(file: Path, part: Path) -> None:
    with file.open("rb") as source, part.open("wb") as target:
        writer = Writer(target, chunk_size=CHUNK_BYTES, compression=CompressionType.ZSTD)
        writer.start(profile="driver-monitor")
        channels: dict[int, int] = {}
        schemas: dict[int, int] = {0: 0}
        with contextlib.suppress(*BROKEN):  # that is its end
            for record in StreamReader(source, emit_chunks=True, record_size_limit=LARGEST_RECORD).records:
                if isinstance(record, Metadata):
                    writer.add_metadata(record.name, record.metadata)
                if not isinstance(record, Chunk):
                    continue
                with contextlib.suppress(*BROKEN):  # a damaged piece
                    for inner in breakup_chunk(record, validate_crc=True):
                        _copy(inner, writer, channels, schemas)
        writer.finish()  # type: ignore[no-untyped-call]
        target.flush()
        os.fsync(target.fileno())


def _copy(record: object, writer: Writer, channels: dict[int, int], schemas: dict[int, int]) -> None:
    if isinstance(record, Schema) and record.id not in schemas:
        schemas[record.id] = writer.register_schema(record.name, record.encoding, record.data)
    elif isinstance(record, Channel) and record.id not in channels:
        channels[record.id] = writer.register_channel(
            record.topic, record.message_encoding, schemas[record.schema_id], record.metadata
        )
    elif isinstance(record, Message):
        channel = channels[record.channel_id]
        writer.add_message(channel, record.log_time, record.data, record.publish_time, record.sequence)
