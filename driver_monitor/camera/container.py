"""What a video file's own bytes say about it, where the decoder is silent.

FFmpeg gives the same "no more frames" for a file that ended and for one that was cut off, and OpenCV does not pass on
the length that an edit list leaves visible. Both can be read from the first level or two of the container.
"""

import codecs
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

_ISO_FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp")
_STILL_BRANDS = (b"heic", b"heix", b"mif1", b"avif")
_EBML = b"\x1a\x45\xdf\xa3"  # what Matroska and WebM begin with
_TAIL_BYTES = 64


@dataclass(frozen=True, slots=True)
class Container:
    """``announced_s`` is the length a player shows, None where the container does not tell (or is not known here).

    ``cut_off`` means the bytes end before the container does, by ``missing_bytes`` where that can be counted.
    ``fragmented`` means the length and frame count at the head cover the first fragment only.
    """

    kind: Literal["iso", "riff", "matroska", "gif", "still", "text", "other"]
    cut_off: bool = False
    missing_bytes: int = 0
    has_index: bool = True
    fragmented: bool = False
    announced_s: float | None = None

    @property
    def counts_from_zero(self) -> bool:
        """Whether the announced length begins at 0 rather than at the first frame."""
        return self.kind in ("iso", "matroska")


def inspect(path: Path) -> Container:
    """Look at a file of at least one byte. Raises OSError when it cannot be read."""
    with path.open("rb") as file:
        head = file.read(4096)
        size = os.fstat(file.fileno()).st_size
        if head[4:8] in _ISO_FIRST_BOXES:
            return _inspect_iso(file, size, brand=head[8:12] if head[4:8] == b"ftyp" else b"")
        if head[:4] == b"RIFF":
            missing = _riff_end(file, size) - size
            return Container("riff", cut_off=missing > 0, missing_bytes=max(0, missing))
        if head[:4] == _EBML:
            return Container("matroska")
        if head[:4] == b"GIF8":
            file.seek(max(0, size - _TAIL_BYTES))
            return Container("gif", cut_off=not file.read().rstrip(b"\0").endswith(b";"))
    return Container("text" if _is_text(head) else "other")


def _is_text(head: bytes) -> bool:
    try:
        return "\0" not in codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False


def _riff_end(file: BinaryIO, size: int) -> int:
    """Where the last RIFF chunk says it ends; large AVI files have several, and an unclosed one says 0."""
    end = 0
    while end + 8 <= size:
        file.seek(end)
        tag, length = struct.unpack("<4sI", file.read(8))
        if tag != b"RIFF" or length == 0:
            break
        end += 8 + length + length % 2
    return end


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield (type, content start, box end) of each box; a box's claimed end may lie beyond ``end``."""
    while start + 8 <= end:
        file.seek(start)
        length, kind = struct.unpack(">I4s", file.read(8))
        content = start + 8
        if length == 1:
            large = file.read(8)
            if len(large) < 8:
                return
            length, content = struct.unpack(">Q", large)[0], start + 16
        elif length == 0:
            length = end - start
        if start + length < content or not kind.isalnum():  # bytes after the last box are no box
            return
        yield kind, content, start + length
        start += length


def _inspect_iso(file: BinaryIO, size: int, brand: bytes) -> Container:
    end, has_index, fragmented, announced_s = 0, False, False, None
    for kind, content, end in _boxes(file, 0, size):
        if kind == b"moov":
            has_index = True
            announced_s = _video_length_s(file, content, min(end, size))
        fragmented |= kind == b"moof"
    if brand in _STILL_BRANDS and not has_index:
        return Container("still")
    missing = max(0, end - size)
    return Container(
        "iso", missing > 0, missing, has_index, fragmented, announced_s=None if fragmented else announced_s
    )


def _video_length_s(file: BinaryIO, start: int, end: int) -> float | None:
    """Length of the video track after its edit list (ISO/IEC 14496-12: tkhd's duration, in mvhd's time scale)."""
    scale: int | None = None
    for kind, content, box_end in _boxes(file, start, end):
        if kind == b"mvhd":
            scale = _number(file, content, short_at=12, long_at=20, long_bytes=4)
        elif kind == b"trak" and scale:
            duration, is_video = None, False
            for inner, at, inner_end in _boxes(file, content, min(box_end, end)):
                if inner == b"tkhd":
                    duration = _number(file, at, short_at=20, long_at=28, long_bytes=8)
                elif inner == b"mdia":
                    is_video = any(
                        name == b"hdlr" and _bytes(file, handler + 8, 4) == b"vide"
                        for name, handler, _ in _boxes(file, at, min(inner_end, end))
                    )
            if is_video and duration:
                return duration / scale
    return None


def _bytes(file: BinaryIO, at: int, count: int) -> bytes:
    position = file.tell()
    file.seek(at)
    data = file.read(count)
    file.seek(position)
    return data


def _number(file: BinaryIO, box: int, *, short_at: int, long_at: int, long_bytes: int) -> int | None:
    """A full box's number, placed and sized by its version byte; None when cut off or all ones (unknown)."""
    at, count = (long_at, long_bytes) if _bytes(file, box, 1) == b"\x01" else (short_at, 4)
    data = _bytes(file, box + at, count)
    return int.from_bytes(data) if len(data) == count and data != b"\xff" * count else None
