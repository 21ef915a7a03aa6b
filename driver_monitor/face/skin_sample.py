"""The colour of the driver's skin in one frame, as the vision worker sends it and a recorded drive keeps it."""

import struct
from typing import Final, NamedTuple, Self


class SkinSample(NamedTuple):
    """Mean colours (0..255, linear in what the camera delivers) of the skin of forehead and cheeks.

    NaN where a region lies outside the frame or nothing of it is left. ``used`` is the share of the looked-at pixels
    that the means are of: highlights, hair, shade and what has just moved are left out. ``clipped`` is the share with a
    channel at its end. All of single precision, so that they survive sending and recording unchanged.
    """

    forehead_red: float
    forehead_green: float
    forehead_blue: float
    cheeks_red: float
    cheeks_green: float
    cheeks_blue: float
    used: float
    clipped: float

    def to_bytes(self) -> bytes:
        return _BYTES.pack(*self)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises struct.error for bytes that are none."""
        return cls(*_BYTES.unpack(data))


_BYTES: Final = struct.Struct("<8f")
