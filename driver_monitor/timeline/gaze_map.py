"""How often the gaze was in which direction, counted in cells."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

CELL_DEG: Final = 2.5
YAW_DEG: Final = (-75.0, 75.0)
PITCH_DEG: Final = (-50.0, 30.0)
_COLUMNS: Final = round((YAW_DEG[1] - YAW_DEG[0]) / CELL_DEG)
_ROWS: Final = round((PITCH_DEG[1] - PITCH_DEG[0]) / CELL_DEG)


class GazeMap:
    """``counts`` int64 [pitch, yaw] of frames, lowest first; what lies outside counts in the outermost cells."""

    def __init__(self) -> None:
        self.counts: NDArray[np.int64] = np.zeros((_ROWS, _COLUMNS), np.int64)

    def add(self, yaw_deg: NDArray[np.float32], pitch_deg: NDArray[np.float32]) -> None:
        """``yaw_deg``, ``pitch_deg`` [n], NaN where not known."""
        known = np.isfinite(yaw_deg) & np.isfinite(pitch_deg)
        columns = np.clip((yaw_deg[known] - YAW_DEG[0]) // CELL_DEG, 0, _COLUMNS - 1).astype(np.intp)
        rows = np.clip((pitch_deg[known] - PITCH_DEG[0]) // CELL_DEG, 0, _ROWS - 1).astype(np.intp)
        np.add.at(self.counts, (rows, columns), 1)
