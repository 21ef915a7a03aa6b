"""What the litert backend sees, in its sealed worker: as MediaPipe itself sees it, and where MediaPipe sees nobody."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from driver_monitor.bench.agreement import compare_on
from driver_monitor.camera.frame import Frame
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.signals.head_pose import head_pose
from tests.face.cabin import HEIGHT, WIDTH, Picture, cabin
from tests.simulate.scripts import drive

FACE_OF_HEAD = 0.385  # how wide the face is in the square that cabin() pastes


@pytest.fixture(scope="module")
def shared(model: Path) -> Iterator[VisionWorker]:
    with VisionWorker(FaceConfig(backend="litert").unhurried(), PrivacyConfig(), model) as worker:
        yield worker


@pytest.fixture(scope="module")
def mediapipe(model: Path) -> Iterator[VisionWorker]:
    with VisionWorker(FaceConfig(backend="mediapipe").unhurried(), PrivacyConfig(), model) as worker:
        yield worker


@pytest.fixture
def worker(shared: VisionWorker) -> VisionWorker:
    shared.reset()
    return shared


def watch(worker: VisionWorker, frames: list[Picture], fps: float = 30.0) -> list[FaceObservation]:
    return [worker.track(Frame(number / fps, picture)) for number, picture in enumerate(frames)]


def width(seen: FaceObservation) -> float:
    assert seen.landmarks is not None
    return float(np.ptp(seen.landmarks[:, 0]))


def test_a_scripted_driver_is_seen_as_mediapipe_sees_her(worker: VisionWorker, mediapipe: VisionWorker) -> None:
    scripted = drive(
        {"t": 0.6, "do": "blink"},
        {"t": 1.2, "do": "look", "yaw": 38, "pitch": -6, "for": 0.6, "transition": 0.25},
        {"t": 2.6, "do": "close_eyes", "for": 0.6},
        {"t": 3.6, "do": "yawn", "for": 0.8},
        duration_s=5.0,
        fps=20,
        noise=2.0,
        head_sway=True,
    )
    figures = compare_on((frame for frame, _ in scripted.frames()), worker, mediapipe).figures()
    assert (figures["frames"], figures["found_in_both"]) == (100, 100)
    assert figures["landmarks_rms_percent"] < 0.05
    assert figures["ear_max"] < 0.01
    assert figures["blendshapes_rms"] < 0.01
    assert figures["blendshapes_max"] < 0.1
    assert figures["rotation_median_deg"] < 0.1


def turned(yaw_deg: float, portrait: str) -> list[Frame]:
    look = {"t": 0.3, "do": "look", "yaw": yaw_deg, "for": 0.5, "transition": 0.3}
    return [frame for frame, _ in drive(look, duration_s=1.5, fps=20, portrait=portrait).frames()]


def test_a_head_turned_by_60_degrees_is_followed_and_found(worker: VisionWorker) -> None:
    frames = turned(60, "astronaut")
    seen = [worker.track(frame) for frame in frames]
    assert {one.tracking for one in seen} == {Tracking.TRACKED}
    assert max(pose.yaw_deg for one in seen if (pose := head_pose(one.matrix))) == pytest.approx(60, abs=8)
    worker.reset()
    assert worker.track(frames[14]).tracking is Tracking.TRACKED


@pytest.mark.parametrize("portrait", ["astronaut", "grace_hopper"])
@pytest.mark.parametrize("yaw_deg", [-60, 60])
def test_a_head_that_turns_out_of_sight_is_lost_and_found_in_the_frames_in_which_mediapipe_does(
    worker: VisionWorker, mediapipe: VisionWorker, yaw_deg: float, portrait: str
) -> None:
    figures = compare_on(turned(yaw_deg, portrait), worker, mediapipe).figures()
    assert figures["frames"] == 30
    assert (figures["tested_only"], figures["reference_only"]) == (0, 0)
    assert figures["found_in_both"] >= 20


def test_a_lone_face_of_a_twelfth_of_the_width_is_found_at_once_and_kept(worker: VisionWorker) -> None:
    for centre in (0.3, 0.55, 0.85):
        worker.reset()
        seen = watch(worker, [cabin((centre, round(0.08 * WIDTH / FACE_OF_HEAD)))] * 15)
        first = [one.tracking for one in seen].index(Tracking.TRACKED)
        assert first <= 8, centre
        assert {one.tracking for one in seen[first:]} == {Tracking.TRACKED}
        assert width(seen[-1]) == pytest.approx(0.08, abs=0.004)


def test_a_face_wider_than_the_frame_is_found(worker: VisionWorker, astronaut: Picture) -> None:
    """The nose in the middle, ears and chin outside."""
    enlarge = np.array(((6.0, 0.0, 320 - 6.0 * 221), (0.0, 6.0, 240 - 6.0 * 128)))
    close = cv2.warpAffine(astronaut, enlarge, (560, 480), borderMode=cv2.BORDER_REPLICATE).astype(np.uint8)
    seen = watch(worker, [close] * 12)
    assert seen[-1].tracking is Tracking.TRACKED
    assert width(seen[-1]) > 1.0


def test_the_driver_who_leaves_is_lost_at_once_and_found_again_at_once(worker: VisionWorker) -> None:
    here, gone = cabin((0.7, 400)), cabin()
    told = [one.tracking for one in watch(worker, [here] * 10 + [gone] * 20 + [cabin((0.6, 420))] * 10)]
    assert set(told[:10]) == {Tracking.TRACKED}
    assert set(told[10:30]) == {Tracking.NO_FACE}
    assert set(told[31:]) == {Tracking.TRACKED}


def test_a_child_behind_is_counted_and_never_followed(worker: VisionWorker) -> None:
    driver, child = (0.7, 420), (0.3, 320)
    seen = watch(worker, [cabin(child, driver)] * 20 + [cabin(child)] * 20 + [cabin(child, driver)] * 30, fps=10)
    for number, one in enumerate(seen):
        if one.tracking is Tracking.TRACKED:
            assert width(one) > 0.15, number
    assert {one.tracking for one in seen[:20]} == {Tracking.TRACKED}
    assert Tracking.TRACKED not in {one.tracking for one in seen[20:40]}
    assert {one.tracking for one in seen[45:]} == {Tracking.TRACKED}
    assert seen[-1].faces == 2


def grey(picture: Picture) -> Picture:
    return cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB).astype(np.uint8)


def infrared(picture: Picture) -> Picture:
    """Grey, dim and noisy, as a small sensor under infrared light gives it."""
    noise = np.random.default_rng(5).normal(0, 6, picture.shape)
    return np.clip(0.35 * grey(picture) + 10 + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("light", [np.asarray, grey, infrared])
@pytest.mark.parametrize("lean_deg", [-45, 0, 45])
def test_a_leaning_head_is_found_in_every_light(
    worker: VisionWorker, astronaut: Picture, light: Callable[[Picture], Picture], lean_deg: float
) -> None:
    turn = cv2.getRotationMatrix2D((225.0, 120.0), lean_deg, 1.0)
    leaning = cv2.warpAffine(astronaut, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE).astype(np.uint8)
    seen = watch(worker, [light(leaning)] * 3)[-1]
    assert seen.tracking is Tracking.TRACKED
    assert seen.matrix is not None
    roll_deg = float(np.degrees(np.arctan2(seen.matrix[1, 0], seen.matrix[0, 0])))
    assert roll_deg == pytest.approx(lean_deg - 7, abs=8)  # she leans a little herself
    assert seen.presence > 0.9


def test_an_empty_cabin_and_noise_stay_empty(worker: VisionWorker) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    for picture in (cabin(), noise, np.zeros_like(noise)):
        worker.reset()
        seen = watch(worker, [picture] * 10)
        assert {(one.tracking, one.faces) for one in seen} == {(Tracking.NO_FACE, 0)}
        assert np.isnan(seen[-1].presence)
