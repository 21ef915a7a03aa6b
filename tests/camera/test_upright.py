import cv2
import numpy as np
import pytest

from driver_monitor.camera.errors import CameraError
from driver_monitor.camera.upright import upright_rgb
from driver_monitor.config.camera import CameraConfig

from .videos import BLUE, GREEN, RED, colour_at, numbered_picture

PLAIN = CameraConfig()


def test_a_colour_camera_gives_rgb() -> None:
    image = upright_rgb(numbered_picture(0), PLAIN)
    assert image.shape == (96, 128, 3)
    assert (colour_at(image, 0.25, 0.25), colour_at(image, 0.75, 0.25)) == (RED, BLUE)


@pytest.mark.parametrize(
    ("rotate_deg", "red_at", "blue_at"),
    [(90, (0.75, 0.25), (0.75, 0.75)), (180, (0.75, 0.75), (0.25, 0.75)), (270, (0.25, 0.75), (0.25, 0.25))],
)
def test_a_camera_mounted_askew_is_turned_clockwise(
    rotate_deg: int, red_at: tuple[float, float], blue_at: tuple[float, float]
) -> None:
    image = upright_rgb(numbered_picture(0), CameraConfig.model_validate({"rotate_deg": rotate_deg}))
    assert image.shape == ((96, 128, 3) if rotate_deg == 180 else (128, 96, 3))
    assert image.flags.c_contiguous
    assert (colour_at(image, *red_at), colour_at(image, *blue_at)) == (RED, BLUE)


def test_a_mirror_picture_is_flipped_back_after_it_is_upright() -> None:
    image = upright_rgb(numbered_picture(0), CameraConfig(rotate_deg=90, mirror=True))
    assert image.flags.c_contiguous
    assert (colour_at(image, 0.25, 0.25), colour_at(image, 0.25, 0.75)) == (RED, BLUE)


@pytest.mark.parametrize("shape", [(6, 8), (6, 8, 1)])
def test_a_grey_camera_gives_three_equal_channels(shape: tuple[int, ...]) -> None:
    grey = np.arange(48, dtype=np.uint8).reshape(shape)
    image = upright_rgb(grey, PLAIN)
    assert image.shape == (6, 8, 3)
    assert (image == grey.reshape(6, 8, 1)).all()


@pytest.mark.parametrize("kind", ["grey", "infrared"])
def test_a_tinted_infrared_picture_loses_its_tint(kind: str) -> None:
    tinted = np.full((4, 4, 3), (200, 40, 180), np.uint8)
    image = upright_rgb(tinted, CameraConfig.model_validate({"colour": kind}))
    assert (image == image[..., :1]).all()
    assert 40 < image[0, 0, 0] < 200


def test_a_fourth_channel_is_left_out() -> None:
    picture = cv2.cvtColor(np.full((4, 4, 3), (0, 255, 0), np.uint8), cv2.COLOR_BGR2BGRA)
    assert colour_at(upright_rgb(picture, PLAIN), 0.5, 0.5) == GREEN
    assert upright_rgb(picture, CameraConfig(colour="grey")).shape == (4, 4, 3)


def test_one_pixel_is_a_picture() -> None:
    assert upright_rgb(np.array([[[1, 2, 3]]], np.uint8), PLAIN).tolist() == [[[3, 2, 1]]]


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((4, 4, 3), np.uint16),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((2, 4, 4, 3), np.uint8),
    ],
)
def test_anything_else_is_refused_with_its_shape_and_type(picture: np.ndarray) -> None:
    with pytest.raises(CameraError, match="8-bit grey, BGR or BGRA") as caught:
        upright_rgb(picture, PLAIN)
    assert str(picture.dtype) in str(caught.value)
    assert str(picture.shape) in str(caught.value)
