"""What one frame's face measures, before anything is known of the driver: ratios, head pose, blendshapes."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from driver_monitor.face.blendshapes import INDEX
from driver_monitor.face.observation import FaceObservation
from driver_monitor.signals.head_pose import HeadPose, head_pose
from driver_monitor.signals.landmarks import FaceRatios, face_ratios

_SINGLE: Final = ("browInnerUp", "jawOpen")
_PAIRED: Final = ("eyeBlink", "browDown", "mouthFrown", "mouthPress", "mouthSmile", "eyeLookUp", "eyeLookDown")
_COLUMNS: Final = np.array(
    [
        *(INDEX[name] for name in _SINGLE),
        *(INDEX[f"{name}{side}"] for name in _PAIRED for side in ("Left", "Right")),
    ]
)


@dataclass(frozen=True, slots=True)
class Expression:
    """Blendshapes 0..1, the mean of both sides where there are two."""

    brow_inner_up: float = 0.0
    jaw_open: float = 0.0
    blink: float = 0.0
    brow_down: float = 0.0
    mouth_frown: float = 0.0
    mouth_press: float = 0.0
    smile: float = 0.0
    look_up: float = 0.0
    look_down: float = 0.0


@dataclass(frozen=True, slots=True)
class FaceMeasures:
    ratios: FaceRatios
    pose: HeadPose
    expression: Expression

    @property
    def iris(self) -> float:
        """Mean iris offset of both eyes, share of the eye's width, positive to the driver's left."""
        return (self.ratios.iris_left + self.ratios.iris_right) / 2


def measure(observation: FaceObservation) -> FaceMeasures | None:
    """None where there is no face, or where what the tracker gave is not a face's shape."""
    if observation.blendshapes is None:
        return None
    ratios, pose = face_ratios(observation), head_pose(observation.matrix)
    if ratios is None or pose is None:
        return None
    shapes: list[float] = observation.blendshapes.take(_COLUMNS).tolist()
    if not math.isfinite(sum(shapes)):
        return None
    pairs = shapes[len(_SINGLE) :]
    means = [(left + right) / 2 for left, right in zip(pairs[::2], pairs[1::2], strict=True)]
    return FaceMeasures(ratios, pose, Expression(*shapes[: len(_SINGLE)], *means))
