"""The records of an MCAP file one after the other, as far as they are whole; what is damaged costs no more than itself.

Nothing is believed that cannot be checked: a chunk by its checksum, other records by the lengths inside them. Where one
does not hold, the search goes on from the last one that did, byte by byte, to the next chunk or description that does.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
import zstandard
from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.reader import make_reader
from mcap.records import Channel, Metadata

from driver_monitor.recording.mcap.topics import TOPICS

MAGIC: Final = b"\x89MCAP0\r\n"
LARGEST_RECORD: Final = 64 * 1024 * 1024  # a chunk holds 64 KiB, or one picture
# All that broken bytes can make the readers raise; a defect of ours raises something else.
BROKEN: Final = (
    McapError, msgspec.MsgspecError, struct.error, zstandard.ZstdError, ValueError, KeyError, IndexError, TypeError,
    MemoryError, OverflowError,
)  # fmt: skip
# A record is an opcode and a length; a chunk begins with two times, its size and checksum unpacked, the name of its
# compression, and the length of what is packed (MCAP specification).
RECORD_HEAD: Final = struct.Struct("<BQ")
_CHUNK_HEAD: Final = struct.Struct("<QQQII")
_MESSAGE_HEAD: Final = struct.Struct("<HIQQ")  # channel, number, time of recording, time of sending
_LENGTH: Final = struct.Struct("<Q")
_MESSAGE, _CHANNEL = int(Opcode.MESSAGE), int(Opcode.CHANNEL)
_ZSTD: Final = b"zstd"
_SEARCHED: Final = {
    struct.pack("<I4s", 4, _ZSTD): RECORD_HEAD.size + 28,  # where it stands in a chunk
    struct.pack("<I5s", 5, b"drive"): RECORD_HEAD.size,  # and in a description of the drive
}
_BLOCK: Final = 1 << 20
_READ_AHEAD: Final = 256 * 1024
_PLAIN: Final = frozenset({Opcode.HEADER, Opcode.SCHEMA, Opcode.CHANNEL, Opcode.MESSAGE, Opcode.ATTACHMENT})
_TAIL: Final = 9 + 20 + len(MAGIC)  # the footer and the last magic


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk that is whole: ``data`` are its records, unpacked. ``start`` and ``end`` are bytes of the file."""

    start: int
    end: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Description:
    """A metadata record."""

    start: int
    end: int
    name: str
    data: dict[str, str]


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes that are no record, with whole ones behind them (or the file's index)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CutOff:
    """The file ends here without having been finished."""

    start: int


Part = Piece | Description | Damage | CutOff


def scan(file: Path) -> Iterator[Part]:
    """Every whole part of the file in order. Raises OSError where it cannot be read."""
    with file.open("rb") as stream:
        yield from _Scan(stream).parts()


def channels(file: Path) -> dict[int, str]:
    """Topics by channel: what the file's index says, else the order in which every recording has registered them."""
    found = {number: topic.name for number, topic in enumerate(TOPICS, 1)}
    try:
        with file.open("rb") as stream:
            summary = make_reader(stream).get_summary()
    except (OSError, *BROKEN):
        return found
    return found | ({} if summary is None else {number: each.topic for number, each in summary.channels.items()})


def chunk_places(file: Path) -> list[int] | None:
    """Where the file's index says that chunks begin; None where it has none, or bytes were added or lost since."""
    try:
        with file.open("rb") as stream:
            summary = make_reader(stream).get_summary()
    except (OSError, *BROKEN):
        return None
    return None if summary is None else [each.chunk_start_offset for each in summary.chunk_indexes]


def channel_of(record: bytes) -> tuple[int, str]:
    """Number and topic of a Channel record's content."""
    channel = Channel.read(ReadDataStream(BytesIO(record)))
    return channel.id, channel.topic


def is_first(piece: Piece) -> bool:
    """Whether it is the first chunk of a recording: that names the topics."""
    return piece.data[:1] in (bytes([Opcode.SCHEMA]), bytes([Opcode.CHANNEL]))


Message = tuple[str, int, bytes]  # topic, nanoseconds since 1970, content


def messages(data: bytes, channels: dict[int, str]) -> list[Message]:
    """The messages of a chunk. ``channels`` learns the topics it names; raises what is in BROKEN for one without.

    The library's own way takes a record apart field by field, eight times as long.
    """
    found: list[Message] = []
    at, size = 0, len(data)
    record_size, message_size = RECORD_HEAD.size, _MESSAGE_HEAD.size
    while at < size:
        opcode, length = RECORD_HEAD.unpack_from(data, at)
        at += record_size
        if opcode == _MESSAGE:
            channel, _, at_ns, _ = _MESSAGE_HEAD.unpack_from(data, at)
            found.append((channels[channel], at_ns, data[at + message_size : at + length]))
        elif opcode == _CHANNEL:
            number, topic = channel_of(data[at : at + length])
            channels[number] = topic
        at += length
    return found


class _Scan:
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._size = stream.seek(0, 2)
        self._held, self._held_at = b"", 0  # what was last read of the file, and where it stands there
        self._zstd = zstandard.ZstdDecompressor()
        self._whole = self._read(self._size - len(MAGIC), len(MAGIC)) == MAGIC and self._size >= _TAIL + len(MAGIC)
        self._summary = self._summary_start() if self._whole else self._size

    def parts(self) -> Iterator[Part]:
        begins = self._read(0, len(MAGIC)) == MAGIC
        at = sure = len(MAGIC) if begins else 0  # sure: the end of what has been checked
        while True:
            found = self._part(at) if begins else None
            if found is Opcode.DATA_END:
                if not self._whole:  # all that was recorded is there
                    yield CutOff(self._size)
                return
            if isinstance(found, int):
                at = found
                continue
            if found is not None:
                yield found
                at = sure = found.end
                continue
            begins = True
            following = self._search(sure)
            if following is None:
                if not self._whole:
                    yield CutOff(sure)
                elif sure < self._summary:
                    yield Damage(sure, self._summary)
                return
            yield Damage(sure, following.start)
            yield following
            at = sure = following.end

    def _part(self, at: int) -> "Piece | Description | int | None":
        """The record at a place: a part, the place behind it where it is none, DATA_END at the end of the data, None
        where there is no record."""
        head = self._read(at, RECORD_HEAD.size)
        if len(head) < RECORD_HEAD.size:
            return None
        opcode, length = RECORD_HEAD.unpack(head)
        end = at + RECORD_HEAD.size + length
        if length > LARGEST_RECORD or end > self._size:
            return None
        if opcode == Opcode.CHUNK:
            return self._piece(at, end)
        if opcode == Opcode.METADATA:
            return self._description(at, end)
        if opcode == Opcode.DATA_END and length == 4:
            return Opcode.DATA_END
        return end if opcode in _PLAIN or (opcode == Opcode.MESSAGE_INDEX and self._is_index(at, length)) else None

    def _is_index(self, at: int, length: int) -> bool:
        inside = self._read(at + RECORD_HEAD.size, 6)
        return len(inside) == 6 and int.from_bytes(inside[2:], "little") == length - 6

    def _piece(self, start: int, end: int) -> Piece | None:
        content = self._read(start + RECORD_HEAD.size, end - start - RECORD_HEAD.size)
        if len(content) < _CHUNK_HEAD.size:
            return None
        _, _, size, checksum, named = _CHUNK_HEAD.unpack_from(content)
        begin = _CHUNK_HEAD.size + named + _LENGTH.size
        compression = content[_CHUNK_HEAD.size : _CHUNK_HEAD.size + named]
        packed = content[begin:]
        if content[begin - _LENGTH.size : begin] != _LENGTH.pack(len(packed)) or size > LARGEST_RECORD:
            return None
        try:
            if compression == _ZSTD:
                if zstandard.frame_content_size(packed) not in (size, -1):  # it would ask for as much memory
                    return None
                data = self._zstd.decompress(packed, size)
            else:  # ours are all packed; others' may not be
                data = packed
        except BROKEN:
            return None
        if len(data) != size or (checksum and zlib.crc32(data) != checksum):
            return None
        return Piece(start, end, data)

    def _description(self, start: int, end: int) -> Description | None:
        content = self._read(start + RECORD_HEAD.size, end - start - RECORD_HEAD.size)
        try:
            read = ReadDataStream(BytesIO(content))
            found = Metadata.read(read)
        except BROKEN:
            return None
        return Description(start, end, found.name, found.metadata) if read.count == len(content) else None

    def _search(self, at: int) -> Piece | Description | None:
        """The first chunk, or description of the drive, that is whole at ``at`` or behind it."""
        overlap = max(_SEARCHED.values()) + 16
        while at < self._size:
            block = self._read(at, _BLOCK + overlap)
            starts = set()
            for mark, before in _SEARCHED.items():
                place = block.find(mark)
                while place >= 0:
                    if place >= before:
                        starts.add(at + place - before)
                    place = block.find(mark, place + 1)
            for start in sorted(starts):
                found = self._part(start)
                if isinstance(found, Piece | Description):
                    return found
            at += _BLOCK
        return None

    def _summary_start(self) -> int:
        footer = self._read(self._size - _TAIL, _TAIL)
        opcode, length = RECORD_HEAD.unpack_from(footer)
        start = int.from_bytes(footer[RECORD_HEAD.size : RECORD_HEAD.size + 8], "little")
        return start if opcode == Opcode.FOOTER and length == 20 and 0 < start <= self._size else self._size

    def _read(self, at: int, count: int) -> bytes:
        if at < 0 or count <= 0:
            return b""
        start = at - self._held_at
        if start < 0 or start + count > len(self._held):
            self._stream.seek(at)
            self._held, self._held_at, start = self._stream.read(max(count, _READ_AHEAD)), at, 0
        return self._held[start : start + count]
