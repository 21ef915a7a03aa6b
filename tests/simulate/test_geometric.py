"""The geometric face measures as what its script says, as FaceLandmarker would report it."""

from typing import Any

import numpy as np
import pytest

from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.signals.measures import FaceMeasures, measure
from driver_monitor.simulate.face_shape import face_shape
from driver_monitor.simulate.geometric import LOST_YAW_DEG, GeometricDrive
from driver_monitor.simulate.measurement_noise import STILL, MeasurementNoise, NoiseLevel
from driver_monitor.simulate.script import Script


def drive(*actions: dict[str, Any], noise: NoiseLevel = STILL, **head: Any) -> GeometricDrive:
    still = {"natural_blinks": False, "head_sway": False, "lid_follow": False, "duration_s": 4.0}
    return GeometricDrive(Script.model_validate({"drive": still | head, "actions": actions}), noise)


def seen(played: GeometricDrive, t_s: float) -> FaceObservation:
    return next(observation for observation in played.observations() if observation.t_s >= t_s)


def measured(played: GeometricDrive, t_s: float) -> FaceMeasures:
    found = measure(seen(played, t_s))
    assert found is not None
    return found


@pytest.mark.parametrize("portrait", ["astronaut", "grace_hopper"])
@pytest.mark.parametrize("angles", [(0, 0, 0), (40, 0, 0), (-30, -20, 0), (0, -36, 0), (20, 5, 12)])
def test_the_head_points_where_it_was_asked_to(portrait: str, angles: tuple[float, float, float]) -> None:
    yaw, pitch, roll = angles
    pose = measured(
        drive({"t": 0, "do": "look", "yaw": yaw, "pitch": pitch, "roll": roll, "for": 4}, portrait=portrait), 1.0
    ).pose
    assert (pose.yaw_deg, pose.pitch_deg, pose.roll_deg) == pytest.approx(angles, abs=0.01)


@pytest.mark.parametrize("portrait", ["astronaut", "grace_hopper"])
def test_lids_go_from_the_open_to_the_shut_eye(portrait: str) -> None:
    shape = face_shape(portrait)
    played = drive({"t": 1, "do": "close_eyes", "for": 2}, portrait=portrait)
    for t_s, ear in ((0.5, shape.open_ear), (2.0, shape.shut_ear)):
        ratios = measured(played, t_s).ratios
        assert (ratios.ear_left, ratios.ear_right) == pytest.approx((ear, ear), abs=0.002)
    assert measured(played, 2.0).expression.blink > 0.6


def test_a_turned_head_shows_wider_eyes_and_a_lowered_one_narrower() -> None:
    """As the cosine says (the opening relative to the driver undoes it)."""
    open_ear = face_shape("grace_hopper").open_ear
    aside = measured(drive({"t": 0, "do": "look", "yaw": 30, "for": 4}, portrait="grace_hopper"), 1.0).ratios
    down = measured(drive({"t": 0, "do": "look", "pitch": -30, "for": 4}, portrait="grace_hopper"), 1.0).ratios
    assert (aside.ear_left + aside.ear_right) / 2 == pytest.approx(open_ear / np.cos(np.radians(30)), rel=0.1)
    assert down.ear_left == pytest.approx(open_ear * np.cos(np.radians(30)), rel=0.03)


def test_eyes_turn_in_a_still_head_and_in_a_turned_one() -> None:
    for yaw in (0.0, 25.0):
        look = {"t": 0, "do": "look", "yaw": yaw, "for": 4}
        straight = measured(drive(look), 1.0).iris
        left = measured(drive(look, {"t": 0, "do": "gaze", "yaw": 20, "for": 4}), 1.0).iris
        assert left - straight == pytest.approx(0.42 * np.sin(np.radians(20)), abs=0.01)


def test_a_yawn_opens_the_mouth_wide_and_talk_does_not() -> None:
    assert measured(drive({"t": 0, "do": "yawn", "for": 4}), 2.0).ratios.mouth_opening > 0.7
    talk = drive({"t": 0, "do": "talk", "for": 4, "amount": 0.3})
    assert max(m.ratios.mouth_opening for o in talk.observations() if (m := measure(o))) < 0.5


def test_what_the_tracker_cannot_follow_is_no_face() -> None:
    assert seen(drive({"t": 0, "do": "look", "yaw": LOST_YAW_DEG + 3, "for": 4}), 1.0).tracking is Tracking.NO_FACE
    assert seen(drive({"t": 0, "do": "leave", "for": 4}), 1.0).tracking is Tracking.NO_FACE
    covered = seen(drive({"t": 0, "do": "occlude", "what": "camera", "for": 4}), 1.0)
    assert covered.tracking is Tracking.NO_FACE
    assert covered.luma_std < 5


def test_a_seat_with_only_the_passenger_in_sight_is_not_the_driver() -> None:
    left = drive({"t": 0, "do": "leave", "for": 4}, {"t": 0, "do": "passenger", "for": 4})
    assert seen(left, 2.0).tracking is Tracking.NOT_DRIVER
    both = seen(drive({"t": 0, "do": "passenger", "for": 4}), 2.0)
    assert (both.tracking, both.faces) == (Tracking.TRACKED, 2)


def test_dark_glasses_and_hands_take_the_eyes_contrast() -> None:
    plain = seen(drive(), 1.0)
    for what in ("dark_glasses", "eyes"):
        hidden = seen(drive({"t": 0, "do": "occlude", "what": what, "for": 4}), 1.0)
        assert hidden.eye_contrast < 0.14 < plain.eye_contrast


def test_a_drive_is_the_same_whenever_it_is_played() -> None:
    played = drive(noise=NoiseLevel(), duration_s=3, jitter_s=0.01, drop_share=0.1)
    for first, again in zip(played.observations(), played.observations(), strict=True):
        assert first.t_s == again.t_s
        assert first.tracking == again.tracking
        if first.landmarks is not None and again.landmarks is not None:
            assert np.array_equal(first.landmarks, again.landmarks)


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
def test_noise_has_its_spread_at_any_frame_rate(fps: float) -> None:
    level = NoiseLevel(yaw_deg=1.0, wild_per_min=0)
    noise = MeasurementNoise(level, 400.0, seed=3)
    yaws = np.array([noise.at(i / fps).errors["yaw"] for i in range(round(400 * fps))])
    assert yaws.std() == pytest.approx(1.0, rel=0.05)
    half = round(level.tau_s * fps)
    assert np.corrcoef(yaws[:-half], yaws[half:])[0, 1] == pytest.approx(np.exp(-half / fps / level.tau_s), abs=0.08)


def test_tracking_fails_as_often_as_asked() -> None:
    noise = MeasurementNoise(NoiseLevel(dropouts_per_min=6, dropout_s=0.5), 1200.0, seed=2)
    lost = np.array([noise.at(i / 20).lost for i in range(24_000)])
    assert lost.mean() == pytest.approx(6 * 0.5 / 60, rel=0.25)
