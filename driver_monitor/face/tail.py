"""Optional parts at the end of a frame's bytes, each named by a number: the worker's answers and recordings have them.

A part that a reader does not know is passed over, and bytes without any are what they were before there were some.
"""

import struct
from typing import Final

SKIN: Final = 1
BODY: Final = 2
_HEAD: Final = struct.Struct("<BH")


def with_tail(name: int, part: bytes) -> tuple[bytes, bytes]:
    """``part``, up to 65535 bytes, with what stands before it."""
    return _HEAD.pack(name, len(part)), part


def tails(data: bytes, at: int) -> dict[int, bytes]:
    """The parts from ``at`` to the end of ``data``, by name. Raises struct.error or ValueError for a part cut off."""
    found = {}
    while at < len(data):
        name, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if at + length > len(data):
            raise ValueError("a part is cut off")
        found[name] = data[at : at + length]
        at += length
    return found
