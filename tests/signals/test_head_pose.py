import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.signals.head_pose import HeadPose, from_neutral, gaze_direction, head_pose, towards_camera
from tests.signals.faces import matrix


@given(st.floats(-80, 80), st.floats(-60, 60), st.floats(-60, 60))
def test_angles_survive_the_way_through_a_matrix(yaw: float, pitch: float, roll: float) -> None:
    pose = head_pose(matrix(yaw, pitch, roll))
    assert pose is not None
    assert pose.yaw_deg == pytest.approx(yaw, abs=0.01)
    assert pose.pitch_deg == pytest.approx(pitch, abs=0.01)
    assert pose.roll_deg == pytest.approx(roll, abs=0.01)


def test_signs_are_the_drivers() -> None:
    """The nose points along the matrix's third column: x to the picture's right (the driver's left), y up."""
    turned_left = np.eye(4, dtype=np.float32)
    turned_left[:3, 2] = (0.5, 0, 0.866)
    turned_left[:3, 0] = (0.866, 0, -0.5)
    pose = head_pose(turned_left)
    assert pose is not None
    assert pose.yaw_deg == pytest.approx(30, abs=0.1)
    raised = np.eye(4, dtype=np.float32)
    raised[:3, 2] = (0, 0.5, 0.866)
    raised[:3, 1] = (0, 0.866, -0.5)
    pose = head_pose(raised)
    assert pose is not None
    assert pose.pitch_deg == pytest.approx(30, abs=0.1)
    leaning = np.eye(4, dtype=np.float32)  # the crown leans to the picture's right
    leaning[:3, 1] = (0.5, 0.866, 0)
    leaning[:3, 0] = (0.866, -0.5, 0)
    pose = head_pose(leaning)
    assert pose is not None
    assert pose.roll_deg == pytest.approx(30, abs=0.1)


def test_a_broken_matrix_is_no_pose() -> None:
    assert head_pose(None) is None
    assert head_pose(np.full((4, 4), np.nan, dtype=np.float32)) is None
    assert head_pose(np.zeros((4, 4), dtype=np.float32)) is None


angles = st.tuples(st.floats(-70, 70), st.floats(-50, 40), st.floats(-30, 30))
places = st.tuples(st.floats(-40, 40), st.floats(-30, 30), st.floats(-30, 30))


def seen_by(camera: HeadPose, head: HeadPose) -> HeadPose:
    """The pose towards a camera that hangs in the direction ``camera`` from the driver and leans by its roll."""
    place = matrix(camera.yaw_deg, camera.pitch_deg, camera.roll_deg)
    turned = matrix(head.yaw_deg, head.pitch_deg, head.roll_deg)
    pose = head_pose(place.T @ turned)
    assert pose is not None
    return pose


@given(places, angles)
def test_wherever_the_camera_hangs_the_turn_from_neutral_is_the_same(
    place: tuple[float, float, float], turn: tuple[float, float, float]
) -> None:
    camera, head = HeadPose(*place), HeadPose(*turn)
    neutral = seen_by(camera, HeadPose(0, 0, 0))
    found = from_neutral(seen_by(camera, head), neutral)
    assert (found.yaw_deg, found.pitch_deg, found.roll_deg) == pytest.approx(turn, abs=0.02)
    stated = towards_camera(camera)
    assert (stated.yaw_deg, stated.pitch_deg, stated.roll_deg) == pytest.approx(
        (neutral.yaw_deg, neutral.pitch_deg, neutral.roll_deg), abs=0.02
    )


def test_subtracting_angles_would_be_wrong_by_a_mirror() -> None:
    camera = HeadPose(25, -15, 0)
    seen, neutral = seen_by(camera, HeadPose(-58, -8, 0)), seen_by(camera, HeadPose(0, 0, 0))
    assert abs(seen.pitch_deg - neutral.pitch_deg - -8) > 10
    assert from_neutral(seen, neutral).pitch_deg == pytest.approx(-8, abs=0.02)


def test_eyes_turn_with_the_head_that_holds_them() -> None:
    assert gaze_direction(HeadPose(0, 0, 0), 20, -10) == pytest.approx((20, -10))
    assert gaze_direction(HeadPose(30, 0, 0), 20, 0) == pytest.approx((50, 0))
    yaw, pitch = gaze_direction(HeadPose(0, 0, 30), 20, 0)  # the crown leans to the left: so do the eyes' looks
    assert pitch == pytest.approx(-9.8, abs=0.1)
    assert yaw == pytest.approx(17.5, abs=0.1)
    assert gaze_direction(HeadPose(15, -20, 12), 0, 0) == pytest.approx((15, -20))
