"""Which of MediaPipe's 478 landmarks make an eye, an iris, a mouth; and the ratios measured on them.

Left and right are the driver's own. Indices: MediaPipe face mesh topology (canonical_face_model_uv_visualization).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.observation import FaceObservation

# Eye points in Soukupova & Cech's order: outer corner, two upper lid, inner corner, two lower lid (2016).
RIGHT_EYE: Final = (33, 160, 158, 133, 153, 144)
LEFT_EYE: Final = (263, 387, 385, 362, 380, 373)
RIGHT_IRIS: Final = 468
LEFT_IRIS: Final = 473
MOUTH: Final = (78, 13, 308, 14)  # inner corners and inner lips: right, top, left, bottom

_INDICES: Final = np.array([*RIGHT_EYE, *LEFT_EYE, RIGHT_IRIS, LEFT_IRIS, *MOUTH])
_Point = list[float]


@dataclass(frozen=True, slots=True)
class FaceRatios:
    """Scale-free measures of one face. ``iris_*`` run from -0.5 to 0.5 of the eye's width, positive to the driver's
    left."""

    ear_left: float
    ear_right: float
    iris_left: float
    iris_right: float
    mouth_opening: float


def face_ratios(observation: FaceObservation) -> FaceRatios | None:
    """None where landmarks are missing, not finite, or collapsed to a point."""
    landmarks = observation.landmarks
    if landmarks is None:
        return None
    scale = np.array((observation.width_px, observation.height_px), dtype=np.float64)
    points: NDArray[np.float64] = landmarks[_INDICES, :2] * scale
    if not np.isfinite(points).all():
        return None
    p: list[_Point] = points.tolist()
    right, left, (iris_right, iris_left), mouth = p[0:6], p[6:12], p[12:14], p[14:18]
    mouth_width = math.dist(mouth[0], mouth[2])
    if min(math.dist(right[0], right[3]), math.dist(left[0], left[3]), mouth_width) < 1.0:
        return None
    return FaceRatios(
        ear_left=_ear(left),
        ear_right=_ear(right),
        # In an upright, un-mirrored picture the driver's left is on the right: along the eye from right to left.
        iris_left=_iris(left[3], left[0], iris_left),
        iris_right=_iris(right[0], right[3], iris_right),
        mouth_opening=math.dist(mouth[1], mouth[3]) / mouth_width,
    )


def _ear(eye: list[_Point]) -> float:
    """Eye aspect ratio, Soukupova & Cech 2016: mean lid distance over eye width."""
    return (math.dist(eye[1], eye[5]) + math.dist(eye[2], eye[4])) / (2 * math.dist(eye[0], eye[3]))


def _iris(from_corner: _Point, to_corner: _Point, iris: _Point) -> float:
    """Where the iris centre falls between the corners, -0.5 at the first and 0.5 at the second."""
    dx, dy = to_corner[0] - from_corner[0], to_corner[1] - from_corner[1]
    return ((iris[0] - from_corner[0]) * dx + (iris[1] - from_corner[1]) * dy) / (dx * dx + dy * dy) - 0.5
