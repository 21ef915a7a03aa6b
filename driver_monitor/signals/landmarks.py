"""Which of MediaPipe's 478 landmarks make an eye, an iris, a mouth; and the ratios measured on them.

Left and right are the driver's own. Indices: MediaPipe face mesh topology (canonical_face_model_uv_visualization).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from driver_monitor.face.mesh import LEFT_EYE, RIGHT_EYE
from driver_monitor.face.observation import FaceObservation
from driver_monitor.parameter import defined, judged

RIGHT_IRIS: Final = defined(468, "centre of the right iris", "MediaPipe face mesh", unit="index")
LEFT_IRIS: Final = defined(473, "centre of the left iris", "MediaPipe face mesh", unit="index")
MOUTH: Final = defined(
    (78, 13, 308, 14), "inner corners and inner lips: right, top, left, bottom", "MediaPipe face mesh", unit="index"
)

_INDICES: Final = np.array([*RIGHT_EYE, *LEFT_EYE, RIGHT_IRIS, LEFT_IRIS, *MOUTH])
_Point = tuple[float, float, float]  # px; x and y in the picture, z away from the camera
_LOWEST: Final = judged(-1.0, "no face has landmarks further outside the frame, 0..1", unit="frames")
_HIGHEST: Final = judged(2.0, "the same at its other end", unit="frames")
_MAX_EAR: Final = judged(1.0, "wider open than wide: measured eyes stay under half of that", unit="EAR")


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
    width, height = float(observation.width_px), float(observation.height_px)
    p: list[_Point] = []
    # A few points: plain floats cost less than NumPy's calls.
    for x, y, z in landmarks.take(_INDICES, axis=0).tolist():
        if not (_LOWEST <= x <= _HIGHEST and _LOWEST <= y <= _HIGHEST and math.isfinite(z)):  # NaN included
            return None
        p.append((x * width, y * height, z * width))
    right, left, iris_right, iris_left = p[0:6], p[6:12], p[12], p[13]
    mouth_right, mouth_top, mouth_left, mouth_bottom = p[14:18]
    mouth_width = _apart(mouth_right, mouth_left)
    if min(_apart(right[0], right[3]), _apart(left[0], left[3]), mouth_width) < 1.0:
        return None
    (rx, ux, *_), (ry, uy, *_), (rz, uz, *_), _ = matrix.tolist()
    # The face's own axes, to the driver's left and up, in picture axes: the matrix has y up and z to the camera.
    across, up = (rx, -ry, -rz), (ux, -uy, -uz)
    if _along(right[0], left[0], across) <= 0:
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
        mouth_opening=_apart(mouth_top, mouth_bottom) / mouth_width,
    )


def _apart(one: _Point, other: _Point) -> float:
    """Distance in the picture."""
    return math.hypot(one[0] - other[0], one[1] - other[1])


def _along(start: _Point, end: _Point, axis: _Point) -> float:
    """How far ``end`` lies from ``start`` along the axis."""
    (ax, ay, az), (bx, by, bz), (x, y, z) = start, end, axis
    return (bx - ax) * x + (by - ay) * y + (bz - az) * z


def _ear(eye: list[_Point]) -> float:
    """Eye aspect ratio in the picture, Soukupova & Cech 2016: mean lid distance over eye width."""
    outer, upper_outer, upper_inner, inner, lower_inner, lower_outer = eye
    return (_apart(upper_outer, lower_outer) + _apart(upper_inner, lower_inner)) / (2 * _apart(outer, inner))


def _iris(from_corner: _Point, to_corner: _Point, iris: _Point, axis: _Point) -> float:
    """How far the iris centre lies from between the corners along an axis of the face, over the eye's width.

    In three dimensions: the iris stands out from the line between the corners, so that in the picture it moves
    sideways when the head turns. Along the face's own axes it does not.
    """
    (ax, ay, az), (bx, by, bz) = from_corner, to_corner
    middle = ((ax + bx) / 2, (ay + by) / 2, (az + bz) / 2)
    return _along(middle, iris, axis) / math.dist(from_corner, to_corner)
