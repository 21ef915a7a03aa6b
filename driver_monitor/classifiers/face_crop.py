"""The aligned grey face that the expression net looks at."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.parameter import defined, judged, measured

SIZE_PX: Final = defined(48, "width and height of what the net sees", "FER2013")
MARGIN_PX: Final = judged(2, "around the crop, for sampling")

# Where right eye, left eye and mouth lie in a 48x48 FER2013 picture (x + iy, in its pixels): mean over the faces that
# MediaPipe finds in 1,500 of its Training pictures, made symmetric about the vertical. The net is trained on that
# framing, so a live face is brought to it.
TARGET_PX: Final = measured(
    (15.5 + 18.8j, 32.5 + 18.8j, 24.0 + 36.7j),
    "where right eye, left eye and mouth lie (x + iy)",
    "FER2013: mean of 1,500 Training images",
)

# FaceLandmarker's corners and lid centres of the eyes, and the corners of the mouth.
RIGHT_EYE: Final = defined((33, 133, 159, 145), "corners and lid centres", "MediaPipe face mesh", unit="index")
LEFT_EYE: Final = defined((263, 362, 386, 374), "corners and lid centres", "MediaPipe face mesh", unit="index")
MOUTH: Final = defined((61, 291), "corners of the mouth", "MediaPipe face mesh", unit="index")

_POINTS: Final = np.array([*RIGHT_EYE, *LEFT_EYE, *MOUTH])
_MIN_STEP: Final = judged(0.05, "camera pixels to a pixel of the crop: the whole face in two", unit="ratio")
_ALIAS_FREE_STEP: Final = judged(
    1.5, "bilinear sampling skips pixels when it steps further: larger faces are averaged down first", unit="ratio"
)
_CORNERS_PX: Final = defined(
    (0j, complex(SIZE_PX - 1, 0), complex(0, SIZE_PX - 1), complex(SIZE_PX - 1, SIZE_PX - 1)),
    "corners of the crop (x + iy)",
    "SIZE_PX",
)
_GRID_PX: Final = (np.arange(1.5, SIZE_PX, 4) + 1j * np.arange(1.5, SIZE_PX, 4)[:, None]).ravel()


@dataclass(frozen=True, slots=True)
class FaceCrop:
    """``image`` uint8 [48, 48], upright, grey and histogram-equalised.

    ``pixels_per_px`` says how many camera pixels one pixel of the crop stands for: under 1 the face was enlarged and
    the crop is blurred. ``inside`` (0..1) is the share of the crop that lies inside the picture; the rest repeats the
    picture's edge.
    """

    image: NDArray[np.uint8]
    pixels_per_px: float
    inside: float


def crop_face(image: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> FaceCrop | None:
    """The face in ``image`` (uint8 [height, width, 3] RGB), turned upright and scaled to FER2013's framing.

    ``landmarks`` float32 [478, 3] are FaceLandmarker's, x and y as shares of the picture's width and height. None
    when they do not describe a face (not finite, or eyes and mouth in one point) or when none of it is in the picture.
    """
    height, width = image.shape[:2]
    turn, shift = _placement(landmarks, width, height)
    if not math.isfinite(abs(turn) + abs(shift)) or abs(turn) < _MIN_STEP:
        return None
    corners = [turn * corner + shift for corner in _CORNERS_PX]
    across, down = [corner.real for corner in corners], [corner.imag for corner in corners]
    inside = 1.0
    if min(across) < 0 or min(down) < 0 or max(across) > width - 1 or max(down) > height - 1:
        inside = _share_inside(turn * _GRID_PX + shift, width, height)
        if inside == 0.0:
            return None
    left = max(0, math.floor(min(across)) - MARGIN_PX)
    top = max(0, math.floor(min(down)) - MARGIN_PX)
    right = min(width, math.ceil(max(across)) + MARGIN_PX + 1)
    bottom = min(height, math.ceil(max(down)) + MARGIN_PX + 1)
    shrink = 1
    while abs(turn) / shrink >= 2 * _ALIAS_FREE_STEP and 2 * shrink <= min(right - left, bottom - top):
        shrink *= 2  # OpenCV averages by powers of two fastest
    columns, rows = (right - left) // shrink, (bottom - top) // shrink
    region = image[top : top + rows * shrink, left : left + columns * shrink]
    small = cv2.resize(region, (columns, rows), interpolation=cv2.INTER_AREA) if shrink > 1 else region
    # Pixel centres are the coordinates: the first pixel of the small region is the middle of shrink x shrink.
    start = (shift - complex(left, top) - (shrink - 1) * (0.5 + 0.5j)) / shrink
    turn_small = turn / shrink
    crop = cv2.warpAffine(
        cv2.cvtColor(small, cv2.COLOR_RGB2GRAY),
        np.array([[turn_small.real, -turn_small.imag, start.real], [turn_small.imag, turn_small.real, start.imag]]),
        (SIZE_PX, SIZE_PX),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    # As the stored FER2013 pictures are; it also takes most of the light out.
    return FaceCrop(cv2.equalizeHist(crop).astype(np.uint8, copy=False), abs(turn), inside)


def _placement(landmarks: NDArray[np.float32], width: int, height: int) -> tuple[complex, complex]:
    """Turn-and-scale and shift (picture point = turn * crop point + shift) that fit eyes and mouth best.

    Least squares over all three: a turned head brings the eyes together and a bent one the mouth to the eyes, and the
    three points keep the scale steadier than either distance alone.
    """
    points = landmarks[_POINTS, :2].astype(float).tolist()
    places = [complex(x * width, y * height) for x, y in points]
    found = (sum(places[:4]) / 4, sum(places[4:8]) / 4, sum(places[8:]) / 2)
    target_mean, found_mean = sum(TARGET_PX) / 3, sum(found) / 3
    offsets = [target - target_mean for target in TARGET_PX]
    fit = sum(offset.conjugate() * (place - found_mean) for offset, place in zip(offsets, found, strict=True))
    turn = fit / sum(abs(offset) ** 2 for offset in offsets)
    return turn, found_mean - turn * target_mean


def _share_inside(points: NDArray[np.complex128], width: int, height: int) -> float:
    x, y = points.real, points.imag
    return float(((x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)).mean())
