"""Frames of a drive to bytes and back, without losing a bit: what is read back is equal to what was written."""

import base64
import struct
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.body.observation import BodyObservation
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.face.packing import pack, unpack
from driver_monitor.face.skin_sample import SkinSample
from driver_monitor.face.tail import BODY, SKIN, tails, with_tail
from driver_monitor.state.channels import ChannelSignals
from driver_monitor.state.driver_state import Distraction, DriverState, Fatigue, Stress
from driver_monitor.state.senses import Senses
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.vehicle import VehicleInputs

_TRACKING: Final = tuple(Tracking)
# t_s, the picture's width and height, tracking, faces, points, blendshapes; then the qualities of the picture.
_HEAD: Final = struct.Struct("<dHHBBHH")
_QUALITY: Final = (
    "luma_mean", "luma_std", "face_luma", "sharpness", "eye_contrast", "eye_luma", "eye_contrast_left",
    "eye_contrast_right", "lip_redness", "lip_darkness", "mouth_line",
)  # fmt: skip
_QUALITIES: Final = struct.Struct(f"<{len(_QUALITY)}d")
_QUALITY_OF: Final = attrgetter(*_QUALITY)


@dataclass(frozen=True, slots=True)
class Estimates:
    """What the classifiers say, as in :class:`DriverState`."""

    fatigue: Fatigue | None = None
    stress: Stress | None = None
    distraction: Distraction | None = None
    expression: dict[str, float] | None = None


class _Vehicle(msgspec.Struct, frozen=True, omit_defaults=True):
    speed_kmh: float | None
    speed: SpeedKnowledge
    speed_source: str = ""
    inputs: VehicleInputs | None = None


def _plain(value: Any) -> Any:
    """numpy's numbers, exactly."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be recorded")


# Compact JSON: NaN and infinities become null, floats keep every digit. Decoding leaves out fields of a newer version,
# and those that an older one did not have keep their defaults.
_ENCODER: Final = msgspec.json.Encoder(enc_hook=_plain)
_SIGNALS: Final = msgspec.json.Decoder(Signals)
_ESTIMATES: Final = msgspec.json.Decoder(Estimates)
_CHANNELS: Final = msgspec.json.Decoder(ChannelSignals)
_SENSES: Final = msgspec.json.Decoder(Senses)
_VEHICLE: Final = msgspec.json.Decoder(_Vehicle)
_ANY: Final = msgspec.json.Decoder()
to_json: Final = _ENCODER.encode
from_json: Final = _ANY.decode
signals_bytes: Final[Callable[[Signals], bytes]] = _ENCODER.encode
read_signals: Final[Callable[[bytes], Signals]] = _SIGNALS.decode
read_estimates: Final[Callable[[bytes], Estimates]] = _ESTIMATES.decode
channels_bytes: Final[Callable[[ChannelSignals], bytes]] = _ENCODER.encode
read_channels: Final[Callable[[bytes], ChannelSignals]] = _CHANNELS.decode
senses_bytes: Final[Callable[[Senses], bytes]] = _ENCODER.encode
read_senses: Final[Callable[[bytes], Senses]] = _SENSES.decode


def estimates_bytes(state: DriverState) -> bytes:
    return to_json(Estimates(state.fatigue, state.stress, state.distraction, state.expression))


def vehicle_bytes(speed: Speed, inputs: VehicleInputs | None = None) -> bytes:
    """Without ``inputs`` where the car tells nothing but its speed, and without a source where none measures it."""
    return to_json(_Vehicle(speed.kmh, speed.knowledge, speed.source, inputs))


def read_vehicle(data: bytes) -> tuple[Speed, VehicleInputs | None]:
    vehicle = _VEHICLE.decode(data)
    return Speed(vehicle.speed_kmh, vehicle.speed, vehicle.speed_source), vehicle.inputs


def landmarks_bytes(observation: FaceObservation) -> bytes:
    """An observation: a head, eleven float64 qualities, then (while a face is tracked) landmarks int16 [n, 3] as in
    :mod:`driver_monitor.face.packing`, blendshapes float32 [m] and the matrix float32 [4, 4], and what
    :mod:`driver_monitor.face.tail` puts at the end (skin and body, where they are looked at); little endian."""
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
    if seen.skin is not None:
        parts += with_tail(SKIN, seen.skin.to_bytes())
    if seen.body is not None:
        parts += with_tail(BODY, seen.body.to_bytes())
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
        at += 16 * 4
    ends = tails(data, at)
    if SKIN in ends:
        face["skin"] = SkinSample.from_bytes(ends[SKIN])
    if BODY in ends:
        face["body"] = BodyObservation.from_bytes(ends[BODY])
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
    return base64.b64decode(from_json(data)["data"], validate=True)
