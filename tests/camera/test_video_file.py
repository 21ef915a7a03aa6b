import logging
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from driver_monitor.camera.errors import CameraError
from driver_monitor.camera.frame import Frame
from driver_monitor.camera.video_file import VideoFileSource
from driver_monitor.config.camera import CameraConfig

from .contract import FrameSourceContract
from .videos import (
    BLUE,
    RED,
    colour_at,
    cut,
    index_first,
    number_in,
    numbered_picture,
    patch,
    write_gif,
    write_video,
)

CONFIG = CameraConfig()
QUARTER_TURN = (0, 0x10000, 0, 0xFFFF0000, 0, 0)  # the matrix of ISO/IEC 14496-12 for 90 degrees clockwise


class TestVideoFile(FrameSourceContract):
    @pytest.fixture
    def source(self, tmp_path: Path) -> VideoFileSource:
        return VideoFileSource(write_video(tmp_path / "drive.mp4"), CONFIG)


def read(path: Path, config: CameraConfig = CONFIG) -> tuple[VideoFileSource, list[Frame]]:
    with VideoFileSource(path, config) as source:
        return source, list(source)


def refusal(path: Path | str) -> str:
    with pytest.raises(CameraError) as caught:
        VideoFileSource(path, CONFIG)
    return str(caught.value)


@pytest.mark.parametrize("fps", [5, 25, 120])
def test_a_slow_and_a_fast_camera_keep_their_own_times(tmp_path: Path, fps: int) -> None:
    source, frames = read(write_video(tmp_path / "drive.mp4", 12, fps))
    assert [number_in(frame.image) for frame in frames] == list(range(12))
    assert [frame.t_s for frame in frames] == pytest.approx([i / fps for i in range(12)], abs=1e-6)
    assert (source.frame_count, source.repaired_times, source.problem) == (12, 0, "")
    assert source.duration_s == pytest.approx(12 / fps, abs=0.001)


def test_irregular_times_in_a_gif_are_the_frames_times(tmp_path: Path) -> None:
    path = write_gif(tmp_path / "drive.gif", [numbered_picture(i) for i in range(5)], [100, 20, 300, 50, 100])
    source, frames = read(path)
    assert [frame.t_s for frame in frames] == pytest.approx([0, 0.1, 0.12, 0.42, 0.47])
    assert [number_in(frame.image) for frame in frames] == list(range(5))
    assert source.problem == ""


def test_one_pixel_is_a_small_but_valid_video(tmp_path: Path) -> None:
    pictures = [np.full((1, 1, 3), 20 * i, np.uint8) for i in range(8)]
    _, frames = read(write_gif(tmp_path / "pixel.gif", pictures, [50] * 8))
    assert [frame.image.shape for frame in frames if frame.image is not None] == [(1, 1, 3)] * 8


def test_a_single_frame_is_still_a_video(tmp_path: Path) -> None:
    source, frames = read(write_video(tmp_path / "blink.mp4", 1))
    assert [frame.t_s for frame in frames] == [0.0]
    assert source.problem == ""


def test_a_grey_video_comes_as_three_equal_channels(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (48, 1))
    _, frames = read(write_video(tmp_path / "infrared.avi", [ramp] * 3, codec="FFV1"))
    image = frames[-1].image
    assert image is not None
    assert (image == image[..., :1]).all()
    assert image[0, 0, 0] < 10
    assert image[0, -1, 0] > 245


def test_a_phone_held_upright_is_turned_exactly_once(tmp_path: Path) -> None:
    path = patch(write_video(tmp_path / "phone.mp4", 3), b"tkhd", 40, *QUARTER_TURN)
    _, frames = read(path)
    image = frames[0].image
    assert image is not None
    assert image.shape == (128, 96, 3)
    assert (colour_at(image, 0.75, 0.25), colour_at(image, 0.75, 0.75)) == (RED, BLUE)
    _, turned_back = read(path, CameraConfig(rotate_deg=270))
    assert colour_at(turned_back[0].image, 0.25, 0.25) == RED


def test_frames_hidden_by_an_edit_list_are_not_reported_as_missing(tmp_path: Path) -> None:
    path = write_video(tmp_path / "trimmed.mov", 60)
    patch(path, b"tkhd", 20, 500)  # half a second, in the file's milliseconds
    patch(path, b"elst", 8, 500, 0)
    source, frames = read(path)
    assert len(frames) < 30
    assert frames[0].t_s == 0
    assert source.duration_s == 0.5
    assert source.problem == ""


def test_two_recordings_joined_into_one_file_go_on_in_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    one = write_video(tmp_path / "one.ts", 20)
    joined = tmp_path / "joined.ts"
    joined.write_bytes(one.read_bytes() * 2)
    source, frames = read(joined)
    assert len(frames) == 40
    assert np.diff([frame.t_s for frame in frames]) == pytest.approx(np.full(39, 1 / 30), abs=0.002)
    assert source.repaired_times == 1
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "joined.ts: presentation times" in caplog.text


def test_a_recording_cut_off_by_a_full_card_gives_what_it_has(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    source, frames = read(cut(write_video(tmp_path / "drive.avi", 60, codec="MJPG"), 0.6))
    assert 25 < len(frames) < 45
    assert [number_in(frame.image) for frame in frames[:-1]] == list(range(len(frames) - 1))
    assert "is cut off by" in source.problem
    assert "of 2.0 s could be read" in source.problem
    assert caplog.messages == [source.problem]


def test_an_mp4_made_for_streaming_and_cut_off_gives_what_it_has(tmp_path: Path) -> None:
    noisy = [np.random.default_rng(i).integers(0, 255, (96, 128, 3), np.uint8) for i in range(60)]
    path = index_first(write_video(tmp_path / "drive.mp4", noisy))
    whole, frames = read(path)
    assert (len(frames), whole.problem) == (60, "")
    source, frames = read(cut(path, 0.5))
    assert 5 < len(frames) < 40
    assert "is cut off by" in source.problem


def test_a_cut_off_gif_says_so(tmp_path: Path) -> None:
    path = write_gif(tmp_path / "drive.gif", [numbered_picture(i) for i in range(10)], [100] * 10)
    source, frames = read(cut(path, 0.5))
    assert 2 <= len(frames) < 10
    assert "is cut off" in source.problem


def test_a_container_that_does_not_tell_its_size_is_judged_by_its_announced_length(tmp_path: Path) -> None:
    noisy = [np.random.default_rng(i).integers(0, 255, (96, 128, 3), np.uint8) for i in range(60)]
    source, frames = read(cut(write_video(tmp_path / "drive.mkv", noisy), 0.5))
    assert 5 < len(frames) < 40
    assert "ends early" in source.problem
    assert "of 2.0 s" in source.problem


def test_damage_in_the_middle_costs_only_the_damaged_frames(tmp_path: Path) -> None:
    path = write_video(tmp_path / "drive.avi", 60, codec="MJPG")
    data = bytearray(path.read_bytes())
    starts = [at for at in range(len(data)) if data[at : at + 4] == b"00dc"][20:24]
    for start in starts:
        size = struct.unpack("<I", data[start + 4 : start + 8])[0]
        data[start + 8 : start + 8 + size] = bytes(size)
    path.write_bytes(data)
    source, frames = read(path)
    assert len(frames) == 56
    assert number_in(frames[-1].image) == 59
    assert frames[-1].t_s == pytest.approx(59 / 30, abs=1e-3)
    assert "is damaged" in source.problem


def test_iterating_again_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with VideoFileSource(write_video(tmp_path / "drive.mp4", 5), CONFIG) as source:
        first = next(iter(source))
        rest = list(source)
        assert [first.index, *(frame.index for frame in rest)] == [0, 1, 2, 3, 4]
        assert list(source) == []


def test_a_colon_or_an_accent_in_the_name_is_no_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_video(tmp_path / "plain.mp4", 2).rename(tmp_path / "http:köln 50%d.mp4")
    _, frames = read(Path("http:köln 50%d.mp4"))
    assert len(frames) == 2


class TestRefused:
    """Each refusal is one sentence that says what the thing is instead of a video."""

    def test_missing(self, tmp_path: Path) -> None:
        assert "There is no file" in refusal(tmp_path / "none.mp4")

    def test_a_folder(self, tmp_path: Path) -> None:
        assert "is a folder" in refusal(tmp_path)

    def test_neither_file_nor_folder(self) -> None:
        assert "neither a video file nor a camera" in refusal("/dev/null")

    def test_empty(self, tmp_path: Path) -> None:
        (tmp_path / "drive.mp4").touch()
        assert "is empty (0 bytes)" in refusal(tmp_path / "drive.mp4")

    def test_unreadable(self, tmp_path: Path) -> None:
        path = write_video(tmp_path / "drive.mp4", 2)
        path.chmod(0)
        user = os.geteuid()
        if user == 0:  # root may read everything, so be nobody for a moment
            os.seteuid(65534)
        try:
            message = refusal(path)
        finally:
            os.seteuid(user)
        assert "cannot be read (Permission denied)" in message

    def test_an_impossible_name(self) -> None:
        assert "cannot be read (File name too long)" in refusal("x" * 300 + ".mp4")

    def test_an_unfinished_mp4(self, tmp_path: Path) -> None:
        assert "truncated: its index" in refusal(cut(write_video(tmp_path / "drive.mp4", 60), 0.5))

    def test_no_frames(self, tmp_path: Path) -> None:
        assert "holds no video frames" in refusal(write_video(tmp_path / "drive.mp4", 0))

    def test_noise(self, tmp_path: Path) -> None:
        (tmp_path / "noise.mp4").write_bytes(np.random.default_rng(1).bytes(200_000))
        assert "is not a video" in refusal(tmp_path / "noise.mp4")

    def test_text_that_a_decoder_would_show_as_a_terminal(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("Grüße\n" * 300)
        assert "is a text file" in refusal(tmp_path / "notes.txt")

    @pytest.mark.parametrize("kind", ["png", "jpg", "bmp", "webp", "tiff", "avif"])
    def test_a_still_picture_by_any_name(self, tmp_path: Path, kind: str) -> None:
        cv2.imwrite(str(tmp_path / f"face.{kind}"), numbered_picture(1))
        (tmp_path / f"face.{kind}").rename(tmp_path / "face.mp4")
        assert "is a still image, not a video" in refusal(tmp_path / "face.mp4")

    def test_a_gif_of_one_picture(self, tmp_path: Path) -> None:
        assert "still image" in refusal(write_gif(tmp_path / "face.gif", [numbered_picture(1)], [100]))

    def test_each_refusal_is_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "noise.mp4").write_bytes(np.random.default_rng(1).bytes(2_000))
        for path in (tmp_path, tmp_path / "noise.mp4", tmp_path / "none.mp4"):
            assert refusal(path).endswith(".")
            assert "\n" not in refusal(path)


def test_decoders_write_nothing_of_their_own(tmp_path: Path) -> None:
    damaged = cut(write_video(tmp_path / "drive.avi", 30, codec="MJPG"), 0.5)
    unfinished = cut(write_video(tmp_path / "drive.mp4", 30), 0.5)
    noise = tmp_path / "noise.mp4"
    noise.write_bytes(np.random.default_rng(1).bytes(20_000))
    script = (
        "import sys\n"
        "from driver_monitor.camera.errors import CameraError\n"
        "from driver_monitor.camera.open import open_source\n"
        "from driver_monitor.config.camera import CameraConfig\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        source = open_source(CameraConfig(source=path), live=False)\n"
        "        print(len(list(source)), source.problem)\n"
        "    except CameraError as error:\n"
        "        print(error)\n"
    )
    arguments = [str(damaged), str(unfinished), str(noise), "63", "http://127.0.0.1:1/none"]
    command = [sys.executable, "-W", "error", "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    # The one sentence of a logger that nobody configured is ours.
    assert [line for line in done.stderr.splitlines() if "is cut off" not in line] == []
    assert len(done.stdout.splitlines()) == len(arguments)


def remuxed(source: Path, target: Path, offset_s: float) -> Path:
    """The same frames with their times moved, as 'ffmpeg -itsoffset N -copyts -c copy' does."""
    with av.open(str(source)) as given, av.open(str(target), "w", options={"avoid_negative_ts": "disabled"}) as made:
        stream = given.streams.video[0]
        copy = made.add_stream_from_template(stream)
        for packet in given.demux(stream):
            if packet.dts is None or packet.pts is None or packet.time_base is None:
                continue
            packet.pts += round(offset_s / packet.time_base)
            packet.dts += round(offset_s / packet.time_base)
            packet.stream = copy
            made.mux(packet)
    return target


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize("offset_s", [0.0, 3600.0])
def test_time_starts_at_the_first_frame_whatever_the_file_counts_from(
    tmp_path: Path, suffix: str, offset_s: float
) -> None:
    video = remuxed(write_video(tmp_path / "plain.mp4", 60), tmp_path / f"moved{suffix}", offset_s)
    with VideoFileSource(video, CameraConfig()) as source:
        frames = list(source)
        assert source.duration_s == pytest.approx(2.0, abs=0.1)
        assert source.frame_count == pytest.approx(60, abs=2)
    assert source.problem == ""
    assert [frame.t_s for frame in frames[:3]] == pytest.approx([0.0, 1 / 30, 2 / 30], abs=0.002)
    assert frames[-1].t_s == pytest.approx(59 / 30, abs=0.05)


def test_a_file_with_a_time_offset_that_is_cut_off_still_says_so(tmp_path: Path) -> None:
    video = remuxed(write_video(tmp_path / "plain.mp4", 120), tmp_path / "moved.mkv", 3600.0)
    video.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    with VideoFileSource(video, CameraConfig()) as source:
        list(source)
    assert "ends early" in source.problem
    assert "of 4.0 s could be read" in source.problem


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi", ".gif"])
@pytest.mark.parametrize("name", [b"bad\xff", "f\u00fcr".encode()])
def test_a_name_of_any_bytes_is_a_name(tmp_path: Path, name: bytes, suffix: str) -> None:
    if suffix == ".gif":
        plain = write_gif(tmp_path / "plain.gif", [numbered_picture(i) for i in range(5)], [100] * 5)
    else:
        plain = write_video(tmp_path / f"plain{suffix}", 5)
    odd = tmp_path / (os.fsdecode(name) + suffix)
    plain.rename(odd)
    with VideoFileSource(odd, CameraConfig()) as source:
        assert len(list(source)) == 5
        assert source.name.encode("utf-8")


def test_a_still_picture_of_any_name_is_told_to_be_one(tmp_path: Path) -> None:
    picture = tmp_path / os.fsdecode(b"bad\xff.png")
    cv2.imwrite(str(tmp_path / "plain.png"), numbered_picture(3))
    (tmp_path / "plain.png").rename(picture)
    with pytest.raises(CameraError, match=r"bad\\xff\.png is a still image"):
        VideoFileSource(picture, CameraConfig())


def test_a_video_through_a_named_pipe_is_read_to_its_end_first(tmp_path: Path) -> None:
    video, pipe = write_video(tmp_path / "plain.mp4", 30), tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(video.read_bytes(),))
    writer.start()
    with VideoFileSource(pipe, CameraConfig()) as source:
        assert [number_in(frame.image) for frame in source] == list(range(30))
        assert source.name == str(pipe)
    writer.join()


def test_a_pipe_that_brings_nothing_or_no_video_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for content, said in ((b"", "is empty"), (b"not a video\n" * 100, "is a text file")):
        writer = threading.Thread(target=pipe.write_bytes, args=(content,))
        writer.start()
        with pytest.raises(CameraError, match=said):
            VideoFileSource(pipe, CameraConfig())
        writer.join()
