"""Landmarks as 16-bit integers: what the vision worker sends and what a recorded drive keeps.

A share of the picture becomes ``round(share * 20000)`` for z and ``round((share - 0.5) * 20000)`` for x and y: steps of
0.00005 (0.03 px of 640), from -1.14 to 2.14 of the picture, and beyond that the nearest of the two. The worker sends
nothing finer, so a drive replayed from its landmarks sees to the bit what the live run saw.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

STEPS: Final = 20000
_LIMIT: Final = 32767
_CENTRE: Final = np.array([0.5, 0.5, 0.0], np.float32)


def pack(landmarks: NDArray[np.float32]) -> NDArray[np.int16]:
    """int16 [n, 3] from shares float32 [n, 3], or [n, 2] from x and y; what is not finite becomes the centre."""
    steps = (landmarks - _CENTRE[: landmarks.shape[1]]) * np.float32(STEPS)
    if not np.isfinite(steps).all():
        np.nan_to_num(steps, copy=False, nan=0.0, posinf=_LIMIT, neginf=-_LIMIT)
    np.rint(steps, out=steps)
    np.minimum(steps, _LIMIT, out=steps)
    np.maximum(steps, -_LIMIT, out=steps)
    return steps.astype(np.int16)


def unpack(packed: NDArray[np.int16]) -> NDArray[np.float32]:
    """float32 shares of the same shape; packing them again gives ``packed``."""
    return packed.astype(np.float32) / np.float32(STEPS) + _CENTRE[: packed.shape[1]]
