from pathlib import Path

import pytest

from driver_monitor.config.camera_address import SourceError, parse, redacted


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
        ("http/clip.mp4", "file", "http/clip.mp4"),
        ("clips//drive.mp4", "file", "clips//drive.mp4"),
        ("drive@home.mp4", "file", "drive@home.mp4"),
        ("/no/such/folder/drive", "file", "/no/such/folder/drive"),
        ("/dev/vidoe0", "device", "/dev/vidoe0"),
        ("udp://:1234", "network", "udp://:1234"),
        ("udp://@:1234", "network", "udp://@:1234"),
    ],
)
def test_each_accepted_form_is_told_apart(source: str, kind: str, target: str) -> None:
    assert parse(source) == (kind, target)


@pytest.mark.parametrize("source", ["gopher://cam/x", "", "   ", "ftp://me:s3cret@cam/x"])
def test_an_unknown_form_is_answered_with_the_accepted_ones(source: str) -> None:
    with pytest.raises(SourceError, match=r"a camera index.*rtsp://.*picamera2.*scripted:demo") as caught:
        parse(source)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("rtsp//1.2.3.4", "rtsp://1.2.3.4"),
        ("rtsp:/x", "rtsp://x"),
        ("rtsp:1.2.3.4", "rtsp://1.2.3.4"),
        ("Rtsp;//1.2.3.4", "rtsp://1.2.3.4"),
        ("htp://1.2.3.4/x", "http://1.2.3.4/x"),
        ("rstp:/1.2.3.4", "rtsp://1.2.3.4"),
        ("rtsps:/me:s3cret@cam/x", "rtsps://cam/x"),
        ("rtsp//me:s3cret@cam/x?pwd=s3cret", "rtsp://cam/x"),
        ("video0", "/dev/video0"),
        ("dev/video2", "/dev/video2"),
        ("picamera", "picamera2"),
        ("scripted", "scripted:demo"),
    ],
)
def test_a_slip_of_the_finger_is_answered_with_what_was_meant(source: str, meant: str) -> None:
    with pytest.raises(SourceError, match="did you mean") as caught:
        parse(source)
    assert f"did you mean {meant}?" in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("source", ["-1", "1.5", "1.2.3.4", "cam.local:554/x", "me:s3cret@cam/x", "webcam"])
def test_what_is_no_source_is_a_mistake_in_the_config(source: str) -> None:
    with pytest.raises(SourceError, match="it takes a camera index") as caught:
        parse(source)
    assert caught.value.exit_code == 2
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("source", ["rtsp://", "http:///x", "http://:80/", "rtsp://me:s3cret@/x"])
def test_an_address_needs_a_host(source: str) -> None:
    with pytest.raises(SourceError, match="names no host") as caught:
        parse(source)
    assert "s3cret" not in str(caught.value)


def test_a_file_that_is_there_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("webcam", "video0", "1.5"):
        Path(name).touch()
        assert parse(name) == ("file", name)


def test_a_scripted_drive_needs_a_name() -> None:
    with pytest.raises(SourceError, match="names no drive"):
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
