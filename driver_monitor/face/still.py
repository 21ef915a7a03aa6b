"""Frames in which the face has not changed, and need not be looked at."""

import math
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.follower import Sight

Look = Callable[[NDArray[np.uint8], float], Sight]

# What the comparison misses is seen this much later at most. JUDGEMENT: alerts want eyes closed for 1.5 s and more.
LONGEST_S: Final = 0.2
_SIDE_PX: Final = 64  # the face is compared at this size,
# in so many by so many blocks: lids are a small part of a face. MEASURED (scripts/compare_trackers --skip-still) at 2
# levels: the eye aspect ratio is off by 0.025 at most on faces of 100 px and more.
_BLOCKS: Final = 8


class StillSkipper:
    """Looks at a frame only if some part of the face has changed in brightness since the last one it looked at.

    A frame without change takes the last one's sight over, for ``LONGEST_S`` at most. Where there is no face every
    frame is looked at. Lids that move too slowly to be noticed from frame to frame add up: all are compared with the
    frame that was looked at.
    """

    def __init__(self, look: Look, most_levels: float) -> None:
        """``most_levels`` (0..255): the mean difference of a block of the face up to which it counts as unchanged."""
        self._look = look
        self._most_levels = most_levels
        self._last: Sight | None = None
        self._looked_s = -math.inf
        self._place = (slice(0), slice(0))
        self._shape: tuple[int, ...] = ()
        self._seen = np.empty(0, np.uint8)

    def look(self, image: NDArray[np.uint8], t_s: float) -> Sight:
        """``image`` uint8 [h, w, 3] RGB; ``t_s`` media time."""
        if self._last is not None and self._unchanged(image, t_s):
            return self._last
        sight = self._last = self._look(image, t_s)
        if sight.face is None:
            self._last = None
            return sight
        box = sight.face.box(image)
        width = image.shape[1]
        self._place = (
            _span(box.y * width, box.height * width, image.shape[0]),
            _span(box.x * width, box.width * width, width),
        )
        self._looked_s, self._shape, self._seen = t_s, image.shape, self._small(image)
        return sight

    def _unchanged(self, image: NDArray[np.uint8], t_s: float) -> bool:
        if image.shape != self._shape or not 0.0 < t_s - self._looked_s < LONGEST_S:
            return False
        blocks = cv2.resize(
            cv2.absdiff(self._small(image), self._seen).astype(np.float32),
            (_BLOCKS, _BLOCKS),
            interpolation=cv2.INTER_AREA,
        )
        return bool(blocks.max() <= self._most_levels)

    def _small(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        small = cv2.resize(image[self._place], (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
        return cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)


def _span(middle: float, length: float, end: int) -> slice:
    """The part of a side of the frame that the face covers; one pixel at least."""
    first = min(max(0, round(middle - length / 2)), end - 1)
    return slice(first, max(first + 1, min(end, round(middle + length / 2))))
