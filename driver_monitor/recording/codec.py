"""Frames of a drive to bytes and back, without losing a bit: what is read back is equal to what was written."""

import base64
import struct
from dataclasses import asdict, fields
from operator import attrgetter, itemgetter
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from driver_monitor.classifiers.state import Distraction, DriverState, Fatigue, Stress
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.face.packing import pack, unpack
from driver_monitor.signals.blink import Blink
from driver_monitor.signals.signals import NAMES, Signals
from driver_monitor.vehicle.speed import Speed, SpeedKnowledge

_VALUES: Final = attrgetter(*NAMES)
_TRACKING: Final = tuple(Tracking)
# t_s, the picture's width and height, tracking, faces, points, blendshapes; then the qualities of the picture.
_HEAD: Final = struct.Struct("<dHHBBHH")
_QUALITY: Final = (
    "luma_mean", "luma_std", "face_luma", "sharpness", "eye_contrast", "eye_luma", "eye_contrast_left",
    "eye_contrast_right", "lip_redness", "lip_darkness", "mouth_line",
)  # fmt: skip
_QUALITIES: Final = struct.Struct(f"<{len(_QUALITY)}d")
_QUALITY_OF: Final = attrgetter(*_QUALITY)
_KNOWN: Final = {f.name for f in fields(Signals)}
_ORDERED: Final = itemgetter(*(f.name for f in fields(Signals)))
_PUT: Final = tuple(getattr(Signals, f.name).__set__ for f in fields(Signals))


def _plain(value: Any) -> Any:
    """numpy's numbers, exactly."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be recorded")


def to_json(record: Any) -> bytes:
    """Compact JSON; NaN and infinities become null, floats keep every digit."""
    return orjson.dumps(record, default=_plain)


def signals_bytes(signals: Signals) -> bytes:
    record = dict(zip(NAMES, _VALUES(signals), strict=True))
    blink = signals.completed_blink
    record["completed_blink"] = None if blink is None else asdict(blink)
    return to_json(record)


def read_signals(data: bytes) -> Signals:
    """Raises ValueError, TypeError or KeyError for bytes that are no signals; fields of a newer version are left out,
    those that an older one did not have keep their defaults."""
    record = orjson.loads(data)
    blink = record["completed_blink"]
    if blink is not None:
        record["completed_blink"] = Blink(**blink)
    if record.keys() != _KNOWN:
        return Signals(**{name: value for name, value in record.items() if name in _KNOWN})
    # What the frozen dataclass' own constructor does, four times as fast: an hour has a hundred thousand frames.
    signals = object.__new__(Signals)
    for put, value in zip(_PUT, _ORDERED(record), strict=True):
        put(signals, value)
    return signals


def estimates_bytes(state: DriverState) -> bytes:
    return to_json(
        {
            "fatigue": None if state.fatigue is None else asdict(state.fatigue),
            "stress": None if state.stress is None else asdict(state.stress),
            "distraction": None if state.distraction is None else asdict(state.distraction),
            "expression": state.expression,
        }
    )


def read_estimates(data: bytes) -> dict[str, Any]:
    """The estimates of a :class:`DriverState`, by their names there."""
    record = orjson.loads(data)
    found: dict[str, Any] = {"expression": record.get("expression")}
    for name, kind in (("fatigue", Fatigue), ("stress", Stress), ("distraction", Distraction)):
        values = record.get(name)
        known = {f.name for f in fields(kind)}
        found[name] = None if values is None else kind(**{k: v for k, v in values.items() if k in known})
    return found


def speed_bytes(speed: Speed) -> bytes:
    return to_json({"speed_kmh": speed.kmh, "speed": speed.knowledge.value})


def read_speed(data: bytes) -> Speed:
    record = orjson.loads(data)
    return Speed(record["speed_kmh"], SpeedKnowledge(record["speed"]))


def landmarks_bytes(observation: FaceObservation) -> bytes:
    """An observation: a head, eleven float64 qualities, then (while a face is tracked) landmarks int16 [n, 3] as in
    :mod:`driver_monitor.face.packing`, blendshapes float32 [m] and the matrix float32 [4, 4]; little endian."""
    seen = observation
    points = 0 if seen.landmarks is None else len(seen.landmarks)
    shapes = 0 if seen.blendshapes is None else len(seen.blendshapes)
    tracking = _TRACKING.index(seen.tracking)
    faces = min(255, seen.faces)
    head = _HEAD.pack(seen.t_s, seen.width_px, seen.height_px, tracking, faces, points, shapes)
    parts = [head, _QUALITIES.pack(*_QUALITY_OF(seen))]
    if seen.landmarks is not None and seen.blendshapes is not None and seen.matrix is not None:
        parts += [
            pack(seen.landmarks).astype("<i2").tobytes(),
            seen.blendshapes.astype("<f4").tobytes(),
            seen.matrix.astype("<f4").tobytes(),
        ]
    return b"".join(parts)


def read_landmarks(data: bytes) -> FaceObservation:
    """Raises struct.error, ValueError or IndexError for bytes that are none."""
    t_s, width_px, height_px, tracking, faces, points, shapes = _HEAD.unpack_from(data)
    quality = dict(zip(_QUALITY, _QUALITIES.unpack_from(data, _HEAD.size), strict=True))
    at = _HEAD.size + _QUALITIES.size
    face: dict[str, Any] = {}
    if points:
        face["landmarks"] = unpack(np.frombuffer(data, "<i2", points * 3, at).reshape(points, 3))
        at += points * 6
        face["blendshapes"] = np.frombuffer(data, "<f4", shapes, at).astype(np.float32)
        at += shapes * 4
        face["matrix"] = np.frombuffer(data, "<f4", 16, at).reshape(4, 4).astype(np.float32)
    return FaceObservation(t_s, _TRACKING[tracking], width_px, height_px, faces, **face, **quality)


def video_bytes(image: NDArray[np.uint8], at_ns: int, quality: int) -> bytes:
    """A picture uint8 [h, w, 3] RGB as a foxglove.CompressedImage."""
    import cv2  # noqa: PLC0415  (only a drive with video pays for it)

    _, jpeg = cv2.imencode(".jpg", image[:, :, ::-1], (cv2.IMWRITE_JPEG_QUALITY, quality))
    sec, nsec = divmod(at_ns, 10**9)
    data = base64.b64encode(jpeg.tobytes()).decode("ascii")
    return to_json({"timestamp": {"sec": sec, "nsec": nsec}, "frame_id": "camera", "data": data, "format": "jpeg"})


def read_jpeg(data: bytes) -> bytes:
    """The JPEG of :func:`video_bytes`."""
    return base64.b64decode(orjson.loads(data)["data"], validate=True)


def decoded(jpeg: bytes) -> NDArray[np.uint8]:
    """uint8 [h, w, 3] RGB; raises ValueError for what is no picture."""
    import cv2  # noqa: PLC0415

    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("not a JPEG picture")
    return np.ascontiguousarray(image[:, :, ::-1])
