"""What the landmark net sees of one face."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Landmarks:
    """``points`` float64 [3, 478]: rows of x, y and z in px of the frame; ``presence`` 0..1 that they are a face's at
    all; ``centre`` (x, y) and ``extent`` (width, height) of the box around them, in px."""

    points: NDArray[np.float64]
    presence: float
    centre: tuple[float, float]
    extent: tuple[float, float]

    @classmethod
    def of(cls, points: NDArray[np.float64], presence: float) -> Self:
        left, top = points[:2].min(1).tolist()
        right, bottom = points[:2].max(1).tolist()
        return cls(points, presence, ((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top))
