"""The frames in a multipart stream, found again after whatever stands between them."""

import re
from collections.abc import Iterator
from typing import Final

MAX_PART_BYTES: Final = 32 * 1024 * 1024  # an 8K frame at the best quality; more is no frame
_MAX_HEAD_BYTES: Final = 8192
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_LENGTH: Final = re.compile(rb"^content-length:\s*(\d+)\s*$", re.IGNORECASE | re.MULTILINE)
_FIRST_LINE: Final = re.compile(rb"--([^\r\n]{1,70})\r?\n")
_BEGIN, _END = b"\xff\xd8", b"\xff\xd9"  # JPEG's first and last marker


class Parts:
    """Splits ``multipart/x-mixed-replace`` at its boundary, wherever the bytes are cut: a part that is empty, cut off
    or longer or shorter than it says costs itself and nothing after it.

    A whole JPEG is handed out as soon as its last byte is there, not when the next part begins.
    """

    def __init__(self, boundary: str = "") -> None:
        """``boundary`` as the stream's type names it, with or without the dashes; empty where it names none."""
        # Cameras disagree about whether the dashes before a boundary are part of its name.
        token = boundary.strip().strip('"').lstrip("-").encode()
        self._delimiter = b"--" + token if token else b""
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the content of each part that is complete by now."""
        self._buffer += data
        while (part := self._next()) is not None:
            yield part

    def _next(self) -> bytes | None:
        if not self._delimiter:
            first = _FIRST_LINE.search(self._buffer)
            if first is None:
                return None
            self._delimiter = b"--" + first[1].lstrip(b"-")
        begin = self._buffer.find(self._delimiter)
        if begin < 0:
            self._buffer = self._buffer[-len(self._delimiter) :]
            return None
        after = begin + len(self._delimiter)
        head = _BLANK_LINE.search(self._buffer, after)
        if head is None:
            if len(self._buffer) - after > _MAX_HEAD_BYTES:
                self._buffer = self._buffer[after:]
            return None
        end = self._buffer.find(self._delimiter, head.end())
        if end >= 0:
            content = self._buffer[head.end() : end]
            self._buffer = self._buffer[end:]
            return content.rstrip(b"\r\n-")
        return self._early(after, head.start(), head.end())

    def _early(self, after: int, head_end: int, start: int) -> bytes | None:
        """The last part begun, if it is a whole JPEG already."""
        length = _LENGTH.search(self._buffer[after:head_end].replace(b"\r", b""))
        end = start + int(length[1]) if length else len(self._buffer.rstrip(b"\r\n"))
        content = self._buffer[start:end]
        if end <= len(self._buffer) and content.startswith(_BEGIN) and content.endswith(_END):
            self._buffer = self._buffer[end:]
            return content
        if len(self._buffer) - start > MAX_PART_BYTES:
            self._buffer = b""
        return None
