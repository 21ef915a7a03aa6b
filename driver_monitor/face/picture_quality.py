"""How bright and how sharp a picture is, at a cost far below that of finding the face."""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.mesh import LEFT_EYE, RIGHT_EYE

_SAMPLES_ACROSS = 80  # columns looked at for the brightness of the whole picture
_FACE_WIDTH_PX = 64  # the size at which sharpness is compared, whatever the camera
# Every third picture at 30 a second, and each at 10. JUDGEMENT: what is made of it, dark, glare, blurred and covered,
# is told to the driver after seconds.
SLOW_S = 0.09


# Outlines of the driver's right and left eye, and skin that a hand or a beard seldom hides: cheeks and forehead.
_EYE_AND_SKIN = np.array((*RIGHT_EYE, *LEFT_EYE, 50, 280, 151))
_EYE_PLACES = (slice(0, 6), slice(6, 12))
_SKIN_PLACES = (12, 13, 14)
_SKIN_HALF_PX = 4
_MIN_EYE_PX = (10, 3)  # width and height below which an eye is too small to tell iris from white


# The lips between their outer and inner outlines, the line where they meet, and skin: above and below them, cheeks.
_OUTER_LIPS = (185, 40, 39, 37, 0, 267, 269, 270, 409, 375, 321, 405, 314, 17, 84, 181, 91, 146)
_INNER_LIPS = (191, 80, 81, 82, 13, 312, 311, 310, 415, 324, 318, 402, 317, 14, 87, 178, 88, 95)
_AROUND_MOUTH = (164, 167, 393, 165, 391, 18, 200, 199, 83, 313, 201, 421)
_CHEEKS = (50, 280, 101, 330, 205, 425)
_MOUTH_AND_SKIN = np.array((*_OUTER_LIPS, *_INNER_LIPS, *_AROUND_MOUTH, *_CHEEKS))
_LIPS = len(_OUTER_LIPS)
# Rows of weights that turn the colours at those points into the means of lips, line, surroundings and cheeks.
_MEANS = np.zeros((4, len(_MOUTH_AND_SKIN)), np.float32)
_MEANS[0, :_LIPS] = _MEANS[1, _LIPS : 2 * _LIPS] = 1 / _LIPS
_MEANS[2, 2 * _LIPS : -len(_CHEEKS)] = 1 / len(_AROUND_MOUTH)
_MEANS[3, -len(_CHEEKS) :] = 1 / len(_CHEEKS)
_MIN_LEVEL = 8.0  # of the skin, 0..255: below it colour is noise
_GREY_SKIN = 0.03  # log(red / green) of skin is 0.1 and more in any light but infrared


class FaceQuality(NamedTuple):
    luma: float
    sharpness: float


class EyeQuality(NamedTuple):
    """``left`` and ``right`` are the spread of brightness (90th less 10th percentile) of the driver's own eyes,
    ``contrast`` the larger of the two, ``luma`` their mean brightness; all over the brightness of the skin around. NaN
    where an eye, or for the last two both eyes, are too small or outside the picture."""

    contrast: float
    luma: float
    left: float
    right: float


class MouthQuality(NamedTuple):
    """How the mouth stands out: ``redness`` of the lips over that of the cheeks (difference of log(red / green), NaN in
    a grey picture), and how much darker than the skin above and below are the ``lips`` and the ``line`` where they meet
    (0 as bright, 1 black). NaN where part of it is outside the picture or too dark."""

    redness: float
    lips: float
    line: float


_NAN = float("nan")


class PictureQuality(NamedTuple):
    """What :class:`driver_monitor.face.observation.FaceObservation` keeps of the picture, by the same names in the same
    order."""

    luma_mean: float
    luma_std: float
    face_luma: float = _NAN
    sharpness: float = _NAN
    eye_contrast: float = _NAN
    eye_luma: float = _NAN
    eye_contrast_left: float = _NAN
    eye_contrast_right: float = _NAN
    lip_redness: float = _NAN
    lip_darkness: float = _NAN
    mouth_line: float = _NAN


NO_MOUTH = MouthQuality(_NAN, _NAN, _NAN)
NO_EYES = EyeQuality(_NAN, _NAN, _NAN, _NAN)


class PictureGauge:
    """Measures the pictures of one stream.

    What shows the eyes and the mouth is measured in every picture. Brightness and sharpness change slowly and cost
    twice as much: they are measured again after ``SLOW_S``, and at once where a face comes or goes.
    """

    def __init__(self) -> None:
        self._whole: tuple[float, float] = (_NAN, _NAN)
        self._face: FaceQuality | None = None
        self._measured_s = -math.inf

    def measure(self, image: NDArray[np.uint8], landmarks: NDArray[np.float32] | None, t_s: float) -> PictureQuality:
        """All qualities of a uint8 [h, w, 3] RGB picture; ``landmarks`` float32 [478, 3] in shares of it, None without
        a face. ``t_s`` may step back: then everything is measured."""
        known = (self._face is None) is (landmarks is None)
        if not (known and 0.0 <= t_s - self._measured_s < SLOW_S):
            self._whole = brightness(image)
            self._face = None if landmarks is None else face_quality(image, landmarks)
            self._measured_s = t_s
        if landmarks is None or self._face is None:
            return PictureQuality(*self._whole)
        return PictureQuality(
            *self._whole, *self._face, *eye_quality(image, landmarks), *mouth_quality(image, landmarks)
        )


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


def eye_quality(image: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> EyeQuality:
    """Whether there is an eye where the landmarks put one: iris, white and lashes differ, a hand or dark glass do not.

    Measured: open eyes on real clips give a contrast of 0.17 and more (0.28 and more on faces wider than 100 px), eyes
    behind a drawn hand or dark glasses 0.03 to 0.12.
    """
    height, width = image.shape[:2]
    points = landmarks[_EYE_AND_SKIN, :2]
    if not np.isfinite(points).all():
        return NO_EYES
    x: list[int] = (points[:, 0] * width).astype(int).tolist()
    y: list[int] = (points[:, 1] * height).astype(int).tolist()
    skin = [_patch_luma(image, x[place], y[place]) for place in _SKIN_PLACES]
    around = sorted(luma for luma in skin if luma >= 0)
    if not around or around[len(around) // 2] <= 1:
        return NO_EYES
    skin_luma = around[len(around) // 2]
    right_and_left, lumas = [_NAN, _NAN], []
    for side, eye in enumerate(_EYE_PLACES):
        left, top, right, bottom = min(x[eye]), min(y[eye]), max(x[eye]) + 2, max(y[eye]) + 2
        box = image[max(0, top) : max(0, bottom), max(0, left) : max(0, right), 1]
        if box.shape[1] < _MIN_EYE_PX[0] or box.shape[0] < _MIN_EYE_PX[1]:
            continue
        green = np.sort(box, axis=None)  # green alone is luma enough for a ratio
        spread = int(green[int(0.9 * green.size)]) - int(green[int(0.1 * green.size)])
        right_and_left[side] = spread / skin_luma
        lumas.append(float(cv2.mean(green)[0]))
    if not lumas:
        return NO_EYES
    contrast = max(spread for spread in right_and_left if spread >= 0)
    return EyeQuality(contrast, sum(lumas) / len(lumas) / skin_luma, right_and_left[1], right_and_left[0])


def mouth_quality(image: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> MouthQuality:
    """Whether there is a mouth where the landmarks put one: MediaPipe goes on drawing it over a hand.

    Lips are redder and darker than the skin around, and the line between them is darker still; a hand is skin all
    over. What is much differs from person to person, so the driver's own mouth is the measure
    (:class:`driver_monitor.signals.hands.MouthSight`).
    """
    height, width = image.shape[:2]
    points = landmarks[_MOUTH_AND_SKIN, :2] * np.array((width, height), np.float32)
    points[:_LIPS] = (points[:_LIPS] + points[_LIPS : 2 * _LIPS]) / 2
    if not (points.min() >= 0 and points[:, 0].max() < width and points[:, 1].max() < height):  # so for NaN
        return NO_MOUTH
    at = points.astype(np.intp)
    (lip_red, lip_green, _), (_, line_green, _), (_, skin_green, _), (cheek_red, cheek_green, _) = (
        _MEANS @ image[at[:, 1], at[:, 0]]
    ).tolist()
    if min(skin_green, cheek_green) < _MIN_LEVEL:
        return NO_MOUTH
    cheeks = math.log((cheek_red + 1) / (cheek_green + 1))
    redness = math.log((lip_red + 1) / (lip_green + 1)) - cheeks if cheeks >= _GREY_SKIN else float("nan")
    return MouthQuality(redness, 1 - lip_green / skin_green, 1 - line_green / skin_green)


def _patch_luma(image: NDArray[np.uint8], x: int, y: int) -> float:
    """Mean green around a point; -1 outside the picture."""
    reach = _SKIN_HALF_PX
    patch = image[max(0, y - reach) : max(0, y + reach + 1), max(0, x - reach) : max(0, x + reach + 1), 1]
    return float(cv2.mean(np.ascontiguousarray(patch))[0]) if patch.size else -1.0
