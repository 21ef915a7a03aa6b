"""A camera that has got stuck hands over one frame again and again, and must not pass for one that works."""

import itertools
import logging
import threading
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from driver_monitor.camera.live import LiveCapture
from driver_monitor.camera.opencv_live import NetworkGrabber
from driver_monitor.camera.paced import PacedFile
from driver_monitor.camera.repetition import FRESH, FROZEN_S, ONE_FRAME, REPEATS, Repetition
from driver_monitor.camera.video_file import VideoFileSource
from driver_monitor.config.camera import CameraConfig

from .network_camera import NetworkCamera
from .test_live import watch
from .videos import numbered_picture, write_video

Image = NDArray[np.uint8]
GREEN = np.full((96, 128, 3), (0, 135, 0), np.uint8)  # what a Video4Linux buffer of zeros becomes


def scene(number: int, sigma: float = 2.0) -> Image:
    """A scene that stands still, as a sensor sees it: every frame another one."""
    still = numbered_picture(0b10110010)
    return np.clip(still + np.random.default_rng(number).normal(0, sigma, still.shape), 0, 255).astype(np.uint8)


def judged(images: Iterable[Image], fps: float = 30.0) -> list[bool]:
    repetition = Repetition()
    return [repetition.update(number / fps, image) for number, image in enumerate(images)]


def runs(frozen: Iterable[bool]) -> list[tuple[bool, int]]:
    return [(key, len(list(group))) for key, group in itertools.groupby(frozen)]


def test_one_frame_for_a_second_is_a_frozen_camera_until_three_others_have_come() -> None:
    live, stuck = [scene(number) for number in range(60)], [scene(60)] * 90
    back = [scene(number) for number in range(100, 130)]
    assert runs(judged([*live, *stuck, *back])) == [
        (False, 60 + round(30 * FROZEN_S)),
        (True, 90 - round(30 * FROZEN_S) + FRESH - 1),
        (False, 30 - FRESH + 1),
    ]


def test_the_faintest_noise_is_a_working_camera() -> None:
    still = scene(0)
    flickers = [still.copy() for _ in range(90)]
    for number, image in enumerate(flickers):
        image[number % 96, number % 128, 1] ^= 1
    assert not any(judged(flickers))


@pytest.mark.parametrize("each", [2, 3, 6, 15])
def test_frames_that_a_file_holds_several_times_are_no_frozen_camera(each: int) -> None:
    """15, 10, 5 and 2 frames a second in a file of 30."""
    assert not any(judged(scene(number // each) for number in range(240)))


def test_a_stuck_encoder_that_sends_a_new_frame_every_two_seconds_stays_frozen() -> None:
    frozen = judged(scene(number // 60) for number in range(360))
    assert all(frozen[30:])


def test_a_slow_camera_that_repeats_a_frame_now_and_then_is_not_frozen() -> None:
    assert not any(judged((scene(number // 2) for number in range(20)), fps=1.0))
    assert judged([scene(0)] * (REPEATS + 1), fps=1.0) == [False] * REPEATS + [True]


@pytest.mark.parametrize("level", [0, 4, 255])
def test_nothing_but_black_or_white_is_called_by_its_own_name(level: int) -> None:
    dark = np.full((96, 128, 3), level, np.uint8)
    dark[::2, ::2] ^= 1
    assert not any(judged([dark] * 90))


def test_all_green_is_no_dark_frame_but_a_driver_that_delivers_nothing() -> None:
    assert runs(judged([GREEN] * 90)) == [(False, 30), (True, 60)]


def test_a_frame_of_another_size_is_another_frame() -> None:
    sizes = [numbered_picture(7, 128, 96 + 2 * (number % 2)) for number in range(90)]
    assert not any(judged(sizes))


def lossless(path: Path, images: list[Image]) -> Path:
    return write_video(path.with_suffix(".avi"), images, codec="MJPG")


def test_a_file_of_a_frozen_camera_has_no_image_while_it_was_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live, stuck = [scene(number) for number in range(30)], [scene(30)] * 60
    file = lossless(tmp_path / "drive", [*live, *stuck, *(scene(number) for number in range(40, 70)), *stuck])
    with VideoFileSource(file, CameraConfig()) as source:
        frames = list(source)
    assert runs(frame.image is None for frame in frames) == [(False, 60), (True, 32), (False, 58), (True, 30)]
    assert {frame.fault for frame in frames if frame.image is None} == {ONE_FRAME}
    assert {frame.fault for frame in frames if frame.image is not None} == {""}
    assert [frame.index for frame in frames] == list(range(180))
    assert [record.message for record in caplog.records] == [
        f"{file}: the camera repeats one frame, first at 2.0 s; then it counts as lost"
    ]


def test_a_file_in_a_cameras_place_is_frozen_where_the_file_is(tmp_path: Path) -> None:
    file = lossless(tmp_path / "drive", [scene(0)] * 45)
    with PacedFile(VideoFileSource(file, CameraConfig())) as source:
        frames = list(source)
    assert {frame.image is None for frame in frames if frame.t_s >= FROZEN_S} == {True}
    assert {frame.image is None for frame in frames if frame.t_s < FROZEN_S} == {False}


def test_a_live_camera_that_gets_stuck_is_lost_within_the_bound_opened_again_and_comes_back(
    network_camera: NetworkCamera, impatient: CameraConfig, caplog: pytest.LogCaptureFixture
) -> None:
    network_camera.picture = lambda: scene(network_camera.number())
    stuck = scene(1000)

    def stick() -> None:
        network_camera.picture = lambda: stuck

    def go_on() -> None:
        network_camera.picture = lambda: scene(network_camera.number())

    threading.Timer(0.5, stick).start()
    threading.Timer(3.5, go_on).start()
    with LiveCapture(NetworkGrabber(network_camera.url, impatient), impatient) as source:
        frames = watch(source, 5.0)
    assert [lost for lost, _ in runs(frame.image is None for frame in frames)] == [False, True, False]
    lost = next(number for number, frame in enumerate(frames) if frame.image is None)
    last = frames[lost - 1].image
    assert last is not None
    stuck_s = next(frame.t_s for frame in frames if frame.image is not None and np.array_equal(frame.image, last))
    assert FROZEN_S <= frames[lost].t_s - stuck_s <= FROZEN_S + 0.4
    back_s = next(frame.t_s for frame in frames[lost:] if frame.image is not None)
    assert back_s == pytest.approx(stuck_s + 3.0, abs=0.5)
    assert {frame.fault for frame in frames if frame.image is None} == {
        f"camera {source.name} repeats one frame"
    }  # fmt: skip
    assert network_camera.viewers >= 4, "it was opened again"
    assert source.reopened == 1
    assert source.bad_frames == 0
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert "repeats one frame" in caplog.records[0].message
    assert "delivers again after" in caplog.records[1].message


def test_a_camera_in_the_dark_whose_frames_are_all_the_same_is_not_lost(
    network_camera: NetworkCamera, impatient: CameraConfig
) -> None:
    """JPEG leaves nothing of the noise of a dark frame."""
    dark = cv2.GaussianBlur(np.full((96, 128, 3), 6, np.uint8), (3, 3), 0).astype(np.uint8)
    network_camera.picture = lambda: dark
    with LiveCapture(NetworkGrabber(network_camera.url, impatient), impatient) as source:
        frames = watch(source, 2.0)
    assert all(frame.image is not None for frame in frames)
