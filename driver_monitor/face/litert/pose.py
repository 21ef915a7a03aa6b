"""Where the head is: the canonical face fitted to the landmarks, as MediaPipe's face geometry module does it.

A weighted Procrustes fit (rotation, translation and one scale) under a perspective camera. Depths of landmarks are in
no unit that the camera knows: the landmarks are moved out along their rays by their depth, and scaled to the size of
the canonical face. (MediaPipe estimates that scale twice; the first estimate cancels out in the second.)
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.litert.geometry import Geometry
from driver_monitor.face.litert.rotation import nearest_rotation

# MediaPipe's virtual camera: 63 degrees from the frame's upper to its lower edge, the near plane 1 cm away.
_VERTICAL_VIEW: Final = 2 * math.tan(math.radians(63) / 2)
_NEAR_CM: Final = 1.0


class PoseFit:
    def __init__(self, geometry: Geometry) -> None:
        self._landmarks = geometry.landmarks
        self._vertices = len(geometry.vertices)
        weights = geometry.weights
        share = weights / weights.sum()
        canonical = geometry.vertices[geometry.landmarks]  # [k, 3]
        self._centre: tuple[float, ...] = tuple((share @ canonical).tolist())
        # centred, and weighted once: multiplied with the landmarks it gives their weighted covariance
        spread = weights[:, None] * (canonical - np.array(self._centre))
        self._squares = float((spread * canonical).sum())
        self._moments = np.column_stack((spread, share))  # [k, 4]: covariance and centre in one product

    def matrix(self, landmarks: NDArray[np.float64], aspect: float) -> NDArray[np.float64]:
        """[4, 4] from canonical face to camera, in cm; ``landmarks`` [3, 478] in shares of the frame (z of its width),
        ``aspect`` its width over its height. The identity for landmarks that span no face at all."""
        height_cm = _VERTICAL_VIEW * _NEAR_CM
        width_cm = height_cm * aspect
        seen = landmarks.take(self._landmarks, axis=1)
        depth = (seen[2] - landmarks[2, : self._vertices].sum() / self._vertices) * width_cm + _NEAR_CM
        target = np.empty_like(seen)
        target[0] = (seen[0] - 0.5) * depth * (width_cm / _NEAR_CM)
        target[1] = (0.5 - seen[1]) * depth * (height_cm / _NEAR_CM)
        target[2] = -depth
        rows = (target @ self._moments).tolist()
        fit = nearest_rotation([row[:3] for row in rows])
        if fit is None:
            return np.eye(4)
        rotation, alike = fit
        x, y, z = self._centre
        to_size = self._squares / alike
        fitted = [
            [a, b, c, row[3] * to_size - a * x - b * y - c * z] for (a, b, c), row in zip(rotation, rows, strict=True)
        ]
        return np.array([*fitted, [0.0, 0.0, 0.0, 1.0]])
