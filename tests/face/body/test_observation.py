from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from driver_monitor.face import messages
from driver_monitor.face.body.observation import BodyObservation
from driver_monitor.face.face import Face
from driver_monitor.face.follower import Sight
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.face.packing import STEPS
from driver_monitor.face.picture_quality import PictureQuality
from driver_monitor.face.tail import tails, with_tail
from driver_monitor.recording.mcap.codec import landmarks_bytes, read_landmarks

QUALITY = PictureQuality(*[1.0] * len(PictureQuality._fields))


def body(hands: int = 2, *, pose: bool = True) -> BodyObservation:
    random = np.random.default_rng(3)
    seen = tuple(random.uniform(-0.5, 1.5, (21, 2)).astype(np.float32) for _ in range(hands))
    if not pose:
        return BodyObservation(1.5, 1, hands=seen)
    points = random.uniform(-0.5, 1.5, (33, 2)).astype(np.float32)
    return BodyObservation(1.5, 2, 0.75, points, random.random(33, np.float32), seen, phone=0.25)


def test_a_body_is_packed_to_a_few_hundred_bytes_and_loses_nothing_more() -> None:
    once = BodyObservation.from_bytes(body().to_bytes())
    assert once.to_bytes() == body().to_bytes()
    assert len(body().to_bytes()) < 400
    assert (once.t_s, once.people, once.presence, once.phone) == (1.5, 2, 0.75, 0.25)
    given = body()
    assert once.pose is not None
    assert given.pose is not None
    assert once.visibility is not None
    assert given.visibility is not None
    np.testing.assert_allclose(once.pose, given.pose, atol=0.5 / STEPS + 1e-6)
    np.testing.assert_allclose(once.visibility, given.visibility, atol=0.5 / 255 + 1e-6)
    np.testing.assert_allclose(once.hands, given.hands, atol=0.5 / STEPS + 1e-6)


@pytest.mark.parametrize("hands", [0, 1, 2])
def test_hands_without_a_pose_arrive(hands: int) -> None:
    once = BodyObservation.from_bytes(body(hands, pose=False).to_bytes())
    assert (once.pose, once.visibility, once.presence, len(once.hands)) == (None, None, 0.0, hands)
    assert np.isnan(once.phone)


@pytest.mark.parametrize("tracking", [Tracking.TRACKED, Tracking.NO_FACE])
def test_it_comes_along_with_an_answer_of_the_worker(tracking: Tracking) -> None:
    face = None
    if tracking is Tracking.TRACKED:
        face = Face(np.full((478, 3), 0.5, np.float32), np.zeros(52, np.float32), np.eye(4, dtype=np.float32), 0.5)
    message = messages.sight(7, Sight(tracking, 1, face, body()), lambda _: QUALITY)
    number, sight, quality = messages.read_sight(message)
    assert (number, sight.tracking, quality) == (7, tracking, QUALITY)
    assert (sight.face is None) == (face is None)
    assert sight.body is not None
    assert sight.body.to_bytes() == body().to_bytes()
    assert len(message) < messages.MAX_BYTES


@pytest.mark.parametrize("seen", [True, False])
def test_it_is_recorded_and_recordings_without_one_are_read(seen: bool) -> None:
    observation = FaceObservation(2.0, Tracking.NO_FACE, 640, 480)
    if seen:
        face: dict[str, Any] = {
            "landmarks": np.full((478, 3), 0.5, np.float32),
            "blendshapes": np.zeros(52, np.float32),
            "matrix": np.eye(4, dtype=np.float32),
        }
        observation = replace(observation, tracking=Tracking.TRACKED, **face)
    plain = landmarks_bytes(observation)
    assert read_landmarks(plain).body is None
    recorded = landmarks_bytes(replace(observation, body=body()))
    assert recorded.startswith(plain)
    again = read_landmarks(recorded)
    assert again.body is not None
    assert again.body.to_bytes() == body().to_bytes()
    assert landmarks_bytes(again) == recorded


def test_parts_of_another_version_are_passed_over() -> None:
    data = b"".join((b"head", *with_tail(200, b"unknown"), *with_tail(2, b"body")))
    assert tails(data, 4) == {200: b"unknown", 2: b"body"}
    with pytest.raises(ValueError, match="cut off"):
        tails(data[:-1], 4)
