import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.face.picture_quality import (
    SLOW_S,
    PictureGauge,
    brightness,
    eye_quality,
    face_quality,
    mouth_quality,
)
from tests.face.cabin import Picture

WHOLE = np.array([[0.3, 0.05, 0], [0.6, 0.05, 0], [0.3, 0.4, 0], [0.6, 0.4, 0]], np.float32)


def test_brightness_from_a_few_pixels_is_that_of_all(astronaut: Picture) -> None:
    mean, deviation = brightness(astronaut)
    grey = cv2.cvtColor(astronaut, cv2.COLOR_RGB2GRAY)
    assert mean == pytest.approx(float(grey.mean()), rel=0.03)
    assert deviation == pytest.approx(float(grey.std()), rel=0.03)


def test_a_covered_lens_has_no_spread() -> None:
    assert brightness(np.full((480, 640, 3), 7, np.uint8)) == pytest.approx((7.0, 0.0))


def test_sharpness_falls_with_blur_and_face_luma_does_not(astronaut: Picture) -> None:
    seen = [face_quality(cv2.blur(astronaut, (k, k)).astype(np.uint8), WHOLE) for k in (1, 5, 9, 17)]
    sharpness = [quality.sharpness for quality in seen]
    assert sharpness == sorted(sharpness, reverse=True)
    assert sharpness[-1] < sharpness[0] / 4
    assert seen[-1].luma == pytest.approx(seen[0].luma, abs=3)


def test_sharpness_is_much_the_same_from_a_larger_picture(astronaut: Picture) -> None:
    small = face_quality(astronaut, WHOLE).sharpness
    large = face_quality(cv2.resize(astronaut, (1536, 1536)).astype(np.uint8), WHOLE).sharpness
    assert large == pytest.approx(small, rel=0.25)


def test_a_face_outside_the_picture_has_no_quality(astronaut: Picture) -> None:
    assert all(math.isnan(value) for value in face_quality(astronaut, WHOLE + 2))


@given(st.integers(1, 60), st.integers(1, 60), st.floats(-1, 2), st.floats(-1, 2), st.floats(0, 1))
def test_no_picture_and_no_box_is_too_odd(height: int, width: int, x: float, y: float, size: float) -> None:
    image = np.full((height, width, 3), 100, np.uint8)
    corners = np.array([[x, y, 0], [x + size, y + size, 0]], np.float32)
    assert brightness(image) == pytest.approx((100.0, 0.0), abs=1e-3)
    luma, _ = face_quality(image, corners)
    assert math.isnan(luma) or luma == pytest.approx(100.0)


def drawn_eyes(*, iris: int, white: int, skin: int = 150, width_px: int = 40) -> tuple[Picture, np.ndarray]:
    """A flat face with two drawn eyes, and landmarks that say where they are."""
    picture = np.full((240, 320, 3), skin, np.uint8)
    landmarks = np.full((478, 3), 0.5, np.float32)
    half, lid = width_px / 2, width_px / 8
    for eye, x in (((33, 160, 158, 133, 153, 144), 110), ((263, 387, 385, 362, 380, 373), 210)):
        cv2.ellipse(picture, (x, 100), (int(half), int(lid) + 1), 0, 0, 360, (white, white, white), -1)
        cv2.circle(picture, (x, 100), int(lid) + 1, (iris, iris, iris), -1)
        offsets = ((-half, 0), (-half / 2, -lid), (half / 2, -lid), (half, 0), (half / 2, lid), (-half / 2, lid))
        for index, (dx, dy) in zip(eye, offsets, strict=True):
            landmarks[index, :2] = (x + dx) / 320, (100 + dy) / 240
    for index, place in ((50, (110, 160)), (280, (210, 160)), (151, (160, 50))):
        landmarks[index, :2] = place[0] / 320, place[1] / 240
    return picture, landmarks


def test_an_eye_is_where_iris_and_white_differ() -> None:
    assert eye_quality(*drawn_eyes(iris=40, white=220)).contrast > 0.8
    hand = eye_quality(*drawn_eyes(iris=150, white=150))
    assert hand.contrast < 0.05
    assert hand.luma == pytest.approx(1.0, abs=0.05)
    glasses = eye_quality(*drawn_eyes(iris=10, white=10, width_px=60))
    assert glasses.luma < 0.5


def test_a_strand_of_hair_over_one_eye_leaves_the_other() -> None:
    picture, landmarks = drawn_eyes(iris=40, white=220)
    picture[60:140, 80:140] = 60  # the driver's right eye is on the left of the picture
    seen = eye_quality(picture, landmarks)
    assert seen.right < 0.05
    assert seen.left == seen.contrast > 0.8


def test_an_eye_outside_the_picture_leaves_the_other() -> None:
    picture, landmarks = drawn_eyes(iris=40, white=220)
    seen = eye_quality(np.ascontiguousarray(picture[:, 150:]), (landmarks - [150 / 320, 0, 0]) * [320 / 170, 1, 1])
    assert math.isnan(seen.right)
    assert seen.left == seen.contrast > 0.8


def test_eyes_too_small_or_outside_the_picture_are_not_judged() -> None:
    assert math.isnan(eye_quality(*drawn_eyes(iris=40, white=220, width_px=6)).contrast)
    picture, landmarks = drawn_eyes(iris=40, white=220)
    assert math.isnan(eye_quality(picture, landmarks + 2).contrast)
    assert math.isnan(eye_quality(np.zeros_like(picture), landmarks).contrast)


def test_the_contrast_does_not_depend_on_the_light() -> None:
    picture, landmarks = drawn_eyes(iris=40, white=220)
    bright = eye_quality(picture, landmarks).contrast
    assert eye_quality((picture // 3).astype(np.uint8), landmarks).contrast == pytest.approx(bright, rel=0.1)


SKIN, LIPS, LINE = (190, 140, 120), (170, 90, 90), (90, 40, 40)
_AROUND = (164, 167, 393, 165, 391, 18, 200, 199, 83, 313, 201, 421)
_OUTER = (185, 40, 39, 37, 0, 267, 269, 270, 409, 375, 321, 405, 314, 17, 84, 181, 91, 146)
_INNER = (191, 80, 81, 82, 13, 312, 311, 310, 415, 324, 318, 402, 317, 14, 87, 178, 88, 95)


def drawn_mouth(*, lips: tuple[int, int, int] = LIPS, line: tuple[int, int, int] = LINE) -> tuple[Picture, np.ndarray]:
    """A flat face with a drawn mouth at (160, 160), and landmarks that say where it is."""
    picture = np.full((240, 320, 3), SKIN, np.uint8)
    cv2.ellipse(picture, (160, 160), (40, 14), 0, 0, 360, lips, -1)
    cv2.ellipse(picture, (160, 160), (36, 3), 0, 0, 360, line, -1)
    landmarks = np.full((478, 3), 0.5, np.float32)
    for ring, width, height in ((_OUTER, 40, 14), (_INNER, 32, 2)):
        for place, index in enumerate(ring):
            angle = 2 * math.pi * (place + 0.5) / len(ring)
            x, y = 160 + 0.9 * width * math.cos(angle), 160 + 0.9 * height * math.sin(angle)
            landmarks[index, :2] = x / 320, y / 240
    for index in _AROUND:
        landmarks[index, :2] = 160 / 320, 190 / 240
    for index in (50, 280, 101, 330, 205, 425):
        landmarks[index, :2] = 100 / 320, 100 / 240
    return picture, landmarks


def test_a_mouth_is_redder_and_darker_than_the_skin_and_a_hand_is_not() -> None:
    mouth = mouth_quality(*drawn_mouth())
    assert mouth.redness == pytest.approx(math.log(171 / 91) - math.log(191 / 141), abs=0.05)
    assert mouth.lips > 0.25
    assert mouth.line > mouth.lips
    assert mouth_quality(*drawn_mouth(lips=SKIN, line=SKIN)) == pytest.approx((0.0, 0.0, 0.0), abs=0.01)


def test_a_grey_picture_has_a_mouth_without_redness() -> None:
    picture, landmarks = drawn_mouth()
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB).astype(np.uint8)
    mouth = mouth_quality(grey, landmarks)
    assert math.isnan(mouth.redness)
    assert mouth.lips > 0.2


def test_the_mouth_stands_out_as_much_in_dim_light() -> None:
    picture, landmarks = drawn_mouth()
    dim = mouth_quality((picture // 4).astype(np.uint8), landmarks)
    assert dim == pytest.approx(mouth_quality(picture, landmarks), abs=0.03)


def test_a_mouth_outside_the_picture_or_in_the_dark_is_not_judged() -> None:
    picture, landmarks = drawn_mouth()
    for image, points in (
        (picture, landmarks + np.array([0, 0.4, 0], np.float32)),
        (picture, landmarks * np.float32(math.nan)),
        (picture, np.full_like(landmarks, math.inf)),
        (np.zeros_like(picture), landmarks),
    ):
        assert all(math.isnan(value) for value in mouth_quality(image, points))


def test_eyes_and_mouth_are_measured_in_every_picture_and_brightness_now_and_then() -> None:
    gauge, (seen, landmarks) = PictureGauge(), drawn_eyes(iris=40, white=220)
    hidden = (drawn_eyes(iris=150, white=150)[0] // 2).astype(np.uint8)
    first = gauge.measure(seen, landmarks, 10.0)
    second = gauge.measure(hidden, landmarks, 10.0 + 0.5 * SLOW_S)
    assert second.eye_contrast < 0.05 < 0.8 < first.eye_contrast
    assert (second.luma_mean, second.sharpness) == (first.luma_mean, first.sharpness)
    third = gauge.measure(hidden, landmarks, 10.0 + 1.1 * SLOW_S)
    assert third[:4] == (*brightness(hidden), *face_quality(hidden, landmarks))


def test_a_face_that_comes_or_goes_and_a_clock_that_steps_back_are_measured_at_once() -> None:
    gauge, (picture, landmarks) = PictureGauge(), drawn_eyes(iris=40, white=220)
    assert math.isnan(gauge.measure(picture, None, 5.0).face_luma)
    assert gauge.measure(picture, landmarks, 5.01).face_luma == face_quality(picture, landmarks).luma
    dark = np.zeros_like(picture)
    assert gauge.measure(dark, None, 5.02)[:3] == pytest.approx((0.0, 0.0, math.nan), nan_ok=True)
    assert gauge.measure(picture, None, 1.0).luma_mean == brightness(picture)[0]
