"""What cameras really send: pictures that are none, now and then, and streams that break off. None of it is a loss."""

import itertools
import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from driver_monitor.camera.frame import Frame
from driver_monitor.camera.live import LiveCapture
from driver_monitor.camera.opencv_live import DeviceGrabber, NetworkGrabber
from driver_monitor.config.camera import CameraConfig

from .network_camera import NetworkCamera, as_part
from .test_live import Broken, watch
from .videos import RED, colour_at, numbered_picture

CONFIG = CameraConfig(reopen_first_s=0.1, reopen_max_s=0.4, open_timeout_s=2.0)
CHANCE = random.Random(1)


def empty_and_cut(number: int, jpeg: bytes) -> bytes:
    """Every 50th part is empty, every third cut in half."""
    return as_part(b"" if number % 50 == 7 else jpeg[: len(jpeg) // 2] if number % 3 == 0 else jpeg)


def cut_but_not_said(number: int, jpeg: bytes) -> bytes:
    """The same, but each part says it were whole."""
    return as_part(b"" if number % 50 == 7 else jpeg[: len(jpeg) // 2] if number % 3 == 0 else jpeg, length=len(jpeg))


def one_in_four_random(number: int, jpeg: bytes) -> bytes:
    return as_part(CHANCE.randbytes(len(jpeg)) if number % 4 == 0 else jpeg)


def damaged_inside(number: int, jpeg: bytes) -> bytes:
    """Whole to look at, with 40 bytes of the picture's data gone wrong."""
    middle = len(jpeg) * 3 // 4
    return as_part(jpeg[:middle] + CHANCE.randbytes(40) + jpeg[middle + 40 :] if number % 3 == 0 else jpeg)


def closing_each_twenty(number: int, jpeg: bytes) -> bytes | None:
    return None if number > 20 else as_part(jpeg)


def watched(camera: NetworkCamera, seconds: float, config: CameraConfig = CONFIG) -> tuple[list[Frame], LiveCapture]:
    with LiveCapture(NetworkGrabber(camera.url, config), config, required=False) as source:
        frames = list(itertools.takewhile(lambda frame: frame.t_s < seconds, source))
    return frames, source


@pytest.mark.parametrize(
    ("spoil", "good_share"),
    [(empty_and_cut, 0.65), (cut_but_not_said, 0.65), (one_in_four_random, 0.75), (damaged_inside, 0.66)],
)
def test_bad_frames_are_left_out_counted_and_said_once(
    network_camera: NetworkCamera,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[int, bytes], bytes],
    good_share: float,
) -> None:
    network_camera.spoil = spoil
    frames, source = watched(network_camera, 2.5)
    assert all(frame.image is not None for frame in frames)
    assert all(colour_at(frame.image, 0.25, 0.25) == RED for frame in frames)
    bad, good = sum(frame.bad for frame in frames), len(frames) + sum(frame.dropped for frame in frames)
    assert bad <= source.bad_frames <= bad + 2
    assert good / (good + bad) == pytest.approx(good_share, abs=0.08)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "bad frames are left out and counted" in caplog.text
    assert network_camera.viewers == 1


def test_the_very_first_frame_may_be_bad_too(network_camera: NetworkCamera, caplog: pytest.LogCaptureFixture) -> None:
    def late(number: int, jpeg: bytes) -> bytes:
        time.sleep(0.3 if number < 4 else 0.0)
        return as_part(b"" if number < 4 else jpeg)

    network_camera.spoil = late
    frames, source = watched(network_camera, 0.5)
    assert all(frame.image is not None for frame in frames)
    assert source.bad_frames == 3
    assert "no camera" not in caplog.text


def test_a_server_that_closes_the_connection_after_twenty_pictures_is_asked_again_at_once(
    network_camera: NetworkCamera, caplog: pytest.LogCaptureFixture
) -> None:
    network_camera.spoil = closing_each_twenty
    frames, source = watched(network_camera, 2.5)
    assert network_camera.viewers >= 3
    assert all(frame.image is not None for frame in frames)
    assert np.diff([frame.t_s for frame in frames]).max() < 0.5
    assert source.reopened == 0
    assert caplog.records == []


def test_a_stream_that_stalls_for_a_second_is_no_lost_camera(network_camera: NetworkCamera) -> None:
    def stall() -> None:
        network_camera.talking.clear()
        time.sleep(1.0)
        network_camera.talking.set()

    threading.Timer(1.0, stall).start()
    frames, _ = watched(network_camera, 2.5)
    assert all(frame.image is not None for frame in frames)
    assert np.diff([frame.t_s for frame in frames]).max() > 0.8
    assert network_camera.viewers == 1


def test_a_camera_that_sends_nothing_but_garbage_is_lost_and_comes_back(
    network_camera: NetworkCamera, caplog: pytest.LogCaptureFixture
) -> None:
    began = time.monotonic()

    def garbage_for_two_seconds(number: int, jpeg: bytes) -> bytes:
        return as_part(CHANCE.randbytes(500) if 1.0 < time.monotonic() - began < 3.0 else jpeg)

    network_camera.spoil = garbage_for_two_seconds
    frames, source = watched(network_camera, 4.5)
    kinds = [kind for kind, _ in itertools.groupby(frame.image is not None for frame in frames)]
    assert kinds == [True, False, True]
    assert source.reopened == 1
    assert caplog.text.count("camera lost") == 1
    assert "delivers again after" in caplog.text


def test_pictures_that_change_in_size_and_grey_ones_are_taken(network_camera: NetworkCamera) -> None:
    def draw() -> NDArray[Any]:
        number = network_camera.number()
        picture = numbered_picture(number, *((128, 96), (160, 120), (96, 128))[number // 10 % 3])
        return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if number // 5 % 2 else picture

    network_camera.picture = draw
    frames, source = watched(network_camera, 1.5)
    assert {frame.image.shape for frame in frames if frame.image is not None} == {
        (96, 128, 3), (120, 160, 3), (128, 96, 3)
    }  # fmt: skip
    assert source.bad_frames == 0
    assert all(frame.image is not None for frame in frames)


def test_a_camera_with_a_way_of_its_own_is_taken_as_it_is(network_camera: NetworkCamera) -> None:
    """None of its pictures conforms, none would be seen if each were refused."""
    network_camera.spoil = lambda number, jpeg: as_part(jpeg[:-40] + b"\xff\xd9")
    frames, _ = watched(network_camera, 2.0)
    assert sum(frame.image is not None for frame in frames) > 20


class Hiccup(Broken):
    """A driver that hands over a picture of another kind now and then: of two channels, or of 16 bits."""

    reads = 0

    def read(self) -> tuple[float, NDArray[Any]]:
        time.sleep(0.02)
        self.reads += 1
        if self.reads % 5 == 0:
            return time.monotonic(), np.zeros((4, 4, 2), np.uint8) if self.reads % 2 else np.zeros((4, 4), np.uint16)
        return time.monotonic(), np.zeros((4, 4, 4) if self.reads % 2 else (4, 4), np.uint8)


def test_a_picture_of_a_kind_that_cannot_be_used_is_one_bad_picture() -> None:
    with LiveCapture(Hiccup(ZeroDivisionError()), CONFIG) as source:
        frames = watch(source, 1.0)
    assert all(frame.image is not None for frame in frames)
    assert source.bad_frames > 5


class Usb:
    """What OpenCV gives for a USB camera, of which there is none here: ``fails`` says which reads find nothing."""

    def __init__(self, fails: Callable[[int], bool]) -> None:
        self._fails, self._reads = fails, 0

    def read(self) -> tuple[bool, NDArray[Any] | None]:
        self._reads += 1
        if self._fails(self._reads):
            return False, None
        time.sleep(1 / 30)
        return True, numbered_picture(self._reads)

    def release(self) -> None:
        pass


class UsbGrabber(DeviceGrabber):
    def __init__(self, fails: Callable[[int], bool]) -> None:
        super().__init__("/dev/video97", CONFIG)
        self.fails, self.opened = fails, 0

    def open(self) -> None:
        self.opened += 1
        self._capture = Usb(self.fails)  # type: ignore[assignment]


def test_a_usb_camera_may_lose_a_few_pictures_in_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("driver_monitor.camera.opencv_live.refuse_unusable_device", lambda path: None)
    grabber = UsbGrabber(lambda number: number % 30 < 8)
    with LiveCapture(grabber, CONFIG) as source:
        frames = watch(source, 2.0)
    assert all(frame.image is not None for frame in frames)
    assert source.bad_frames >= 8
    assert grabber.opened == 1


def test_a_usb_camera_that_gives_nothing_any_more_is_lost_after_a_second_and_opened_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("driver_monitor.camera.opencv_live.refuse_unusable_device", lambda path: None)
    grabber = UsbGrabber(lambda number: number > 15)
    grabber.fails = lambda number: number > 15 or grabber.opened > 1
    with LiveCapture(grabber, CONFIG) as source:
        frames = watch(source, 3.0)
    last_s = max(frame.t_s for frame in frames if frame.image is not None)
    first_lost_s = min(frame.t_s for frame in frames if frame.image is None)
    assert 1.0 <= first_lost_s - last_s < 1.5
    assert frames[-1].fault.startswith("camera /dev/video97 delivers nothing that can be read")
    assert grabber.opened >= 3
    assert source.bad_frames == 0, "a loss is no row of bad frames"


def test_a_usb_camera_that_is_pulled_out_says_so() -> None:
    grabber = UsbGrabber(lambda number: number > 5)
    grabber.fails = lambda number: number > 5 or grabber.opened > 1
    with LiveCapture(grabber, CONFIG) as source:
        frames = watch(source, 3.0)
    assert frames[-1].fault == "There is no camera /dev/video97"
