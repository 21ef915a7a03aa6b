"""The square of a frame that a net looks at."""

import math
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.driver_choice import FaceBox
from driver_monitor.face.litert.landmarks import Landmarks

# How much larger than the face the landmark net's square is, whether a box or landmarks gave the face; MediaPipe's own.
_MARGIN: Final = 1.5
# The outer corners of the eyes, which say how the head leans.
_EYE_CORNERS: Final = [33, 263]


@dataclass(frozen=True, slots=True)
class Region:
    """A square with centre and ``side`` in px, turned clockwise by ``roll_rad`` (its upper side is where a face's
    forehead is)."""

    x: float
    y: float
    side: float
    roll_rad: float = 0.0

    @classmethod
    def around_box(cls, box: FaceBox, width_px: int) -> Self:
        """Around a detected face."""
        side = _MARGIN * max(box.width, box.height) * width_px
        return cls(box.x * width_px, box.y * width_px, side, box.roll_rad)

    @classmethod
    def around_landmarks(cls, landmarks: Landmarks) -> Self:
        """Where the face is looked for in the next frame."""
        (x0, x1), (y0, y1) = landmarks.points[:2, _EYE_CORNERS].tolist()
        return cls(*landmarks.centre, _MARGIN * max(landmarks.extent), math.atan2(y1 - y0, x1 - x0))

    def axes(self, size_px: int) -> tuple[float, float]:
        """How far (right, down) in the frame, in px, one pixel to the right in a crop of ``size_px`` leads."""
        scale = self.side / size_px
        return math.cos(self.roll_rad) * scale, math.sin(self.roll_rad) * scale

    def in_frame(self, points: NDArray[np.float64], size_px: int) -> NDArray[np.float64]:
        """Places float64 [..., 2] in px of a crop of ``size_px``, in px of the frame."""
        right, down = self.axes(size_px)
        to_frame = np.array(((right, down), (-down, right)))
        placed: NDArray[np.float64] = (points - size_px / 2) @ to_frame + np.array((self.x, self.y))
        return placed
