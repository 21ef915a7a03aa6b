from pathlib import Path

import pytest

from driver_monitor.camera.errors import CameraError
from driver_monitor.errors import UsageError
from driver_monitor.replay.sources import check_there, drives_of


def files(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


def test_a_folder_is_every_video_in_it_and_below(tmp_path: Path) -> None:
    files(tmp_path, "b.MP4", "a.webm", "notes.txt", "sub/c.mkv", ".hidden/d.mp4", ".e.mp4", "out/annotated.webm")
    assert [str(Path(each).relative_to(tmp_path)) for each in drives_of(str(tmp_path))] == [
        "a.webm", "b.MP4", "sub/c.mkv",
    ]  # fmt: skip


def test_recorded_drives_come_first_and_what_lies_in_them_is_theirs(tmp_path: Path) -> None:
    files(tmp_path, "drive/000.mcap", "drive/clip.mp4", "a.mp4")
    assert [Path(each).name for each in drives_of(str(tmp_path))] == ["drive", "a.mp4"]
    assert drives_of(str(tmp_path / "drive")) == [str(tmp_path / "drive")]


def test_anything_else_is_itself(tmp_path: Path) -> None:
    for source in ("-", "scripted:demo", "gone.mp4", "/dev/video0"):
        assert drives_of(source) == [source]
    files(tmp_path, "notes.txt")
    with pytest.raises(UsageError, match=r"is a folder without a video or a recorded drive; videos are known by"):
        drives_of(str(tmp_path))


@pytest.mark.parametrize("source", ["nosuch", "gone.mp4", "a/b.mcap"])
def test_a_file_that_is_not_there_is_told_with_what_replay_takes(source: str) -> None:
    with pytest.raises(CameraError, match=f"there is no {source}; replay takes a video, a recorded drive"):
        check_there(source)


@pytest.mark.parametrize("source", ["0", "-", "picamera2", "scripted:demo", "rtsp://camera/1", "/dev/video9"])
def test_what_is_no_file_is_not_looked_for(source: str) -> None:
    check_there(source)


def test_an_empty_source_is_refused_and_not_taken_for_this_folder() -> None:
    with pytest.raises(UsageError, match="a source is empty"):
        drives_of("")
