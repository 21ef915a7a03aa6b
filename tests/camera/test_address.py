import pytest

from driver_monitor.camera.address import parse, redacted
from driver_monitor.camera.errors import CameraError


@pytest.mark.parametrize(
    ("source", "kind", "target"),
    [
        ("0", "device", "/dev/video0"),
        (" 12 ", "device", "/dev/video12"),
        ("/dev/v4l/by-id/usb-cam", "device", "/dev/v4l/by-id/usb-cam"),
        ("rtsp://cam/live", "network", "rtsp://cam/live"),
        ("HTTP://cam/video", "network", "HTTP://cam/video"),
        ("picamera2", "picamera2", "picamera2"),
        ("scripted:demo", "scripted", "demo"),
        ("scripted:my/drive.yaml", "scripted", "my/drive.yaml"),
        ("drive.mp4", "file", "drive.mp4"),
        ("clips/a:b.mp4", "file", "clips/a:b.mp4"),
    ],
)
def test_each_accepted_form_is_told_apart(source: str, kind: str, target: str) -> None:
    assert parse(source) == (kind, target)


@pytest.mark.parametrize("source", ["gopher://cam/x", "", "   ", "ftp://me:s3cret@cam/x"])
def test_an_unknown_form_is_answered_with_the_accepted_ones(source: str) -> None:
    with pytest.raises(CameraError, match=r"a camera index.*rtsp://.*picamera2.*scripted:demo") as caught:
        parse(source)
    assert "s3cret" not in str(caught.value)


def test_a_scripted_drive_needs_a_name() -> None:
    with pytest.raises(CameraError, match="names no drive"):
        parse("scripted:")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://cam:554/live", "rtsp://cam:554/live"),
        ("rtsp://me:s3cret@cam:554/live", "rtsp://cam:554/live"),
        ("rtsp://me:s3/cret?x#y@cam/live", "rtsp://cam/live"),
        ("rtsp://me:s3@cret@cam/live", "rtsp://cam/live"),
        ("http://cam/video.cgi?user=me&pwd=s3cret", "http://cam/video.cgi"),
        ("http://cam/video;pwd=s3cret", "http://cam/video"),
        ("drive@home.mp4", "drive@home.mp4"),
        ("/dev/video0", "/dev/video0"),
    ],
)
def test_user_and_password_never_reach_a_message(url: str, shown: str) -> None:
    assert redacted(url) == shown
