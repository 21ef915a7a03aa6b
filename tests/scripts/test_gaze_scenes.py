import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.classifiers.distraction import FEATURES, STEPS
from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from driver_monitor.signals import gaze, head_pose
from driver_monitor.signals.gaze import EYE_GAIN
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.zones import ZoneMap
from scripts.training.gaze_scenes import (
    AT_A_TIME,
    borne_out,
    faced_zones,
    from_neutral,
    gaze_direction,
    labels,
    pose_deg,
    rotation,
    scenes,
    towards_camera,
)


@pytest.mark.parametrize(("yaw", "pitch", "roll"), [(0, 0, 0), (30, 0, 0), (-20, 15, 5), (60, -30, -10)])
def test_angles_mean_what_they_mean_in_the_product(yaw: float, pitch: float, roll: float) -> None:
    turned = rotation(*(np.radians([[angle]]) for angle in (yaw, pitch, roll)))[0, 0]
    np.testing.assert_allclose(pose_deg(turned), [yaw, pitch, roll], atol=1e-9)
    matrix = np.eye(4, dtype=np.float32)
    matrix[:3, :3] = turned
    measured = head_pose.head_pose(matrix)
    assert measured is not None
    assert [measured.yaw_deg, measured.pitch_deg, measured.roll_deg] == pytest.approx([yaw, pitch, roll], abs=1e-3)


def test_a_camera_straight_ahead_sees_the_turn_itself() -> None:
    seen, off_camera = towards_camera(np.array([[[25.0, -10.0]]]), np.zeros((1, 1)), np.zeros((1, 2)))
    np.testing.assert_allclose(seen[0, 0], [25, -10, 0], atol=1e-9)
    assert off_camera[0, 0] == pytest.approx(26.8, abs=0.1)


def test_wherever_the_camera_the_turn_from_neutral_is_the_turn_in_the_car() -> None:
    cameras = np.array([[30.0, 20.0], [-30.0, -20.0], [10.0, 0.0]])
    head, roll = np.tile([[[-40.0, -15.0]]], (3, 1, 1)), np.full((3, 1), 4.0)
    seen, _ = towards_camera(head, roll, cameras)
    neutral, off_camera = towards_camera(np.zeros((3, 1, 2)), np.zeros((3, 1)), cameras)
    np.testing.assert_allclose(from_neutral(seen, neutral), np.tile([[[-40.0, -15.0, 4.0]]], (3, 1, 1)), atol=1e-9)
    assert off_camera[2, 0] == pytest.approx(10.0)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(*[st.tuples(*[st.floats(-50, 50)] * 3)] * 2, st.tuples(st.floats(-30, 30), st.floats(-20, 20)))
def test_arrays_are_turned_as_the_product_turns_one_pose(
    one: tuple[float, ...], other: tuple[float, ...], eye: tuple[float, float]
) -> None:
    turned = head_pose.from_neutral(HeadPose(*one), HeadPose(*other))
    found = from_neutral(np.array([[one]]), np.array([[other]]))[0, 0]
    np.testing.assert_allclose(found, [turned.yaw_deg, turned.pitch_deg, turned.roll_deg], atol=1e-6)
    looked = gaze_direction(np.array([[one]]), np.array([[eye[0]]]), np.array([[eye[1]]]))[0, 0]
    np.testing.assert_allclose(looked, head_pose.gaze_direction(HeadPose(*one), *eye), atol=1e-6)
    offset = math.sin(math.radians(eye[0])) / EYE_GAIN
    spared = borne_out(np.array([EYE_GAIN * offset]), np.array([one[0]]))[0]
    assert spared == pytest.approx(EYE_GAIN * gaze.borne_out(offset, one[0]))


def test_scenes_are_seeded_and_in_range() -> None:
    one, again, other = scenes(500, 1), scenes(500, 1), scenes(500, 2)
    np.testing.assert_array_equal(one.gaze, again.gaze)
    assert not np.array_equal(one.gaze, other.gaze)
    assert one.gaze.shape[1:] == (STEPS, len(FEATURES))
    assert 400 < len(one.gaze) <= 500  # all but those that end out of sight
    assert one.direction.shape == (len(one.gaze), 2)
    assert np.isfinite(one.gaze).all()
    assert np.all((one.gaze[:, :, 5:] >= 0) & (one.gaze[:, :, 5:] <= 1))
    assert set(np.unique(one.zone)) <= set(range(len(labels())))
    assert 0.3 < one.settled.mean() < 0.95
    assert not one.seen[one.gaze[:, -1, 6] < 0.5 * one.gaze[:, -1, 5]].any()  # unseen eyes halve the gaze's quality


def test_what_is_looked_at_lies_in_the_zone_it_is_said_to_be_in() -> None:
    made, zones = scenes(300, 4), ZoneMap(faced_zones())
    for (yaw, pitch), zone in zip(made.direction.tolist(), made.zone.tolist(), strict=True):
        assert zones.zone(yaw, pitch) == labels()[zone]


def test_drivers_are_told_apart_however_many_glances_are_made_at_a_time() -> None:
    made = scenes(2 * AT_A_TIME + 10, 1, people=90)
    assert set(made.person[:1000] // 30) == {0}
    assert set(made.person[-10:] // 30) == {2}


def test_the_shipped_model_solves_glances_it_was_not_trained_on() -> None:
    model = OnnxModel(models_dir(Config()) / "distraction.onnx")
    assert model.card.classes["zones"] == labels()
    unseen = scenes(4000, seed=987)
    answers = model.run(gaze=unseen.gaze)["zones"]
    sure = answers.max(axis=1) >= model.card.thresholds["min_confidence"]
    right = answers.argmax(axis=1) == unseen.zone
    assert right.mean() > 0.78
    assert right[unseen.settled & unseen.seen].mean() > 0.90
    assert right[sure].mean() > 0.93
    assert right[~sure].mean() < 0.75
