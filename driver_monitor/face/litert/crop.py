"""A square of a frame, drawn upright at the size that a net reads."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.litert.regions import Region

_ONE_MAP: Final = np.empty(0, np.float32)  # OpenCV's "x and y are in the first map"


class Crop:
    """Draws one square after another into the same memory.

    ``border`` is OpenCV's way to go on beyond the frame.
    """

    def __init__(self, size_px: int, border: int) -> None:
        self.size_px: Final = size_px
        self._border = border
        steps = np.arange(size_px, dtype=np.float32) - size_px / 2
        self._grid: Final = np.stack(np.meshgrid(steps, steps), axis=-1).astype(np.float32)
        self._places = np.empty_like(self._grid)
        self._whole_px = np.empty((size_px, size_px, 2), np.int16)
        self._fractions = np.empty((size_px, size_px), np.uint16)
        self._pixels = np.empty((size_px, size_px, 3), np.uint8)

    def draw(self, image: NDArray[np.uint8], region: Region) -> NDArray[np.uint8]:
        """uint8 [size_px, size_px, 3], there until the next square is drawn.

        Pixels are taken from places rounded to 1/32 px, as MediaPipe's own OpenCV does: exact places would move a small
        face's landmarks by up to 0.15 % of its width.
        """
        right, down = region.axes(self.size_px)
        to_frame = np.array(((right, -down, region.x), (down, right, region.y)), np.float32)
        cv2.transform(self._grid, to_frame, dst=self._places)
        cv2.convertMaps(self._places, _ONE_MAP, cv2.CV_16SC2, dstmap1=self._whole_px, dstmap2=self._fractions)
        cv2.remap(image, self._whole_px, self._fractions, cv2.INTER_LINEAR, dst=self._pixels, borderMode=self._border)
        return self._pixels
