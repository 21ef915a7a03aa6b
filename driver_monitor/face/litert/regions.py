"""The square of a frame that a net looks at."""

import math
from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.driver_choice import FaceBox

# How much larger than the face the landmark net's square is, whether a box or landmarks gave the face; MediaPipe's own.
_MARGIN: Final = 1.5
# The outer corners of the eyes, which say how the head leans.
_EYE_CORNERS: Final = (33, 263)


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
    def around_landmarks(cls, points: NDArray[np.float64]) -> Self:
        """Around the landmarks [478, >= 2] in px: where the face is looked for in the next frame."""
        left, top = points[:, :2].min(0).tolist()
        right, bottom = points[:, :2].max(0).tolist()
        (x0, y0), (x1, y1) = points[_EYE_CORNERS, :2].tolist()
        side = _MARGIN * max(right - left, bottom - top)
        return cls((left + right) / 2, (top + bottom) / 2, side, math.atan2(y1 - y0, x1 - x0))

    def axes(self, size_px: int) -> tuple[float, float]:
        """How far (right, down) in the frame, in px, one pixel to the right in a crop of ``size_px`` leads."""
        scale = self.side / size_px
        return math.cos(self.roll_rad) * scale, math.sin(self.roll_rad) * scale

    def crop(self, image: NDArray[np.uint8], into: NDArray[np.uint8], border: int) -> None:
        """Draw the square upright into uint8 [n, n, 3]; ``border`` is OpenCV's way to go on beyond the frame."""
        size = into.shape[0]
        right, down = self.axes(size)
        half = size / 2
        to_frame = np.array(
            (
                (right, -down, self.x - half * right + half * down),
                (down, right, self.y - half * down - half * right),
            )
        )
        cv2.warpAffine(
            image,
            to_frame,
            (size, size),
            dst=into,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=border,
        )
