import math
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver_monitor.camera.errors import CameraError
from driver_monitor.camera.frame import Frame
from driver_monitor.camera.paced import PacedFile
from driver_monitor.camera.source import FrameSource
from driver_monitor.camera.video_file import VideoFileSource
from driver_monitor.config.camera import CameraConfig

from .contract import FrameSourceContract
from .videos import number_in, write_video

CONFIG = CameraConfig()


@pytest.fixture
def one_second(tmp_path: Path) -> VideoFileSource:
    return VideoFileSource(write_video(tmp_path / "drive.mp4", 30), CONFIG)


class TestPacedFile(FrameSourceContract):
    @pytest.fixture
    def source(self, tmp_path: Path) -> PacedFile:
        return PacedFile(VideoFileSource(write_video(tmp_path / "drive.mp4", 30, fps=50), CONFIG))


def test_a_quick_viewer_sees_every_frame_when_it_is_due(one_second: VideoFileSource) -> None:
    with PacedFile(one_second) as source:
        time.sleep(0.2)  # a slow start of the program costs no frame: the clock starts with the first look
        seen = [(frame, time.monotonic()) for frame in source]
    assert [number_in(frame.image) for frame, _ in seen] == list(range(30))
    assert sum(frame.dropped for frame, _ in seen) == 0
    late_s = sorted(at - seen[0][1] - frame.t_s for frame, at in seen)
    assert late_s[0] > -0.03
    assert late_s[len(late_s) // 2] < 0.03


def test_each_frame_says_when_it_was_released(one_second: VideoFileSource) -> None:
    with PacedFile(one_second) as source:
        ages_s = sorted(time.monotonic() - frame.captured_s for frame in source)
    assert ages_s[0] >= 0
    assert ages_s[len(ages_s) // 2] < 0.02


def test_a_slow_viewer_gets_the_newest_frame_and_the_media_time_of_it(one_second: VideoFileSource) -> None:
    frames = []
    with PacedFile(one_second) as source:
        for frame in source:
            frames.append(frame)
            time.sleep(0.15)
    assert 5 <= len(frames) <= 9
    assert sum(frame.dropped for frame in frames) == 30 - len(frames)
    assert frames[-1].index == 29  # the end of the drive is never lost
    for frame in frames:
        assert frame.t_s == pytest.approx(frame.index / 30, abs=1e-6)
        assert number_in(frame.image) == frame.index


def test_it_ends_within_a_frame_of_the_recording(one_second: VideoFileSource) -> None:
    with PacedFile(one_second) as source:
        started = time.monotonic()
        for _ in source:
            pass
    took_s = time.monotonic() - started
    assert took_s >= 29 / 30 - 0.15
    assert took_s < 29 / 30 + 1.0  # beside other tests the machine may have been elsewhere


def test_closing_does_not_wait_for_the_next_frame(tmp_path: Path) -> None:
    source = PacedFile(VideoFileSource(write_video(tmp_path / "slow.avi", 3, fps=1, codec="MJPG"), CONFIG))
    next(iter(source))
    started = time.monotonic()
    source.close()
    assert time.monotonic() - started < 0.1


class Breaking(FrameSource):
    name = "breaking"

    def __iter__(self) -> Iterator[Frame]:
        yield Frame(0.0, None, fault="covered")
        raise CameraError("the drive broke.")

    def close(self) -> None:
        pass


def test_a_source_that_breaks_is_heard_of_after_its_last_frame() -> None:
    with PacedFile(Breaking()) as source:
        frames = iter(source)
        assert next(frames).fault == "covered"
        with pytest.raises(CameraError, match="the drive broke"):
            next(frames)


def test_a_recorded_source_by_itself_has_no_capture_clock(one_second: VideoFileSource) -> None:
    with one_second:
        assert math.isnan(next(iter(one_second)).captured_s)
