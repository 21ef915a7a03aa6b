"""Turning the head."""

import numpy as np
import pytest

from driver_monitor.simulate.relief import Relief, Turn, rotation
from driver_monitor.simulate.stage import stage


def test_signs_are_the_drivers_own() -> None:
    nose, crown = np.array([0, 0, -1.0]), np.array([0, -1.0, 0])  # picture axes: right, down, away
    assert (rotation(Turn(yaw_deg=30)) @ nose)[0] == pytest.approx(0.5)  # to the right of the picture
    assert (rotation(Turn(pitch_deg=30)) @ nose)[1] == pytest.approx(-0.5)  # up
    assert (rotation(Turn(roll_deg=30)) @ crown)[0] == pytest.approx(0.5)  # crown to the right of the picture


@pytest.mark.parametrize("portrait", ["astronaut", "grace_hopper"])
def test_a_head_not_turned_is_the_photograph(portrait: str) -> None:
    where = stage(portrait, (640, 480))
    view = Relief(where).view(Turn())
    x0, y0, x1, y1 = view.box
    ys, xs = np.mgrid[y0:y1, x0:x1]
    inside = where.alpha[y0:y1, x0:x1] > 250
    assert np.abs(view.map_x - xs)[inside].max() < 0.6
    assert np.abs(view.map_y - ys)[inside].max() < 0.6
    assert view.cover[inside].mean() > 0.99


def test_turning_left_hides_the_left_cheek() -> None:
    where = stage("astronaut", (640, 480))
    relief = Relief(where)
    left, right = where.landmarks[454, 0], where.landmarks[234, 0]
    view = relief.view(Turn(yaw_deg=40))
    shown = view.map_x[view.cover > 0.5]
    cheek_row = (view.map_y > where.landmarks[4, 1] - 5) & (view.map_y < where.landmarks[4, 1] + 5) & (view.cover > 0.5)
    near_left = ((view.map_x > left - 15) & (view.map_x < left) & cheek_row).sum()
    near_right = ((view.map_x > right) & (view.map_x < right + 15) & cheek_row).sum()
    assert shown.size > 0
    assert near_left < 0.3 * near_right
