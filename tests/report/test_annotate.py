import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from driver_monitor.camera.frame import Frame
from driver_monitor.errors import UsageError
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.report import annotate
from driver_monitor.report.annotate import AnnotatedVideo
from driver_monitor.report.errors import ReportError
from driver_monitor.report.overlay import Image, cells
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.signals import Signals
from tests.report.drive import ASSUMED, tracked

NAME = "a.webm"
RED, GREEN, BLUE = (220, 40, 40), (40, 200, 40), (40, 40, 220)  # as a camera delivers them: red first


def frame(t_s: float, colour: tuple[int, int, int] = GREEN, width: int = 320, height: int = 240) -> Frame:
    return Frame(t_s, np.full((height, width, 3), colour, np.uint8))


def unseen(t_s: float) -> FaceObservation:
    return FaceObservation(t_s, Tracking.NO_FACE, 320, 240)


def add(video: AnnotatedVideo, *frames: Frame, firing: tuple[Alert, ...] = ()) -> None:
    for one in frames:
        video.add(one, unseen(one.t_s), tracked(one.t_s), firing)


def alert(level: Level, message: str = "Look at the road", t_s: float = 0.0) -> Alert:
    return Alert(t_s, "rule", level, AlertState.FIRING, message, (), {})


def pictures(path: Path) -> list[Image]:
    capture = cv2.VideoCapture(str(path))
    assert capture.isOpened()
    found: list[Image] = []
    while True:
        more, picture = capture.read()
        if not more:
            capture.release()
            return found
        found.append(np.asarray(picture, np.uint8))


def is_like(picture: Image, colour: tuple[int, int, int]) -> bool:
    """The middle of the picture, between banners and panel."""
    middle = picture[picture.shape[0] // 2, picture.shape[1] // 2].astype(int)
    return bool(np.abs(middle - np.array(colour[::-1])).max() < 40)


@pytest.mark.parametrize("suffix", [".webm", ".mp4"])
def test_a_video_of_the_wanted_size_and_rate_can_be_read_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"annotated{suffix}"
    with AnnotatedVideo(path, 320, 240, 25.0) as video:
        add(video, *(frame(k / 25) for k in range(50)))
        assert not path.exists()
    capture = cv2.VideoCapture(str(path))
    assert (capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)) == (320, 240)
    assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(25)
    capture.release()
    shown = pictures(path)
    assert len(shown) == 50
    assert all(is_like(picture, GREEN) for picture in shown)
    assert list(tmp_path.iterdir()) == [path]


def test_irregular_frames_are_shown_at_their_own_times(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with AnnotatedVideo(path, 320, 240, 20.0) as video:
        add(video, frame(5.0, RED), frame(5.5, BLUE), frame(5.55, GREEN), frame(5.9, RED))
    shown = pictures(path)
    assert len(shown) == 19
    seen = ["R" if is_like(p, RED) else "B" if is_like(p, BLUE) else "G" if is_like(p, GREEN) else "?" for p in shown]
    assert "".join(seen) == "R" * 10 + "B" + "G" * 7 + "R"


def test_of_120_frames_a_second_those_that_fit_are_kept(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with AnnotatedVideo(path, 320, 240, 30.0) as video:
        add(video, *(frame(k / 120) for k in range(240)))
    assert len(pictures(path)) == 61  # places 0 to 60: the last frame, at 1.992 s, is nearest to 2.0 s


def test_a_camera_gap_shows_a_slate_and_not_the_last_picture(tmp_path: Path) -> None:
    path = tmp_path / NAME
    lost = DriverState(1.0, Signals(t_s=1.0, tracking="camera_lost", degraded="camera_lost"), ASSUMED)
    with AnnotatedVideo(path, 320, 240, 10.0) as video:
        add(video, *(frame(k / 10) for k in range(10)))
        video.add(Frame(1.0, None, fault="the device is gone"), unseen(1.0), lost, ())
        add(video, frame(1.1))
    shown = pictures(path)
    assert [is_like(picture, GREEN) for picture in shown] == [True] * 10 + [False, True]
    assert shown[10].mean() < 80


def test_a_hole_in_time_is_filled_with_a_slate_and_an_hours_hole_is_cut(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with AnnotatedVideo(path, 320, 240, 10.0) as video:
        add(video, frame(0.0), frame(3.0), frame(3603.0), frame(3603.1))
    shown = pictures(path)
    assert len(shown) == 30 + 100 + 2
    greens = [is_like(picture, GREEN) for picture in shown]
    assert greens[:30] == [True] * 11 + [False] * 19
    assert greens[130:] == [True, True]


def test_frames_that_step_back_or_have_no_time_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with AnnotatedVideo(path, 320, 240, 10.0) as video:
        add(video, frame(1.0), frame(1.1), frame(0.2), frame(float("nan")), frame(1.2))
    assert len(pictures(path)) == 3


def test_a_portrait_picture_keeps_its_shape_between_black_borders(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with AnnotatedVideo(path, 321, 241, 10.0) as video:
        add(video, frame(0.0, width=120, height=240))
    (shown,) = pictures(path)
    assert shown.shape == (240, 320, 3)
    assert is_like(shown, GREEN)
    assert shown[120, 60].max() < 40


@pytest.mark.parametrize(("width", "height"), [(320, 240), (640, 480), (1280, 720), (480, 854), (16, 16)])
def test_a_banner_has_its_levels_colour_and_the_gravest_is_on_top(tmp_path: Path, width: int, height: int) -> None:
    path = tmp_path / NAME
    firing = (alert(Level.INFO), alert(Level.CRITICAL, "Wake up " * 40), alert(Level.WARNING))
    with AnnotatedVideo(path, width, height, 10.0) as video:
        add(video, frame(0.0, width=width, height=height), firing=firing)
    (shown,) = pictures(path)
    assert np.abs(shown[2, 2].astype(int) - (36, 21, 176)).max() < 60


def test_eyes_and_mouth_are_outlined_where_the_landmarks_say(tmp_path: Path) -> None:
    points = np.full((478, 3), 0.5, np.float32)
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    eye = [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466]
    points[eye, 0], points[eye, 1] = 0.7 + 0.08 * np.cos(angle), 0.4 + 0.05 * np.sin(angle)
    seen = FaceObservation(0.0, Tracking.TRACKED, 320, 240, 1, points, None, np.eye(4, dtype=np.float32))
    path = tmp_path / NAME
    with AnnotatedVideo(path, 320, 240, 10.0) as video:
        video.add(frame(0.0, (0, 0, 0)), seen, tracked(0.0), ())
        video.add(frame(0.1, (0, 0, 0)), replace(seen, landmarks=None, matrix=None), tracked(0.1), ())
    outlined, plain = pictures(path)
    around = np.s_[84:110, 195:255]
    assert outlined[around].max() > 120
    assert plain[around].max() < 40


def test_impossible_sizes_and_a_missing_folder_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="1x1 pixels at 30 frames"):
        AnnotatedVideo(tmp_path / NAME, 1, 1, 30.0)
    with pytest.raises(UsageError, match="nan frames"):
        AnnotatedVideo(tmp_path / NAME, 320, 240, float("nan"))
    with pytest.raises(ReportError, match="No such file or directory; no video was saved"):
        AnnotatedVideo(tmp_path / "absent" / NAME, 320, 240, 30.0)


def test_before_the_disk_is_full_the_video_is_finished_so_that_it_can_be_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / NAME
    video = AnnotatedVideo(path, 320, 240, 10.0)
    add(video, *(frame(k / 10) for k in range(30)))
    monkeypatch.setattr(annotate, "_RESERVE_BYTES", 1 << 62)  # more than any disk has free
    with pytest.raises(ReportError, match=r"MB are free; the first 3\.0 s are in .*a\.part\.webm"):
        add(video, frame(3.0))
    video.close()
    assert len(pictures(tmp_path / "a.part.webm")) == 30
    assert not path.exists()


def test_a_disk_that_is_full_from_the_beginning_keeps_no_empty_video(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotate, "_RESERVE_BYTES", 1 << 62)
    for name in (NAME, "a.mp4"):
        with pytest.raises(ReportError, match="MB are free; nothing was saved"):
            add(AnnotatedVideo(tmp_path / name, 320, 240, 10.0), frame(0.0))
        assert not list(tmp_path.iterdir())


def test_a_drive_that_fails_before_its_first_picture_keeps_no_empty_video(tmp_path: Path) -> None:
    with pytest.raises(KeyError), AnnotatedVideo(tmp_path / NAME, 320, 240, 10.0):
        raise KeyError
    assert not list(tmp_path.iterdir())


LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from driver_monitor.camera.frame import Frame
from driver_monitor.errors import DriverMonitorError
from driver_monitor.report.annotate import AnnotatedVideo
from tests.report.drive import tracked
from tests.report.test_annotate import unseen
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
noise = np.random.default_rng(1)
try:
    with AnnotatedVideo(Path(sys.argv[1]), 320, 240, 10.0) as video:
        for k in range(40):
            picture = noise.integers(0, 255, (240, 320, 3), dtype=np.uint8)
            video.add(Frame(k / 10, picture), unseen(k / 10), tracked(k / 10), ())
except DriverMonitorError as error:
    print(error)
"""


def limited(path: Path, most_bytes: int) -> str:
    """What is said where no file may be larger."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path), str(most_bytes)],
        capture_output=True, text=True, check=False, env=environment, timeout=60,
    )  # fmt: skip
    assert not path.exists(), ended.stderr
    return ended.stdout


def test_what_opencv_could_not_write_is_noticed_at_the_end(tmp_path: Path) -> None:
    said = limited(tmp_path / "a.mp4", 60_000)
    assert "the file is incomplete" in said
    assert "of 40 frames can be read" in said


def test_what_cannot_be_written_of_a_webm_is_told_at_once_and_the_rest_can_be_played(tmp_path: Path) -> None:
    said = limited(tmp_path / "a.webm", 400_000)
    assert "File too large" in said
    assert 0 < len(pictures(tmp_path / "a.part.webm")) < 40


def test_what_a_killed_run_leaves_can_be_played(tmp_path: Path) -> None:
    video = AnnotatedVideo(tmp_path / NAME, 320, 240, 10.0)
    noise = np.random.default_rng(1)
    for k in range(60):
        picture = noise.integers(0, 255, (240, 320, 3), dtype=np.uint8)
        video.add(Frame(k / 10, picture), unseen(k / 10), tracked(k / 10), ())
    left = tmp_path / "left.webm"
    left.write_bytes((tmp_path / "a.part.webm").read_bytes())
    video.close()
    assert 10 < len(pictures(left)) <= 60


def test_the_course_says_where_in_the_video_a_moment_is(tmp_path: Path) -> None:
    with AnnotatedVideo(tmp_path / NAME, 320, 240, 10.0, longest_gap_s=1.0) as video:
        add(video, frame(5.0, RED), frame(5.1, RED), frame(60.0, BLUE), frame(60.1, BLUE), frame(90.0, GREEN))
    course = video.course
    assert (course.name, course.start_s) == (NAME, 5.0)
    shown = pictures(tmp_path / NAME)
    for t_s, colour in ((5.0, RED), (60.0, BLUE), (60.1, BLUE), (90.0, GREEN)):
        assert is_like(shown[round(course.place_s(t_s) * 10)], colour), t_s


def test_the_video_is_vp9_that_phones_and_browsers_know(tmp_path: Path) -> None:
    with AnnotatedVideo(tmp_path / NAME, 321, 241, 29.97) as video:
        add(video, *(frame(k / 30) for k in range(90)))
    with av.open(str(tmp_path / NAME)) as found:
        [stream] = found.streams.video
        assert len(found.streams) == 1
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("vp9", "yuv420p")
        assert stream.average_rate is not None
        assert float(stream.average_rate) == pytest.approx(29.97, abs=0.05)
        keys = [float((p.pts or 0) * p.time_base) for p in found.demux(stream) if p.is_keyframe and p.time_base]
    assert keys == pytest.approx([0.0, 2.0], abs=0.1)


def test_the_panel_says_how_long_only_once_there_is_a_time_to_tell_and_knows_no_negative_zero() -> None:
    begun = tracked(
        1.0, degraded="no_face", degraded_cause_s=0.3, eyes="closed", eyes_closed_s=0.0, on_road=False, off_road_s=0.04,
        yaw_deg=0.4, pitch_deg=-0.3, perclos_60s=0.123,
    )  # fmt: skip
    shown = {label: value for label, value, _ in cells(begun)}
    assert (shown["driver"], shown["eyes"], shown["gaze off road"]) == ("no face", "closed", "road")
    assert shown["yaw, pitch"] == "0, 0 deg"
    assert shown["PERCLOS 60, 180 s"] == "12.3 %, 1.0 %"
    lasting = tracked(
        9.0, degraded="no_face", degraded_cause_s=4.2, eyes="closed", eyes_closed_s=1.26, on_road=False, off_road_s=3.0,
        pitch_deg=-12.4,
    )  # fmt: skip
    shown = {label: value for label, value, _ in cells(lasting)}
    assert (shown["driver"], shown["eyes"], shown["gaze off road 3.0 s"]) == ("no face 4 s", "closed 1.3 s", "road")
    assert shown["yaw, pitch"] == "0, -12 deg"
