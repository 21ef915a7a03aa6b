import numpy as np
import pytest

from driver_monitor.classifiers.distraction import FEATURES, STEPS
from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from driver_monitor.signals.head_pose import head_pose
from scripts.training.gaze_scenes import labels, pose_deg, rotation, scenes, towards_camera


@pytest.mark.parametrize(("yaw", "pitch", "roll"), [(0, 0, 0), (30, 0, 0), (-20, 15, 5), (60, -30, -10)])
def test_angles_mean_what_they_mean_in_the_product(yaw: float, pitch: float, roll: float) -> None:
    turned = rotation(*(np.radians([[angle]]) for angle in (yaw, pitch, roll)))[0, 0]
    np.testing.assert_allclose(pose_deg(turned), [yaw, pitch, roll], atol=1e-9)
    matrix = np.eye(4, dtype=np.float32)
    matrix[:3, :3] = turned
    measured = head_pose(matrix)
    assert measured is not None
    assert [measured.yaw_deg, measured.pitch_deg, measured.roll_deg] == pytest.approx([yaw, pitch, roll], abs=1e-3)


def test_a_camera_straight_ahead_sees_the_turn_itself() -> None:
    seen, off_camera = towards_camera(np.array([[[25.0, -10.0]]]), np.zeros((1, 1)), np.zeros((1, 2)))
    np.testing.assert_allclose(seen[0, 0], [25, -10, 0], atol=1e-9)
    assert off_camera[0, 0] == pytest.approx(26.8, abs=0.1)


def test_the_neutral_pose_is_zero_for_every_camera() -> None:
    cameras = np.array([[30.0, 20.0], [-30.0, -20.0], [10.0, 0.0]])
    seen, _ = towards_camera(np.zeros((3, 1, 2)), np.zeros((3, 1)), cameras)
    np.testing.assert_allclose(seen, 0, atol=1e-9)


def test_scenes_are_seeded_and_in_range() -> None:
    one, again, other = scenes(500, 1), scenes(500, 1), scenes(500, 2)
    np.testing.assert_array_equal(one.gaze, again.gaze)
    assert not np.array_equal(one.gaze, other.gaze)
    assert one.gaze.shape == (500, STEPS, len(FEATURES))
    assert np.isfinite(one.gaze).all()
    assert np.all((one.gaze[:, :, 5:] >= 0) & (one.gaze[:, :, 5:] <= 1))
    assert set(np.unique(one.zone)) <= set(range(len(labels())))


def test_the_shipped_model_solves_glances_it_was_not_trained_on() -> None:
    model = OnnxModel(models_dir(Config()) / "distraction.onnx")
    assert model.card.classes["zones"] == labels()
    unseen = scenes(4000, seed=987)
    answers = model.run(gaze=unseen.gaze)["zones"]
    sure = answers.max(axis=1) >= model.card.thresholds["min_confidence"]
    right = answers.argmax(axis=1) == unseen.zone
    assert right.mean() > 0.83
    assert right[sure].mean() > right.mean() + 0.01
    assert right[~sure].mean() < 0.6
