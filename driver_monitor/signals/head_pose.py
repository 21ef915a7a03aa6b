"""Head angles, directions and what turns one into another. The one place that defines the sign of an angle.

Angles are those of a rotation made in this order: yaw about the vertical, pitch about the ears, roll about the nose.
So yaw and pitch are where the nose points, and roll is the lean of the crown seen along that direction.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Rows = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Degrees; yaw positive to the driver's left, pitch positive up, roll positive to the driver's left shoulder.

    Towards the camera 0 is a face that looks into it; from neutral 0 is the driver's own look at the road.
    """

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


def head_pose(matrix: NDArray[np.float32] | None) -> HeadPose | None:
    """The pose towards the camera of ``matrix`` [4, 4] as in FaceObservation; None where it is missing or not finite.

    The picture is not mirrored, so its right is the driver's left.
    """
    if matrix is None:
        return None
    rows: list[list[float]] = matrix.tolist()
    if not all(map(math.isfinite, chain.from_iterable(rows))):
        return None
    (a, b, c, _), (d, e, f, _), (g, h, i, _), _ = rows
    return _angles(((a, b, c), (d, e, f), (g, h, i)))


def from_neutral(pose: HeadPose, neutral: HeadPose) -> HeadPose:
    """The head's turn away from ``neutral``, both given towards the camera.

    Rotations compose, angles do not add up: before a camera 25 deg to the left and 15 deg below, a look at a mirror
    58 deg to the right and 8 deg down measures 55 and 20. Undoing the neutral rotation gives the angles in the car,
    wherever the camera hangs and however it leans.
    """
    (a, b, c), (d, e, f), (g, h, i) = _lasting(neutral)
    (rx, ux, nx), (ry, uy, ny), (rz, uz, nz) = _rotation(pose)
    turn = _angles(
        (
            (a * rx + d * ry + g * rz, a * ux + d * uy + g * uz, a * nx + d * ny + g * nz),
            (b * rx + e * ry + h * rz, b * ux + e * uy + h * uz, b * nx + e * ny + h * nz),
            (c * rx + f * ry + i * rz, c * ux + f * uy + i * uz, c * nx + f * ny + i * nz),
        )
    )
    assert turn is not None  # a product of rotations has a nose of length one
    return turn


def towards_camera(camera: HeadPose) -> HeadPose:
    """How a head that looks at the road is seen by a camera in the direction ``camera`` from the driver's eyes, that
    leans by ``camera.roll_deg`` towards the driver's left."""
    return from_neutral(HeadPose(0.0, 0.0, 0.0), camera)


def off_camera_deg(pose: HeadPose) -> float:
    """The angle between the nose and the direction of the camera, 0..180, of a pose towards the camera."""
    cosine = math.cos(math.radians(pose.yaw_deg)) * math.cos(math.radians(pose.pitch_deg))
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def gaze_direction(head: HeadPose, eye_yaw_deg: float, eye_pitch_deg: float) -> tuple[float, float]:
    """Yaw and pitch, degrees, in which eyes turned by these angles in a head turned by ``head`` look.

    A tilted head tilts the eyes' angles with it.
    """
    yaw, pitch = math.radians(eye_yaw_deg), math.radians(eye_pitch_deg)
    to_left, up, out = math.sin(yaw) * math.cos(pitch), math.sin(pitch), math.cos(yaw) * math.cos(pitch)
    (a, b, c), (d, e, f), (g, h, i) = _rotation(head)
    x, y, z = a * to_left + b * up + c * out, d * to_left + e * up + f * out, g * to_left + h * up + i * out
    return math.degrees(math.atan2(x, z)), math.degrees(math.asin(max(-1.0, min(1.0, y))))


def carried(direction: tuple[float, float, float], start: HeadPose, end: HeadPose) -> tuple[float, float, float]:
    """Where a direction in the camera's axes goes when all that is seen turns as the head does from one pose to the
    other; this is what a turn of the camera itself looks like."""
    nose = [sum(row[i] * part for row, part in zip(_rotation(start), direction, strict=True)) for i in range(3)]
    x, y, z = (sum(part * along for part, along in zip(row, nose, strict=True)) for row in _rotation(end))
    return x, y, z


def turn_deg(start: HeadPose, end: HeadPose) -> float:
    """The angle of the one rotation that leads from a pose to the other."""
    (a, b, c), (d, e, f), (g, h, i) = _lasting(start)
    (rx, ux, nx), (ry, uy, ny), (rz, uz, nz) = _lasting(end)
    trace = a * rx + b * ux + c * nx + d * ry + e * uy + f * ny + g * rz + h * uz + i * nz
    return math.degrees(math.acos(max(-1.0, min(1.0, (trace - 1) / 2))))


def _rotation(pose: HeadPose) -> Rows:
    """The pose's rotation matrix, rows: x to the driver's left, y up, z out of the face."""
    yaw, pitch, roll = math.radians(pose.yaw_deg), math.radians(pose.pitch_deg), math.radians(pose.roll_deg)
    cy, sy, cp, sp, cr, sr = (
        math.cos(yaw),
        math.sin(yaw),
        math.cos(pitch),
        math.sin(pitch),
        math.cos(roll),
        math.sin(roll),
    )
    return (
        (cy * cr + sy * sp * sr, cy * sr - sy * sp * cr, sy * cp),
        (-cp * sr, cp * cr, sp),
        (-sy * cr + cy * sp * sr, -sy * sr - cy * sp * cr, cy * cp),
    )


# A neutral pose holds for many frames, and what was seen in the last seconds is compared again and again.
_lasting = lru_cache(maxsize=64)(_rotation)


def _angles(rotation: Rows) -> HeadPose | None:
    """None where the third column, the nose, has no length."""
    (right, _, x), (across, _, y), (depth, _, z) = rotation
    length = math.sqrt(x * x + y * y + z * z)
    if length < 1e-6:
        return None
    yaw = math.atan2(x, z)
    pitch = math.asin(max(-1.0, min(1.0, y / length)))
    # The ear-to-ear axis without yaw and pitch leaves roll alone.
    cy, sy, cp, sp = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch)
    level = right * cy - depth * sy
    along = -sp * sy * right + cp * across - sp * cy * depth
    return HeadPose(math.degrees(yaw), math.degrees(pitch), math.degrees(math.atan2(-along, level)))
