import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from driver_monitor.classifiers.face_crop import LEFT_EYE, MOUTH, RIGHT_EYE, SIZE_PX, FaceCrop, crop_face
from tests.classifiers.astronaut import landmarks, picture


def cropped(image: NDArray[np.uint8], points: NDArray[np.float32]) -> FaceCrop:
    crop = crop_face(image, points)
    assert crop is not None
    return crop


def moved(matrix: NDArray[np.float64], width: int, height: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The portrait and its landmarks after an affine map of its pixels into a picture of that size."""
    image = cv2.warpAffine(picture(), matrix, (width, height)).astype(np.uint8, copy=False)
    points = landmarks()
    pixels = points[:, :2].astype(float) * 512 @ matrix[:, :2].T + matrix[:, 2]
    points[:, :2] = pixels / (width, height)
    return image, points


def difference(first: FaceCrop, second: FaceCrop) -> float:
    return float(np.abs(first.image.astype(int) - second.image.astype(int)).mean())


def test_eyes_and_mouth_land_where_fer2013_has_them() -> None:
    """Marks painted on the eyes and the mouth are found where the training pictures have eyes and mouth."""
    image = np.full((512, 512, 3), 200, dtype=np.uint8)
    points = landmarks()
    for group in (RIGHT_EYE, LEFT_EYE, MOUTH):
        x, y = points[list(group), :2].mean(0) * 512
        cv2.circle(image, (round(float(x)), round(float(y))), 4, (0, 0, 0), -1)
    dark = cropped(image, points).image < 100
    for left, right, top, bottom, x, y in (
        (0, 24, 0, 28, 15.5, 18.8),
        (24, 48, 0, 28, 32.5, 18.8),
        (0, 48, 28, 48, 24.0, 36.7),
    ):
        rows, columns = np.nonzero(dark[top:bottom, left:right])
        assert columns.mean() + left == pytest.approx(x, abs=1.2)
        assert rows.mean() + top == pytest.approx(y, abs=1.2)


def test_the_crop_is_grey_small_and_equalised_whatever_the_light() -> None:
    bright, points = picture(), landmarks()
    dim = (bright * 0.4 + 10).astype(np.uint8)
    there, dark = cropped(bright, points), cropped(dim, points)
    assert there.image.shape == (SIZE_PX, SIZE_PX)
    assert there.image.dtype == np.uint8
    assert (there.image.min(), there.image.max()) == (0, 255)
    assert difference(there, dark) < 6


def test_a_tilted_head_is_turned_upright() -> None:
    tilted = cropped(*moved(np.asarray(cv2.getRotationMatrix2D((225, 120), 30, 1), dtype=float), 512, 512))
    assert difference(tilted, cropped(picture(), landmarks())) < 6


@pytest.mark.parametrize("factor", [0.6, 2.0, 3.5])
def test_a_nearer_or_farther_face_gives_the_same_crop(factor: float) -> None:
    size = round(512 * factor)
    matrix = np.array([[factor, 0, (factor - 1) / 2], [0, factor, (factor - 1) / 2]])
    crop = cropped(*moved(matrix, size, size))
    reference = cropped(picture(), landmarks())
    assert crop.pixels_per_px == pytest.approx(factor * reference.pixels_per_px, rel=0.02)
    assert difference(crop, reference) < 12


def test_a_face_cut_by_the_edge_says_how_much_of_it_is_there() -> None:
    whole = cropped(picture(), landmarks())
    half = cropped(*moved(np.array([[1.0, 0, -222], [0, 1, 0]]), 290, 512))
    assert whole.inside == 1.0
    assert 0.4 < half.inside < 0.65
    right = np.s_[:, 30:]
    assert np.abs(half.image[right].astype(int) - whole.image[right].astype(int)).mean() < 40


def test_a_face_outside_the_picture_has_no_crop() -> None:
    points = landmarks()
    points[:, 0] += 1.5
    assert crop_face(picture(), points) is None


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.3])
def test_landmarks_that_are_no_face_have_no_crop(value: float) -> None:
    assert crop_face(picture(), np.full((478, 3), value, dtype=np.float32)) is None


def test_a_face_in_a_picture_of_one_pixel_is_no_crash() -> None:
    assert crop_face(np.zeros((1, 1, 3), dtype=np.uint8), landmarks()) is None
