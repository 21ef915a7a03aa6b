"""What a segment says of its drive and of itself, however much of it is damaged."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from driver_monitor.recording.clock import Stamp
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.header import FORMAT, RECORD, DriveHeader, assumed_header, is_intact, read_steps
from driver_monitor.recording.mcap import codec
from driver_monitor.recording.mcap.scan import (
    BROKEN,
    MAGIC,
    Damage,
    Description,
    Message,
    Piece,
    channels,
    messages,
    scan,
)
from driver_monitor.recording.mcap.topics import LANDMARKS, SIGNALS, TOPICS, VIDEO

_DESCRIBED_BYTES: Final = 256 * 1024  # by then a file holds its description and more
_OURS: Final = frozenset(topic.name for topic in TOPICS)


@dataclass(frozen=True, slots=True)
class SegmentHeader:
    """``began`` is when the segment was begun, None where it does not say; ``steps`` those of the wall clock by then
    (media time, by how much, s)."""

    drive: DriveHeader
    number: int
    began: Stamp | None = None
    steps: tuple[tuple[float, float], ...] = ()


class UndescribedError(RecordingError):
    """A recording of ours whose description is lost; there is more in it, and ``assumed`` stands in."""

    def __init__(self, file: Path, assumed: SegmentHeader) -> None:
        super().__init__(f"{file}: the description of the drive is damaged")
        self.assumed = assumed


def read_description(file: Path) -> SegmentHeader:
    """The first of a segment's descriptions that is intact.

    Raises UndescribedError where there is none but messages of ours are there, RecordingError with what the file is
    instead of a recording.
    """
    damaged = False
    first: dict[str, Message] = {}
    try:
        for part in scan(file):
            if isinstance(part, Description) and part.name == RECORD:
                found = _understood(file, part.data)
                if found is not None:
                    return found
                damaged = True
            elif isinstance(part, Damage):
                damaged = True
            elif isinstance(part, Piece):
                found_first = _messages(file, part.data)
                if not damaged and not _OURS & found_first.keys():
                    raise RecordingError(_foreign(file))
                first = found_first | first
        if _OURS & first.keys():
            raise UndescribedError(file, _assumed(file, first))
        raise RecordingError(_nothing(file, damaged=damaged))
    except OSError as error:
        raise RecordingError(f"{file} cannot be read ({error.strerror or error})") from None


def _messages(file: Path, data: bytes) -> dict[str, Message]:
    """The first message of every topic in a chunk."""
    first: dict[str, Message] = {}
    try:
        for message in messages(data, channels(file)):
            first.setdefault(message[0], message)
    except BROKEN:  # a chunk of another program's making
        pass
    return first


def _understood(file: Path, data: Mapping[str, str]) -> SegmentHeader | None:
    """None where it does not hold what was written."""
    try:
        newer = int(data["format"]) > FORMAT and ("checksum" not in data or is_intact(data))
    except (KeyError, ValueError):
        return None
    if newer:
        raise RecordingError(
            f"{file} was recorded by a newer version ({data.get('software', 'unknown')}, format {data['format']}; "
            f"this one reads up to {FORMAT}): update driver-monitor"
        )
    try:
        found = SegmentHeader(
            DriveHeader.from_metadata(data),
            int(data["segment"]),
            Stamp.from_metadata(data),
            tuple(read_steps(data)),
        )
        found.drive.started_at  # noqa: B018  (a date it must be)
    except (KeyError, ValueError):
        return None
    return found if is_intact(data) else None


def _assumed(file: Path, first: Mapping[str, Message]) -> SegmentHeader:
    kept = [topic.level for topic in (VIDEO, LANDMARKS, SIGNALS) if topic.name in first]
    header = assumed_header(file, kept[0] if kept else "events")
    for _, at_ns, content in first.values():
        try:
            t_s = float(codec.from_json(content)["t_s"])
        except BROKEN:
            continue
        began = datetime.fromtimestamp(at_ns / 1e9 - t_s, UTC)
        header = replace(header, started=began.isoformat(timespec="milliseconds"))
        break
    return SegmentHeader(header, int(file.stem) if file.stem.isdecimal() else 0)


def _foreign(file: Path) -> str:
    return f"{file} is an MCAP file of another program: it has no record named '{RECORD}'"


def _nothing(file: Path, *, damaged: bool) -> str:
    size = file.stat().st_size
    if size == 0:
        return f"{file} is empty: nothing of it can be read"
    with file.open("rb") as stream:
        begins = stream.read(len(MAGIC))
        stream.seek(max(0, size - len(MAGIC)))
        ends = stream.read()
    if not MAGIC.startswith(begins) and ends != MAGIC:
        return f"{file} is not an MCAP file, so it is not a recorded drive"
    if damaged or size > _DESCRIBED_BYTES:
        return f"{file} is damaged all through: nothing in its {size} bytes can be read"
    if ends == MAGIC and size > len(MAGIC):
        return _foreign(file)
    return f"{file} was cut off within its first {size} bytes, before anything was recorded"
