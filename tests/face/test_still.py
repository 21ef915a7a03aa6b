"""Frames that are not looked at, because the face in them has not changed."""

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from driver_monitor.bench.agreement import compare_on
from driver_monitor.camera.frame import Frame
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.face.face import Face
from driver_monitor.face.follower import Sight
from driver_monitor.face.observation import Tracking
from driver_monitor.face.still import LONGEST_S, StillSkipper
from driver_monitor.face.vision_worker import VisionWorker
from tests.face.cabin import Picture, cabin
from tests.simulate.scripts import drive


class Follower:
    """Sees a face over the middle of every frame, or none, and counts the frames it is shown."""

    def __init__(self) -> None:
        self.there = True
        self.looks = 0

    def look(self, image: Picture, t_s: float) -> Sight:
        self.looks += 1
        if not self.there:
            return Sight(Tracking.NO_FACE, 0)
        landmarks = np.random.default_rng(self.looks).uniform(0.3, 0.7, (478, 3)).astype(np.float32)
        return Sight(Tracking.TRACKED, 1, Face(landmarks, np.zeros(52, np.float32), np.eye(4, dtype=np.float32)))


@pytest.fixture
def follower() -> Follower:
    return Follower()


@pytest.fixture
def skipper(follower: Follower) -> StillSkipper:
    return StillSkipper(follower.look, 2.0)


PICTURE = cabin((0.5, 500))


def test_a_still_face_is_looked_at_five_times_a_second(follower: Follower, skipper: StillSkipper) -> None:
    sights = [skipper.look(PICTURE, 100.0 + frame / 30) for frame in range(60)]
    assert follower.looks == pytest.approx(2.0 / LONGEST_S, abs=1)
    assert all(seen.face is not None for seen in sights)


def test_lids_that_move_are_looked_at_and_what_moves_beside_the_face_is_not(
    follower: Follower, skipper: StillSkipper
) -> None:
    skipper.look(PICTURE, 1.0)
    beside = PICTURE.copy()
    beside[:, :150] = 250
    skipper.look(beside, 1.03)
    assert follower.looks == 1
    eye = PICTURE.copy()
    eye[240:265, 440:480] = 10  # a hundredth of the face: less than one level of its mean
    skipper.look(eye, 1.06)
    assert follower.looks == 2


def test_a_change_too_slow_to_be_seen_from_frame_to_frame_adds_up(follower: Follower, skipper: StillSkipper) -> None:
    for frame in range(6):
        skipper.look((PICTURE // 2 + frame).astype(np.uint8), frame / 30)
    assert follower.looks == 2


def test_no_face_another_size_and_a_clock_that_steps_back_are_looked_at(
    follower: Follower, skipper: StillSkipper
) -> None:
    for picture, t_s in ((PICTURE, 5.0), (np.ascontiguousarray(PICTURE[:400]), 5.03), (PICTURE, 4.0), (PICTURE, 4.0)):
        looks = follower.looks
        skipper.look(picture, t_s)
        assert follower.looks == looks + 1
    follower.there = False
    looks = follower.looks
    for frame in range(3):
        assert skipper.look(PICTURE, 6.0 + frame / 30).face is None
    assert follower.looks == looks + 3


@pytest.mark.parametrize("backend", ["litert", "mediapipe"])
def test_a_blink_is_seen_though_still_frames_are_skipped(backend: str, model: Path) -> None:
    scripted = drive({"t": 1.0, "do": "blink"}, {"t": 2.0, "do": "close_eyes", "for": 0.5}, duration_s=3.0, fps=30)
    config = FaceConfig.model_validate({"backend": backend}).unhurried()
    skipping = config.model_copy(update={"skip_still": 1.0})
    with (
        VisionWorker(config, PrivacyConfig(), model) as every,
        VisionWorker(skipping, PrivacyConfig(), model) as some,
    ):
        agreement = compare_on((frame for frame, _ in scripted.frames()), some, every)
        some.reset()
        seen = [some.track(frame) for frame, _ in scripted.frames()]
    taken_over = sum(
        np.array_equal(now.landmarks, before.landmarks)
        for before, now in itertools.pairwise(seen)
        if now.landmarks is not None and before.landmarks is not None
    )
    assert taken_over > 0.2 * len(seen)
    assert math.isfinite(agreement.figures()["ear_max"])
    assert agreement.figures()["ear_max"] < 0.05


def test_the_frames_of_a_stream_that_has_begun_anew_are_looked_at(model: Path) -> None:
    config = FaceConfig(backend="litert", skip_still=5.0).unhurried()
    with VisionWorker(config, PrivacyConfig(), model) as worker:
        assert worker.track(Frame(0.0, PICTURE)).tracking is Tracking.TRACKED
        worker.reset()
        assert worker.track(Frame(0.1, np.full_like(PICTURE, 90))).tracking is Tracking.NO_FACE
