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

_INTERPOLATED_PX: Final = 2  # pixels beyond a place that its interpolation and rounding may read


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
        """Draw the square upright into uint8 [n, n, 3]; ``border`` is OpenCV's way to go on beyond the frame.

        Pixels are taken from places rounded to 1/32 px, as MediaPipe's own OpenCV does: exact places would move a small
        face's landmarks by up to 0.15 % of its width.
        """
        size = into.shape[0]
        right, down = self.axes(size)
        rows, columns = self._reached(image)
        # Copied in order, the pixels are in the cache when they are read aslant: half of the time of all this.
        part = image[rows, columns].copy()
        steps = np.arange(size, dtype=np.float32) - size / 2
        across = np.add.outer(steps * -down, steps * right + (self.x - columns.start))
        downwards = np.add.outer(steps * right, steps * down + (self.y - rows.start))
        whole_px, fractions = cv2.convertMaps(across, downwards, cv2.CV_16SC2)
        cv2.remap(part, whole_px, fractions, cv2.INTER_LINEAR, dst=into, borderMode=border)

    def _reached(self, image: NDArray[np.uint8]) -> tuple[slice, slice]:
        """Rows and columns of the frame that the square touches; at least one of each."""
        reach = self.side / 2 * (abs(math.cos(self.roll_rad)) + abs(math.sin(self.roll_rad))) + _INTERPOLATED_PX
        return _within(self.y, reach, image.shape[0]), _within(self.x, reach, image.shape[1])


def _within(middle: float, reach: float, length: int) -> slice:
    first = min(max(0, math.floor(middle - reach)), length - 1)
    return slice(first, max(first + 1, min(length, math.ceil(middle + reach))))
