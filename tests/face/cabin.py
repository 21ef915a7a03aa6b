"""Pictures of a car's cabin, put together from a public-domain portrait."""

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

WIDTH, HEIGHT = 960, 540
# The astronaut's head and shoulders; the face is in the middle, 0.45 of the width.
_HEAD = (slice(0, 240), slice(105, 345))


def portrait() -> Picture:
    return np.ascontiguousarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]


def cabin(*people: tuple[float, int]) -> Picture:
    """A grey cabin with one head each at (centre as share of the picture's width, width of the pasted square in px)."""
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    head = portrait()[_HEAD]
    for centre, size in people:
        pasted = cv2.resize(head, (size, size), interpolation=cv2.INTER_AREA)
        left = round(centre * WIDTH) - size // 2
        top = (HEIGHT - size) // 2
        first, last = max(0, left), min(WIDTH, left + size)
        picture[top : top + size, first:last] = pasted[:, first - left : last - left]
    return picture
