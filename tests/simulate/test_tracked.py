"""What the real tracker sees of a scripted driver: the truth has to be true."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.signals.head_pose import HeadPose, head_pose
from driver_monitor.signals.landmarks import FaceRatios, face_ratios
from driver_monitor.simulate.drive import ScriptedDrive
from driver_monitor.simulate.truth import Truth
from tests.simulate.scripts import drive

PORTRAITS = ("astronaut", "grace_hopper")


@dataclass
class Seen:
    truth: Truth
    observation: FaceObservation
    ratios: FaceRatios | None
    pose: HeadPose | None

    @property
    def ear(self) -> float:
        assert self.ratios
        return (self.ratios.ear_left + self.ratios.ear_right) / 2

    @property
    def mouth(self) -> float:
        assert self.ratios
        return self.ratios.mouth_opening


def watch(tracker: VisionWorker, scripted: ScriptedDrive) -> list[Seen]:
    seen = []
    for frame, truth in scripted.frames():
        observation = tracker.track(frame)
        seen.append(Seen(truth, observation, face_ratios(observation), head_pose(observation.matrix)))
    return seen


@pytest.mark.parametrize("portrait", PORTRAITS)
def test_the_head_is_seen_where_the_truth_says_it_is(tracker: VisionWorker, portrait: str) -> None:
    looks = [(25, 0), (-25, 0), (0, -20), (0, -35), (0, 12), (35, -5), (20, -25)]
    actions: list[dict[str, Any]] = [
        {"t": 0.3 + 1.2 * i, "do": "look", "yaw": yaw, "pitch": pitch, "for": 0.7, "transition": 0.3}
        for i, (yaw, pitch) in enumerate(looks)
    ]
    seen = watch(tracker, drive(*actions, portrait=portrait, duration_s=8.6, fps=20))
    for i, (yaw, pitch) in enumerate(looks):
        start = 0.3 + 1.2 * i
        held = [s.pose for s in seen if start + 0.4 <= s.truth.t_s <= start + 0.7]
        assert all(held), f"no face at {yaw}, {pitch}"
        assert np.median([p.yaw_deg for p in held if p]) == pytest.approx(yaw, abs=5)
        assert np.median([p.pitch_deg for p in held if p]) == pytest.approx(pitch, abs=5)
        assert np.median([p.roll_deg for p in held if p]) == pytest.approx(0, abs=5)


@pytest.mark.parametrize("portrait", PORTRAITS)
def test_lids_close_as_far_as_the_truth_says(tracker: VisionWorker, portrait: str) -> None:
    actions = [
        {"t": 1.0 * i, "do": "close_eyes", "amount": amount, "for": 0.8}
        for i, amount in enumerate((0.0, 0.25, 0.5, 0.75, 1.0))
    ]
    seen = watch(tracker, drive(*actions, portrait=portrait, duration_s=5, fps=20))
    ears = [float(np.median([s.ear for s in seen if i + 0.3 <= s.truth.t_s <= i + 0.75])) for i in range(5)]
    assert ears[4] < 0.4 * ears[0]
    closure = [(ears[0] - ear) / (ears[0] - ears[4]) for ear in ears]
    assert closure == pytest.approx([0, 0.25, 0.5, 0.75, 1], abs=0.14)


def test_one_eye_can_close_alone_and_it_is_the_drivers_left(tracker: VisionWorker) -> None:
    seen = watch(tracker, drive({"t": 0, "do": "close_eyes", "eyes": "left", "for": 1}, duration_s=0.9, fps=20))
    last = seen[-1].ratios
    assert last
    assert last.ear_left < 0.5 * last.ear_right


def test_a_blink_is_seen_as_long_as_it_is(tracker: VisionWorker) -> None:
    scripted = drive({"t": 1.0, "do": "blink", "for": 0.15}, duration_s=2)
    [blink] = scripted.events
    seen = watch(tracker, scripted)
    ears = np.array([s.ear for s in seen])
    half = (ears.min() + np.median(ears)) / 2
    assert (ears < half).sum() / 30 == pytest.approx(blink.half_s, abs=0.05)
    assert ears.min() < 0.3 * np.median(ears)


@pytest.mark.parametrize("portrait", PORTRAITS)
def test_a_yawn_opens_the_mouth_wide_for_seconds_and_talk_does_not(tracker: VisionWorker, portrait: str) -> None:
    scripted = drive(
        {"t": 0.5, "do": "yawn", "for": 3.2},
        {"t": 5.0, "do": "talk", "for": 2.5},
        portrait=portrait,
        duration_s=8,
        fps=15,
    )
    seen = watch(tracker, scripted)
    wide_s = [s.truth.t_s for s in seen if s.mouth > 0.5]
    assert 2.0 <= wide_s[-1] - wide_s[0] <= 4.2
    assert len(wide_s) == pytest.approx(15 * (wide_s[-1] - wide_s[0]), abs=2)
    talk = [s.mouth for s in seen if s.truth.t_s >= 5.0]
    assert max(talk) - min(talk) > 0.12
    assert max(talk) < 0.5


def test_eyes_turn_without_the_head(tracker: VisionWorker) -> None:
    scripted = drive(
        {"t": 0.5, "do": "gaze", "yaw": 20, "for": 0.6}, {"t": 1.5, "do": "gaze", "yaw": -20, "for": 0.6},
        duration_s=2.2, fps=20,
    )  # fmt: skip
    seen = watch(tracker, scripted)

    def iris(start: float, end: float) -> float:
        ratios = [s.ratios for s in seen if start <= s.truth.t_s < end]
        return float(np.median([(r.iris_left + r.iris_right) / 2 for r in ratios if r]))

    assert iris(0.7, 1.05) - iris(0.2, 0.5) > 0.04
    assert iris(0.2, 0.5) - iris(1.7, 2.05) > 0.04
    assert all(s.pose and abs(s.pose.yaw_deg) < 4 for s in seen)


def test_no_face_is_seen_under_a_cover_or_in_an_empty_seat_and_then_it_is_back(tracker: VisionWorker) -> None:
    scripted = drive(
        {"t": 0.5, "do": "occlude", "what": "camera", "for": 1.0}, {"t": 3.0, "do": "leave", "for": 1.0},
        duration_s=5.0, fps=15, noise=2.0,
    )  # fmt: skip
    seen = watch(tracker, scripted)

    def tracked(start: float, end: float) -> set[bool]:
        return {s.observation.tracking is Tracking.TRACKED for s in seen if start <= s.truth.t_s < end}

    assert tracked(0.0, 0.5) == tracked(2.2, 3.0) == tracked(4.7, 5.0) == {True}
    assert tracked(0.9, 1.5) == tracked(3.6, 4.0) == {False}
    covered = next(s.observation for s in seen if s.truth.covered and s.truth.t_s > 1)
    assert covered.luma_std < 12
    empty = next(s.observation for s in seen if not s.truth.present and s.truth.t_s > 3.6)
    assert empty.luma_std > 25


def test_the_passenger_is_a_second_face(tracker: VisionWorker) -> None:
    seen = watch(tracker, drive({"t": 0, "do": "passenger", "rise": 0.01, "for": 3}, duration_s=3, fps=10))
    assert max(s.observation.faces for s in seen) == 2
    places = [s.observation.landmarks[:, 0].mean() for s in seen if s.observation.landmarks is not None]
    assert all(0.4 < x < 0.6 for x in places)


def test_a_driver_with_glasses_takes_over(tracker: VisionWorker) -> None:
    scripted = drive({"t": 1, "do": "swap_driver"}, duration_s=2, fps=10)
    seen = watch(tracker, scripted)
    assert {s.truth.portrait for s in seen} == {"astronaut", "grace_hopper"}
    assert all(s.observation.tracking is Tracking.TRACKED for s in seen)
