"""Which of MediaPipe's 478 landmarks make an eye, an iris, a mouth; and the ratios measured on them.

Left and right are the driver's own. Indices: MediaPipe face mesh topology (canonical_face_model_uv_visualization).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.mesh import LEFT_EYE, RIGHT_EYE
from driver_monitor.face.observation import FaceObservation

RIGHT_IRIS: Final = 468
LEFT_IRIS: Final = 473
MOUTH: Final = (78, 13, 308, 14)  # inner corners and inner lips: right, top, left, bottom

_INDICES: Final = np.array([*RIGHT_EYE, *LEFT_EYE, RIGHT_IRIS, LEFT_IRIS, *MOUTH])
_Point = list[float]
_OUTSIDE: Final = 1.0  # landmarks further outside the picture, in its sizes, are not a face in it
_MAX_EAR: Final = 1.0  # wider open than wide: measured eyes stay under half of that
_TO_CAMERA: Final = np.array((1.0, -1.0, -1.0))  # picture axes (y down, z away) to the matrix's (y up, z to the camera)


@dataclass(frozen=True, slots=True)
class FaceRatios:
    """Scale-free measures of one face. ``iris_*`` run from -0.5 to 0.5 of the eye's width, positive to the driver's
    left; ``iris_rise`` is the irises' height over the line between the corners, eye widths, the mean of both eyes."""

    ear_left: float
    ear_right: float
    iris_left: float
    iris_right: float
    iris_rise: float
    mouth_opening: float


def face_ratios(observation: FaceObservation) -> FaceRatios | None:
    """None where landmarks are missing or not a face's: not finite, far outside the picture, collapsed to a point,
    mirrored against the head's own axes, or with eyes that no face has."""
    landmarks, matrix = observation.landmarks, observation.matrix
    if landmarks is None or matrix is None:
        return None
    scale = np.array((observation.width_px, observation.height_px, observation.width_px), dtype=np.float64)
    points: NDArray[np.float64] = landmarks[_INDICES] * scale
    if not np.isfinite(points).all() or np.abs(landmarks[_INDICES, :2] - 0.5).max() > 0.5 + _OUTSIDE:
        return None
    p: list[_Point] = points.tolist()
    right, left, (iris_right, iris_left), mouth = p[0:6], p[6:12], p[12:14], p[14:18]
    mouth_width = math.dist(mouth[0][:2], mouth[2][:2])
    if min(math.dist(right[0][:2], right[3][:2]), math.dist(left[0][:2], left[3][:2]), mouth_width) < 1.0:
        return None
    # The face's own x axis, to the driver's left, in picture axes.
    across: _Point = (matrix[:3, 0] * _TO_CAMERA).tolist()
    up: _Point = (matrix[:3, 1] * _TO_CAMERA).tolist()
    if sum((b - a) * axis for a, b, axis in zip(right[0], left[0], across, strict=True)) <= 0:
        return None
    ear_left, ear_right = _ear(left), _ear(right)
    if max(ear_left, ear_right) > _MAX_EAR:
        return None
    return FaceRatios(
        ear_left=ear_left,
        ear_right=ear_right,
        iris_left=_iris(left[3], left[0], iris_left, across),
        iris_right=_iris(right[0], right[3], iris_right, across),
        iris_rise=(_iris(left[3], left[0], iris_left, up) + _iris(right[0], right[3], iris_right, up)) / 2,
        mouth_opening=math.dist(mouth[1][:2], mouth[3][:2]) / mouth_width,
    )


def _ear(eye: list[_Point]) -> float:
    """Eye aspect ratio in the picture, Soukupova & Cech 2016: mean lid distance over eye width."""
    outer, upper_outer, upper_inner, inner, lower_inner, lower_outer = (point[:2] for point in eye)
    return (math.dist(upper_outer, lower_outer) + math.dist(upper_inner, lower_inner)) / (2 * math.dist(outer, inner))


def _iris(from_corner: _Point, to_corner: _Point, iris: _Point, axis: _Point) -> float:
    """How far the iris centre lies from between the corners along an axis of the face, over the eye's width.

    In three dimensions: the iris stands out from the line between the corners, so that in the picture it moves
    sideways when the head turns. Along the face's own axes it does not.
    """
    off = sum((i - (a + b) / 2) * part for i, a, b, part in zip(iris, from_corner, to_corner, axis, strict=True))
    return off / math.dist(from_corner, to_corner)
