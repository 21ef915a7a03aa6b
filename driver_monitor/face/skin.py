"""The colour of the skin of forehead and cheeks, from which a pulse can be had."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.skin_sample import SkinSample
from driver_monitor.parameter import defined, judged

FOREHEAD: Final = defined(
    (69, 299, 336, 107), "corners of the forehead that a fringe seldom hides", "MediaPipe face mesh", unit="index"
)
CHEEKS: Final = defined(
    ((117, 100, 36, 187), (346, 329, 266, 411)), "corners of the cheeks over a beard", "MediaPipe face mesh",
    unit="index",
)  # fmt: skip
_WIDTH_PX: Final = judged(48, "samples across a region: the mean of 1500 brings sensor noise below 0.1 levels")
_HEIGHT_PX: Final = judged(32, "samples down a region")
_HIGHLIGHT: Final = judged(1.3, "brighter than this many times the region's median is a highlight", unit="ratio")
_SHADE: Final = judged(0.7, "darker than this share of it is hair, a frame of glasses or a shadow's edge", unit="ratio")
_CLIPPED: Final = judged(250, "a channel from here on is at the end of its range", unit="0..255")
_MOVED: Final = judged(4.0, "a pixel has moved that changed this many times as much as the others did", unit="ratio")
_STILL: Final = judged(6.0, "changes up to this are the sensor's noise", unit="0..255")
_REGIONS: Final = np.array((FOREHEAD, *CHEEKS))
_SQUARE: Final = np.array(
    ((0, 0), (_WIDTH_PX - 1, 0), (_WIDTH_PX - 1, _HEIGHT_PX - 1), (0, _HEIGHT_PX - 1)), np.float32
)
_NAN: Final = float("nan")


class SkinGauge:
    """Measures frame by frame; remembers the last one to tell what moves.

    Each region is drawn onto the same grid by its four landmarks, so that a moving head moves nothing there.
    """

    def __init__(self) -> None:
        self._before: NDArray[np.uint8] | None = None

    def measure(self, image: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> SkinSample:
        """``image`` uint8 [h, w, 3] RGB, ``landmarks`` float32 [478, 3] in shares of it."""
        height, width = image.shape[:2]
        corners = landmarks[_REGIONS, :2] * np.array((width, height), np.float32)
        inside = np.all((corners >= 0) & (corners < (width, height)), axis=(1, 2))  # False for NaN
        patches = np.zeros((3, _HEIGHT_PX, _WIDTH_PX, 3), np.uint8)
        for region in np.flatnonzero(inside).tolist():
            cv2.warpPerspective(
                image,
                cv2.getPerspectiveTransform(corners[region], _SQUARE),
                (_WIDTH_PX, _HEIGHT_PX),
                dst=patches[region],
            )
        flat = patches.reshape(3, -1, 3)
        green = flat[:, :, 1]
        clipped = flat.max(2) >= _CLIPPED
        level = np.median(green, axis=1, keepdims=True)
        good = inside[:, None] & ~clipped & (green < _HIGHLIGHT * level) & (green > _SHADE * level)
        if self._before is not None:
            change = cv2.absdiff(green, self._before)
            good &= change <= np.maximum(_STILL, _MOVED * np.median(change, axis=1, keepdims=True))
        self._before = np.ascontiguousarray(green)
        looked_at = max(1, int(inside.sum())) * green.shape[1]
        return SkinSample(
            *_mean(flat[:1], good[:1]),
            *_mean(flat[1:], good[1:]),
            _single(int(good.sum()) / looked_at),
            _single(int((clipped & inside[:, None]).sum()) / looked_at),
        )


def _mean(colours: NDArray[np.uint8], good: NDArray[np.bool_]) -> tuple[float, float, float]:
    if not good.any():
        return (_NAN, _NAN, _NAN)
    red, green, blue = cv2.mean(np.ascontiguousarray(colours), good.astype(np.uint8))[:3]
    return _single(red), _single(green), _single(blue)


def _single(value: float) -> float:
    return float(np.float32(value))
