import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.classifiers.gaze_grid import CELL_DEG, CELLS, COLUMNS, PITCH_DEG, ROWS, YAW_DEG, cell, shares
from driver_monitor.config.signals import GazeConfig, ZoneConfig
from driver_monitor.signals.zones import ZoneMap
from driver_monitor.state.zone import ELSEWHERE, ROAD

NAMES = (ROAD, *GazeConfig().zones, ELSEWHERE)


def middle(number: int) -> tuple[float, float]:
    row, column = divmod(number, COLUMNS)
    return YAW_DEG[0] + (column + 0.5) * CELL_DEG, PITCH_DEG[0] + (row + 0.5) * CELL_DEG


def test_every_cell_is_found_from_its_middle() -> None:
    yaws, pitches = zip(*(middle(number) for number in range(CELLS)), strict=True)
    np.testing.assert_array_equal(cell(yaws, pitches), np.arange(CELLS))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_any_direction_has_a_cell_and_those_on_the_grid_the_nearest(yaw: float, pitch: float) -> None:
    number = int(cell(yaw, pitch))
    assert 0 <= number < CELLS
    across, up = middle(number)
    if YAW_DEG[0] <= yaw <= YAW_DEG[1] and PITCH_DEG[0] <= pitch <= PITCH_DEG[1]:
        assert abs(across - yaw) <= CELL_DEG / 2 + 1e-9
        assert abs(up - pitch) <= CELL_DEG / 2 + 1e-9


def test_a_cell_is_shared_out_wholly_and_a_zone_keeps_its_size() -> None:
    found = shares(GazeConfig(), NAMES)
    assert found.shape == (ROWS * COLUMNS, len(NAMES))
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    road = GazeConfig()
    area_deg2 = np.pi * road.road_half_width_deg * road.road_half_height_deg
    assert found[:, 0].sum() * CELL_DEG**2 == pytest.approx(area_deg2, rel=0.05)


def test_a_cell_inside_a_zone_is_that_zones_alone() -> None:
    found, zones = shares(GazeConfig(), NAMES), ZoneMap(GazeConfig())
    for name in ("left_mirror", "console", "lap", "passenger"):
        place = GazeConfig().zones[name]
        number = int(cell(place.yaw_deg, place.pitch_deg))
        assert zones.zone(*middle(number)) == name
        assert found[number, NAMES.index(name)] == 1.0


def test_zones_of_ones_own_are_cells_too() -> None:
    config = GazeConfig(zones={"tablet": ZoneConfig(yaw_deg=-20, pitch_deg=-30, half_width_deg=8, half_height_deg=8)})
    found = shares(config, (ROAD, "tablet", ELSEWHERE))
    assert found[int(cell(-20, -30))].tolist() == [0.0, 1.0, 0.0]
    assert found[int(cell(42, -10))].tolist() == [0.0, 0.0, 1.0]  # no mirror here
