"""Head angles from MediaPipe's facial transformation matrix. The one place that defines the sign of an angle."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Degrees towards the camera, 0 = facing it. Yaw positive to the driver's left, pitch positive up, roll positive
    to the driver's left shoulder."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


def head_pose(matrix: NDArray[np.float32] | None) -> HeadPose | None:
    """``matrix`` [4, 4] as in FaceObservation; None where it is missing or not finite.

    Yaw and pitch are the direction of the nose, roll the lean of the crown seen along that direction. The picture is
    not mirrored, so its right is the driver's left.
    """
    if matrix is None or not np.isfinite(matrix).all():
        return None
    rotation = matrix[:3, :3].tolist()
    nose = [row[2] for row in rotation]
    length = math.hypot(*nose)
    if length < 1e-6:
        return None
    yaw = math.atan2(nose[0], nose[2])
    pitch = math.asin(max(-1.0, min(1.0, nose[1] / length)))
    # The face's x axis without yaw and pitch leaves roll alone.
    level = (math.cos(yaw), 0.0, -math.sin(yaw))
    upright = (-math.sin(pitch) * math.sin(yaw), math.cos(pitch), -math.sin(pitch) * math.cos(yaw))
    ear_to_ear = [row[0] for row in rotation]
    across = sum(a * b for a, b in zip(ear_to_ear, level, strict=True))
    along = sum(a * b for a, b in zip(ear_to_ear, upright, strict=True))
    return HeadPose(math.degrees(yaw), math.degrees(pitch), math.degrees(math.atan2(-along, across)))
