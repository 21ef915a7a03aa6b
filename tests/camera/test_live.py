import itertools
import logging
import socket
import threading
import time
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from driver_monitor.camera.errors import CameraError
from driver_monitor.camera.frame import Frame
from driver_monitor.camera.grabber import Grabber
from driver_monitor.camera.live import LiveCapture
from driver_monitor.camera.opencv_live import NetworkGrabber
from driver_monitor.config.camera import CameraConfig

from .contract import FrameSourceContract
from .network_camera import NetworkCamera
from .videos import number_in


def capture(camera: NetworkCamera, config: CameraConfig, *, required: bool = True) -> LiveCapture:
    return LiveCapture(NetworkGrabber(camera.url, config), config, required=required)


def watch(source: LiveCapture, seconds: float) -> list[Frame]:
    end = time.monotonic() + seconds
    return list(itertools.takewhile(lambda _: time.monotonic() < end, source))


class TestNetworkCamera(FrameSourceContract):
    @pytest.fixture
    def source(self, network_camera: NetworkCamera, impatient: CameraConfig) -> LiveCapture:
        network_camera.fps = 60
        return capture(network_camera, impatient)


def test_time_is_the_capture_clock(network_camera: NetworkCamera, impatient: CameraConfig) -> None:
    with capture(network_camera, impatient) as source:
        frames = watch(source, 1.0)
    assert 20 <= len(frames) <= 34
    for frame in frames:
        assert frame.t_s == pytest.approx(frame.captured_s - frames[0].captured_s, abs=0.002)
        # The number counts the camera's own clock, so this is the age of the picture in frame intervals.
        assert (number_in(frame.image) - number_in(frames[0].image)) % 256 == pytest.approx(frame.t_s * 30, abs=3)


def test_a_slow_viewer_sees_now_and_not_the_past(network_camera: NetworkCamera, impatient: CameraConfig) -> None:
    behind, dropped = [], 0
    with capture(network_camera, impatient) as source:
        for frame in itertools.islice(source, 6):
            behind.append((network_camera.number() - number_in(frame.image)) % 256)
            dropped += frame.dropped
            time.sleep(0.2)
    assert max(behind[1:]) <= 4
    assert dropped >= 15


def test_a_camera_that_dies_is_a_state_and_comes_back(
    network_camera: NetworkCamera, impatient: CameraConfig, caplog: pytest.LogCaptureFixture
) -> None:
    with capture(network_camera, impatient) as source:
        assert all(frame.image is not None for frame in watch(source, 0.3))
        network_camera.pull_the_plug()
        gone = [frame for frame in watch(source, 1.3) if frame.image is None]
        network_camera.plug_in()
        back = watch(source, 1.2)
    assert 4 <= len(gone) <= 8
    assert np.diff([frame.t_s for frame in gone]) == pytest.approx(np.full(len(gone) - 1, 0.2), abs=0.1)
    assert all("127.0.0.1" in frame.fault and ";" not in frame.fault for frame in gone)
    assert back[-1].image is not None
    assert back[-1].fault == ""
    assert sum(frame.image is not None for frame in back) > 10
    assert source.reopened == 1
    levels = {record.levelno for record in caplog.records if record.name.startswith("driver_monitor")}
    assert levels == {logging.WARNING}
    assert "camera lost" in caplog.text
    assert "delivers again after" in caplog.text
    assert "s3cret" not in caplog.text


def test_time_strictly_increases_through_a_loss(network_camera: NetworkCamera, impatient: CameraConfig) -> None:
    with capture(network_camera, impatient) as source:
        threading.Timer(0.3, network_camera.pull_the_plug).start()
        threading.Timer(1.2, network_camera.plug_in).start()
        frames = watch(source, 2.2)
    assert (np.diff([frame.t_s for frame in frames]) > 0).all()
    assert frames[-1].t_s == pytest.approx(2.2, abs=0.3)
    kinds = [frame.image is not None for frame in frames]
    assert [kind for kind, _ in itertools.groupby(kinds)] == [True, False, True]
    for before, after in itertools.pairwise(frames):
        assert after.index == before.index + 1 + after.dropped


def test_a_camera_that_falls_silent_is_reported_and_reopened(
    network_camera: NetworkCamera, impatient: CameraConfig
) -> None:
    with capture(network_camera, impatient) as source:
        watch(source, 0.2)
        network_camera.talking.clear()
        silent = [frame for frame in watch(source, 1.5) if frame.image is None]
        assert 3 <= len(silent) <= 7
        assert all(frame.fault for frame in silent)
        network_camera.talking.set()
        assert watch(source, 1.5)[-1].image is not None
    assert network_camera.viewers >= 2


def test_a_camera_slower_than_the_fault_period_is_no_fault(
    network_camera: NetworkCamera, impatient: CameraConfig
) -> None:
    network_camera.fps = 3
    with capture(network_camera, impatient) as source:
        frames = watch(source, 1.5)
    assert len(frames) >= 3
    assert all(frame.image is not None for frame in frames)


def test_a_required_camera_that_is_absent_is_one_clear_error(
    network_camera: NetworkCamera, impatient: CameraConfig
) -> None:
    network_camera.pull_the_plug()
    started = time.monotonic()
    with pytest.raises(CameraError, match=r"does not answer.*check the address") as caught:
        capture(network_camera, impatient)
    assert time.monotonic() - started < 1
    assert "s3cret" not in str(caught.value)
    assert "http://127.0.0.1" in str(caught.value)


def test_a_camera_that_need_not_be_there_may_come_later(network_camera: NetworkCamera, impatient: CameraConfig) -> None:
    network_camera.pull_the_plug()
    with capture(network_camera, impatient, required=False) as source:
        threading.Timer(0.7, network_camera.plug_in).start()
        frames = watch(source, 2.0)
    assert frames[0].image is None
    assert frames[0].t_s == 0
    assert frames[0].fault
    assert frames[-1].image is not None


def test_closing_does_not_wait_for_a_blocked_read(impatient: CameraConfig) -> None:
    """A peer that accepts the connection and never says a word holds the open for open_timeout_s."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/"
        patient = impatient.model_copy(update={"open_timeout_s": 3.0})
        source = LiveCapture(NetworkGrabber(url, patient), patient, required=False)
        closer = threading.Timer(1.0, source.close)
        closer.start()
        started = time.monotonic()
        frames = list(source)
        assert time.monotonic() - started < 1.3
        closer.join()
        assert time.monotonic() - started < 1.7
        assert frames
        assert all(frame.image is None for frame in frames)


class Broken(Grabber):
    """A grabber that works for ``good`` reads, and then fails with ``error``."""

    name = "broken"

    def __init__(self, error: Exception, good: int = 1, picture: NDArray[Any] | None = None) -> None:
        self._error, self._good = error, good
        self._picture = np.zeros((2, 2, 3), np.uint8) if picture is None else picture
        self.opened = self.closed = 0

    def open(self) -> None:
        self.opened += 1

    def read(self) -> tuple[float, NDArray[Any]]:
        if self._good == 0:
            raise self._error
        self._good -= 1
        return time.monotonic(), self._picture

    def close(self) -> None:
        self.closed += 1


def test_a_defect_in_the_capture_thread_reaches_the_caller(impatient: CameraConfig) -> None:
    with LiveCapture(Broken(ZeroDivisionError("ours")), impatient) as source:
        frames = iter(source)
        assert next(frames).image is not None
        with pytest.raises(ZeroDivisionError, match="ours"):
            next(frames)


def test_a_camera_is_closed_before_it_is_opened_again(impatient: CameraConfig) -> None:
    grabber = Broken(CameraError("gone; plug it in."))
    with LiveCapture(grabber, impatient) as source:
        frames = watch(source, 1.0)
    assert frames[-1].fault == "gone"
    # Attempts after 0.1, 0.2, 0.4 and 0.4 s: doubled, and no longer than reopen_max_s.
    assert 3 <= grabber.opened <= 5
    assert grabber.closed == grabber.opened


def test_a_camera_in_an_unknown_format_is_refused_at_the_start(impatient: CameraConfig) -> None:
    grabber = Broken(CameraError("gone."), good=1, picture=np.zeros((2, 2), np.uint16))
    with pytest.raises(CameraError, match="8-bit"):
        LiveCapture(grabber, impatient)
    assert grabber.closed >= 1


class Stopwatch(Broken):
    """A driver whose capture clock stands still."""

    def read(self) -> tuple[float, NDArray[Any]]:
        time.sleep(0.01)
        return 1000.0, super().read()[1]


def test_a_capture_clock_that_stands_still_does_not_stop_time(impatient: CameraConfig) -> None:
    with LiveCapture(Stopwatch(CameraError("gone."), good=50), impatient) as source:
        times = [frame.t_s for frame in itertools.islice(source, 10)]
    assert (np.diff(times) > 0).all()


def test_an_error_long_after_the_first_picture_starts_the_waits_over(impatient: CameraConfig) -> None:
    grabber = Broken(CameraError("gone."), good=3)
    with LiveCapture(grabber, impatient) as source:
        images = [frame for frame in watch(source, 0.5) if frame.image is not None]
    assert len(images) + sum(frame.dropped for frame in images) <= 3
    assert images
