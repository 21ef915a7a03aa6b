import sys
from pathlib import Path

import pytest

from driver_monitor.camera.errors import CameraError
from driver_monitor.camera.live import LiveCapture
from driver_monitor.camera.open import open_source
from driver_monitor.camera.opencv_live import refuse_unusable_device
from driver_monitor.camera.paced import PacedFile
from driver_monitor.camera.video_file import VideoFileSource
from driver_monitor.config.camera import CameraConfig
from driver_monitor.config.camera_address import SourceError

from .network_camera import NetworkCamera
from .videos import write_video


def refusal(source: str) -> str:
    with pytest.raises((CameraError, SourceError)) as caught:
        open_source(CameraConfig(source=source), live=True)
    return str(caught.value)


def test_a_file_is_read_whole_or_played_as_if_live(tmp_path: Path) -> None:
    config = CameraConfig(source=str(write_video(tmp_path / "drive.mp4", 5)))
    with open_source(config, live=False) as recorded, open_source(config, live=True) as live:
        assert isinstance(recorded, VideoFileSource)
        assert isinstance(live, PacedFile)
        assert live.frame_count == recorded.frame_count == 5
        assert [frame.index for frame in recorded] == [0, 1, 2, 3, 4]


def test_a_home_folder_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write_video(tmp_path / "drive.mp4", 3)
    with open_source(CameraConfig(source="~/drive.mp4"), live=False) as source:
        assert len(list(source)) == 3


@pytest.mark.parametrize("live", [True, False])
def test_a_network_camera_is_always_live(network_camera: NetworkCamera, impatient: CameraConfig, live: bool) -> None:
    with open_source(impatient.model_copy(update={"source": network_camera.url}), live=live) as source:
        assert isinstance(source, LiveCapture)
        assert next(iter(source)).image is not None


@pytest.mark.parametrize("source", ["63", "/dev/video63"])
def test_an_absent_camera_is_named_beside_those_there_are(source: str) -> None:
    message = refusal(source)
    assert "There is no camera /dev/video63" in message
    assert "/dev/video" in message.partition(";")[2]


def test_a_device_that_is_no_camera_is_refused() -> None:
    assert "/dev/null is not a camera device" in refusal("/dev/null")
    assert "is not a camera device" in refusal("/dev/fd")


def test_a_camera_one_may_not_use_names_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)  # root may use everything, so ask as somebody else
    with pytest.raises(CameraError, match=r"usermod -aG video"):
        refuse_unusable_device("/dev/null")


def test_picamera2_is_asked_for_only_when_chosen_and_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    assert "sudo apt install python3-picamera2" in refusal("picamera2")


@pytest.mark.parametrize("source", ["webcam", "none.mp4", "smb://host/drive.mp4"])
def test_anything_unknown_is_answered_with_the_accepted_forms(source: str) -> None:
    assert "a camera index (0), a device (/dev/video0), a network address" in refusal(source)
