"""Whose a hand is."""

import numpy as np
import pytest

from driver_monitor.face.body.detector import Found
from driver_monitor.face.body.nets import is_drivers
from driver_monitor.face.body.pose_net import Pose
from driver_monitor.face.driver_choice import FaceBox
from driver_monitor.face.litert.regions import Region

WIDTH = 1000
DRIVER, PASSENGER = FaceBox(0.7, 0.2, 0.08, 0.1), FaceBox(0.3, 0.2, 0.08, 0.1)
BOTH = (DRIVER, PASSENGER)


def palm(x: float, y: float) -> Found:
    return Found(x, y, 50.0, 50.0, np.zeros((7, 2)), 0.9)


def pose(wrist: tuple[float, float] | None = None) -> Pose:
    """The driver's, with shoulders 180 px apart; the right wrist is where it is seen."""
    points = np.full((33, 2), (700.0, 200.0))
    points[11], points[12] = (790.0, 330.0), (610.0, 330.0)
    visibility = np.zeros(33)
    if wrist is not None:
        points[16], visibility[16] = wrist, 0.9
    return Pose(points, visibility, 0.99, Region(700.0, 400.0, 600.0))


def test_a_hand_at_the_drivers_wrist_is_the_drivers_wherever_it_reaches() -> None:
    assert is_drivers(palm(420, 400), pose((450.0, 420.0)), DRIVER, BOTH, WIDTH)


@pytest.mark.parametrize("seen", [None, (760.0, 500.0)])
def test_a_hand_nearer_to_the_passenger_is_the_passengers(seen: tuple[float, float] | None) -> None:
    assert not is_drivers(palm(420, 400), pose(seen), DRIVER, BOTH, WIDTH)
    assert is_drivers(palm(600, 450), pose(seen), DRIVER, BOTH, WIDTH)


def test_a_hand_out_of_reach_is_nobodys() -> None:
    assert not is_drivers(palm(100, 900), pose(), DRIVER, (DRIVER,), WIDTH)
    assert not is_drivers(palm(100, 900), None, DRIVER, (DRIVER,), WIDTH)


def test_a_hand_without_an_arm_belongs_to_the_face_that_is_near() -> None:
    assert is_drivers(palm(760, 250), None, DRIVER, (), WIDTH)
    assert not is_drivers(palm(340, 250), None, DRIVER, (PASSENGER,), WIDTH)


def test_a_hand_without_anybody_is_nobodys() -> None:
    assert not is_drivers(palm(500, 300), None, None, (), WIDTH)
