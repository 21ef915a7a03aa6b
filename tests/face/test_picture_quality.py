import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.face.picture_quality import brightness, face_quality
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
