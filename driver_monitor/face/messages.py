"""What the parent and the vision worker say to each other: one datagram a message over a ``SOCK_SEQPACKET`` pair."""

import json
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.face import BLENDSHAPES, LANDMARKS, Face
from driver_monitor.face.follower import Sight
from driver_monitor.face.observation import Tracking
from driver_monitor.face.packing import pack, unpack
from driver_monitor.face.picture_quality import PictureQuality
from driver_monitor.face.skin_sample import SkinSample
from driver_monitor.face.tail import SKIN, tails, with_tail
from driver_monitor.printable import ESCAPED

MAX_BYTES: Final = 16_384


class Kind(IntEnum):
    LOOK = 1  # parent: here is a picture
    BUFFER = 2  # parent: pictures are in this shared memory from now on (its descriptor comes along)
    RESET = 3  # parent: a new stream begins
    READY = 4  # worker: started
    FAILED = 5  # worker: cannot start, and never will
    SIGHT = 6  # worker: the answer to LOOK


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Everything the worker needs to know, passed on its command line."""

    backend: Literal["litert", "mediapipe"]
    model: str
    require_sandbox: bool
    seat: Literal["left", "right"]
    max_faces: int
    min_face_share: float
    recheck_s: float
    forget_s: float
    min_detection_confidence: float
    min_presence_confidence: float
    skip_still: float = 0.0
    skin: bool = False

    @property
    def model_path(self) -> Path:
        return Path(self.model)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "WorkerSettings":
        return cls(**json.loads(text))


_LOOK: Final = struct.Struct("=BIIId")
_BUFFER: Final = struct.Struct("=BQ")
_SIGHT: Final = struct.Struct(f"=BIBB{len(PictureQuality._fields)}d")
_TRACKING: Final = tuple(Tracking)
_POINTS_BYTES: Final = LANDMARKS * 3 * 2
_FACE_FLOATS: Final = BLENDSHAPES + 16 + 1


def kind(message: bytes) -> Kind:
    return Kind(message[0])


def look(number: int, height: int, width: int, t_s: float) -> bytes:
    return _LOOK.pack(Kind.LOOK, number, height, width, t_s)


def read_look(message: bytes) -> tuple[int, int, int, float]:
    """Number, height, width and time of the picture now in the shared memory."""
    _, number, height, width, t_s = _LOOK.unpack(message)
    return number, height, width, t_s


def buffer(capacity: int) -> bytes:
    return _BUFFER.pack(Kind.BUFFER, capacity)


def read_buffer(message: bytes) -> int:
    return int(_BUFFER.unpack(message)[1])


def text(what: Kind, words: str) -> bytes:
    """READY (words: why the worker is not sealed, empty if it is) or FAILED (words: the sentence for the user)."""
    return bytes([what]) + words.encode(errors=ESCAPED)[: MAX_BYTES - 1]


def read_text(message: bytes) -> str:
    return message[1:].decode(errors="replace")


Measure = Callable[[NDArray[np.float32] | None], PictureQuality]
MeasureSkin = Callable[[NDArray[np.float32]], SkinSample]


def sight(number: int, seen: Sight, measure: Measure, skin: MeasureSkin | None = None) -> bytes:
    """What a picture showed, its qualities as ``measure`` finds them at the very landmarks that are sent, and the skin
    there where ``skin`` is to be asked."""
    face = seen.face
    packed = pack(face.landmarks) if face is not None else None
    quality = measure(unpack(packed) if packed is not None else None)
    parts = [_SIGHT.pack(Kind.SIGHT, number, _TRACKING.index(seen.tracking), min(255, seen.faces), *quality)]
    if face is not None and packed is not None:
        parts += [part.tobytes() for part in (packed, face.blendshapes, face.matrix, np.float32(face.presence))]
        if skin is not None:
            parts += with_tail(SKIN, skin(unpack(packed)).to_bytes())
    return b"".join(parts)


def read_sight(message: bytes) -> tuple[int, Sight, PictureQuality, SkinSample | None]:
    """The number of the picture, what it showed, its qualities and the skin where that was measured."""
    _, number, tracking, faces, *quality = _SIGHT.unpack_from(message)
    face = None
    at = _SIGHT.size
    if _TRACKING[tracking] is Tracking.TRACKED:  # landmarks come as packed integers
        points = np.frombuffer(message, np.int16, LANDMARKS * 3, _SIGHT.size)
        floats = np.frombuffer(message, np.float32, _FACE_FLOATS, _SIGHT.size + _POINTS_BYTES)
        face = Face(
            unpack(points.reshape(LANDMARKS, 3)),
            floats[:BLENDSHAPES],
            floats[BLENDSHAPES:-1].reshape(4, 4),
            float(floats[-1]),
        )
        at += _POINTS_BYTES + _FACE_FLOATS * 4
    skin = tails(message, at).get(SKIN)
    seen = Sight(_TRACKING[tracking], faces, face)
    return number, seen, PictureQuality(*quality), SkinSample.from_bytes(skin) if skin is not None else None
