"""What the vision worker saw of the driver's body in one frame."""

import struct
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.packing import pack, unpack

POSE: Final = 33
HAND: Final = 21
MOST_HANDS: Final = 2
_HEAD: Final = struct.Struct("<dfBBf")  # t_s, presence, people, hands, phone
_SHARE: Final = 255  # a visibility of 1


@dataclass(frozen=True, slots=True)
class BodyObservation:
    """The driver's body in the frame of ``t_s``, as far as it was seen there.

    ``pose`` float32 [33, 2] are MediaPipe's pose landmarks, ``hands`` up to two float32 [21, 2] its hand landmarks: x
    and y as shares of the frame's width and height, origin top left. ``visibility`` float32 [33] tells of each pose
    landmark how likely it is seen, ``presence`` how sure the net is of the pose as a whole, 0..1. Without a pose
    ``pose`` and ``visibility`` are None and ``presence`` is 0. ``people`` counts the bodies in view. ``phone`` is what
    the user's own detector said of the crop around head and hands, 0..1; NaN where there is none.
    """

    t_s: float
    people: int = 0
    presence: float = 0.0
    pose: NDArray[np.float32] | None = None
    visibility: NDArray[np.float32] | None = None
    hands: tuple[NDArray[np.float32], ...] = ()
    phone: float = float("nan")

    def to_bytes(self) -> bytes:
        """For the parent and for a recorded drive: places in steps of 1/20000, visibilities in steps of 1/255."""
        head = _HEAD.pack(self.t_s, self.presence, min(self.people, _SHARE), len(self.hands), self.phone)
        parts = [head]
        if self.pose is not None and self.visibility is not None:
            parts += [_packed(self.pose), np.rint(self.visibility * _SHARE).astype(np.uint8).tobytes()]
        return b"".join((*parts, *map(_packed, self.hands)))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What :meth:`to_bytes` gave. Raises struct.error or ValueError for bytes that are none."""
        t_s, presence, people, hands, phone = _HEAD.unpack_from(data)
        at = _HEAD.size
        pose = visibility = None
        if presence > 0.0:
            pose = _unpacked(data, POSE, at)
            at += POSE * 4
            visibility = np.frombuffer(data, np.uint8, POSE, at).astype(np.float32) / np.float32(_SHARE)
            at += POSE
        seen = tuple(_unpacked(data, HAND, at + index * HAND * 4) for index in range(hands))
        return cls(t_s, people, presence, pose, visibility, seen, phone)


def _packed(points: NDArray[np.float32]) -> bytes:
    return pack(points).astype("<i2").tobytes()


def _unpacked(data: bytes, count: int, at: int) -> NDArray[np.float32]:
    return unpack(np.frombuffer(data, "<i2", count * 2, at).reshape(count, 2))
