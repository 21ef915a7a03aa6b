"""Smoothing of landmarks that steadies a still face and does not delay a blink."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

# MediaPipe's own for face landmarks (face_landmarks_detector_graph).
_MIN_CUTOFF_HZ: Final = 0.05
_BETA: Final = 80.0
_DERIVATIVE_CUTOFF_HZ: Final = 1.0
_FIRST_RATE_HZ: Final = 30.0


class OneEuroFilter:
    """The one-euro filter (Casiez et al. 2012) on all coordinates at once: the faster a point, the less it is smoothed.

    Speeds are measured in face sizes a second, so that it does not matter how near the camera is.
    """

    def __init__(self) -> None:
        self._t_s: float | None = None
        self._raw = self._smooth = self._speed = np.empty(0)

    def reset(self) -> None:
        """The next points are another face's."""
        self._t_s = None

    def __call__(self, points: NDArray[np.float64], t_s: float, size: float) -> NDArray[np.float64]:
        """``points`` of any shape, ``size`` of the face in the same unit; ``t_s`` strictly increases."""
        if self._t_s is None:
            self._smooth, self._speed = points, np.zeros_like(points)
        else:
            # MediaPipe takes a time of exactly 0 for "none yet".
            rate_hz = 1.0 / (t_s - self._t_s) if self._t_s else _FIRST_RATE_HZ
            speed = (points - self._raw) * (rate_hz / size)
            self._speed += _share(_DERIVATIVE_CUTOFF_HZ, rate_hz) * (speed - self._speed)
            weights = np.abs(self._speed)
            weights *= _BETA * 2 * math.pi / rate_hz
            weights += _MIN_CUTOFF_HZ * 2 * math.pi / rate_hz
            weights /= 1.0 + weights
            weights *= points - self._smooth
            self._smooth = self._smooth + weights
        self._t_s, self._raw = t_s, points
        return self._smooth


def _share(cutoff_hz: float, rate_hz: float) -> float:
    """How much of the new value a first-order filter takes."""
    return 1.0 / (1.0 + rate_hz / (2 * math.pi * cutoff_hz))
