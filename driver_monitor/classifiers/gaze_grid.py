"""Directions of gaze as cells of a grid, so that zones can be put together from cells however they are configured."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from driver_monitor.config.signals import GazeConfig
from driver_monitor.parameter import defined, judged
from driver_monitor.signals.zones import ZoneMap

CELL_DEG: Final = judged(4.0, "width and height of a cell")
YAW_DEG: Final = judged((-100.0, 100.0), "reach of the grid from the road centre, positive to the driver's left")
PITCH_DEG: Final = judged((-60.0, 36.0), "reach of the grid, positive up")
COLUMNS: Final = defined(round((YAW_DEG[1] - YAW_DEG[0]) / CELL_DEG), "of the grid", "YAW_DEG, CELL_DEG", unit="count")
ROWS: Final = defined(
    round((PITCH_DEG[1] - PITCH_DEG[0]) / CELL_DEG), "of the grid", "PITCH_DEG, CELL_DEG", unit="count"
)
CELLS: Final = defined(ROWS * COLUMNS, "of the grid", "ROWS, COLUMNS", unit="count")
_PLACES: Final = judged((-0.25, 0.25), "a cell on a rim is shared out by where four points in it belong", unit="cells")


def cell(yaw_deg: ArrayLike, pitch_deg: ArrayLike) -> NDArray[np.int64]:
    """The cell that holds each direction, row by row from the lowest; directions off the grid go to its rim."""
    across = np.floor((np.asarray(yaw_deg) - YAW_DEG[0]) / CELL_DEG)
    up = np.floor((np.asarray(pitch_deg) - PITCH_DEG[0]) / CELL_DEG)
    return np.asarray(
        np.clip(up, 0, ROWS - 1).astype(np.int64) * COLUMNS + np.clip(across, 0, COLUMNS - 1).astype(np.int64)
    )


def shares(config: GazeConfig, names: Sequence[str]) -> NDArray[np.float32]:
    """[CELLS, len(names)]: how much of each cell belongs to each zone of a left-hand-drive car; ``names`` must hold
    every zone that a direction may fall in."""
    zones, place = ZoneMap(config), {name: number for number, name in enumerate(names)}
    found = np.zeros((ROWS, COLUMNS, len(names)), dtype=np.float32)
    for row in range(ROWS):
        for column in range(COLUMNS):
            for up in _PLACES:
                for across in _PLACES:
                    yaw = YAW_DEG[0] + (column + 0.5 + across) * CELL_DEG
                    pitch = PITCH_DEG[0] + (row + 0.5 + up) * CELL_DEG
                    found[row, column, place[zones.zone(yaw, pitch)]] += 1 / len(_PLACES) ** 2
    return found.reshape(CELLS, len(names))
