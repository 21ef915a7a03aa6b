import math
import re

import numpy as np

from driver_monitor.config.signals import GazeConfig
from driver_monitor.report.gaze_chart import draw
from driver_monitor.timeline.gaze_map import CELL_DEG, PITCH_DEG, YAW_DEG, GazeMap


def looks(*directions: tuple[float, float]) -> GazeMap:
    found = GazeMap()
    found.add(np.array([d[0] for d in directions], np.float32), np.array([d[1] for d in directions], np.float32))
    return found


def test_each_frame_counts_in_the_cell_of_its_direction_and_unknown_ones_in_none() -> None:
    found = looks((0.1, 0.1), (0.2, 2.0), (-30.0, -20.0), (math.nan, 0.0), (math.inf, 0.0))
    assert found.counts.sum() == 3
    row, column = np.unravel_index(found.counts.argmax(), found.counts.shape)
    assert PITCH_DEG[0] + row * CELL_DEG == 0.0
    assert YAW_DEG[0] + column * CELL_DEG == 0.0


def test_what_lies_outside_is_at_the_edge() -> None:
    found = looks((200.0, -200.0))
    assert found.counts[0, -1] == 1


def test_the_drivers_left_is_on_the_left_and_the_longer_the_darker() -> None:
    svg = draw(looks(*[(30.0, 0.0)] * 100, (-30.0, 0.0)), GazeConfig())
    cells = re.findall(r'<rect x="([\d.]+)"[^>]*class="heat(\d)"', svg)
    assert [int(shade) for _, shade in sorted(cells, key=lambda cell: float(cell[0]))] == [5, 2]


def test_a_drive_without_a_gaze_says_so() -> None:
    assert "not known in this drive" in draw(GazeMap(), GazeConfig())
