"""How bright and how sharp a picture is, at a cost far below that of finding the face."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

_SAMPLES_ACROSS = 80  # columns looked at for the brightness of the whole picture
_FACE_WIDTH_PX = 64  # the size at which sharpness is compared, whatever the camera


class FaceQuality(NamedTuple):
    luma: float
    sharpness: float


def brightness(image: NDArray[np.uint8]) -> tuple[float, float]:
    """Mean and standard deviation (0..255) of the luma of a uint8 [h, w, 3] RGB picture, from every n-th pixel."""
    step = max(1, image.shape[1] // _SAMPLES_ACROSS)
    start = min(step // 2, image.shape[0] - 1, image.shape[1] - 1)
    sample = np.ascontiguousarray(image[start::step, start::step])
    mean, deviation = cv2.meanStdDev(cv2.cvtColor(sample, cv2.COLOR_RGB2GRAY))
    return float(mean[0, 0]), float(deviation[0, 0])


def face_quality(image: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> FaceQuality:
    """Mean luma and variance of the Laplacian of the face box, the latter scaled to 64 px width.

    ``landmarks`` float32 [n, >= 2] in shares of the picture. Both values are NaN when the box lies outside it.
    """
    height, width = image.shape[:2]
    across, down = landmarks[:, 0] * width, landmarks[:, 1] * height
    left, right = int(across.min()), int(across.max()) + 1
    top, bottom = int(down.min()), int(down.max()) + 1
    box = image[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    if box.shape[0] < 2 or box.shape[1] < 2:
        return FaceQuality(float("nan"), float("nan"))
    rows = min(4 * _FACE_WIDTH_PX, max(2, round(box.shape[0] * _FACE_WIDTH_PX / box.shape[1])))
    if box.shape[1] > 2 * _FACE_WIDTH_PX:  # averaging a large box straight away costs eight times as much
        box = cv2.resize(box, (2 * _FACE_WIDTH_PX, 2 * rows), interpolation=cv2.INTER_LINEAR).astype(
            np.uint8, copy=False
        )
    grey = cv2.cvtColor(np.ascontiguousarray(box), cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_FACE_WIDTH_PX, rows), interpolation=cv2.INTER_AREA)
    _, deviation = cv2.meanStdDev(cv2.Laplacian(small, cv2.CV_16S))
    return FaceQuality(float(cv2.mean(small)[0]), float(deviation[0, 0]) ** 2)
