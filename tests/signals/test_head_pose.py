import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.signals.head_pose import head_pose
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
