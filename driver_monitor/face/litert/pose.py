"""Where the head is: the canonical face fitted to the landmarks, as MediaPipe's face geometry module does it.

A weighted Procrustes fit (rotation, translation and one scale) under a perspective camera. Depths of landmarks are in
no unit that the camera knows, so the face's scale is estimated first from the picture plane alone, then again with the
perspective undone.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.litert.geometry import Geometry

# MediaPipe's virtual camera: 63 degrees from the frame's upper to its lower edge, the near plane 1 cm away.
_VERTICAL_VIEW: Final = 2 * math.tan(math.radians(63) / 2)
_NEAR_CM: Final = 1.0


class PoseFit:
    def __init__(self, geometry: Geometry) -> None:
        self._landmarks = geometry.landmarks
        self._vertices = len(geometry.vertices)
        weights = geometry.weights
        self._share = weights / weights.sum()
        self._canonical = geometry.vertices[geometry.landmarks].T  # [3, k]
        # centred, and weighted once: multiplied with the landmarks it gives their weighted covariance
        centred = self._canonical - (self._canonical @ self._share)[:, None]
        self._spread = weights * centred
        self._squares = float((self._spread * self._canonical).sum())

    def matrix(self, landmarks: NDArray[np.float64], aspect: float) -> NDArray[np.float64]:
        """[4, 4] from canonical face to camera, in cm; ``landmarks`` [478, 3] in shares of the frame (z of its width),
        ``aspect`` its width over its height."""
        height_cm = _VERTICAL_VIEW * _NEAR_CM
        width_cm = height_cm * aspect
        depth_mean = float(landmarks[: self._vertices, 2].mean()) * width_cm
        seen = landmarks[self._landmarks].T * ((width_cm,), (-height_cm,), (width_cm,))
        seen += ((-width_cm / 2,), (height_cm / 2,), (0.0,))
        flat = seen * _MIRROR
        scale = self._fit(flat)[1]
        scale *= self._fit(_in_perspective(seen, depth_mean, scale))[1]
        target = _in_perspective(seen, depth_mean, scale)
        rotation, scale = self._fit(target)
        matrix = np.eye(4)
        matrix[:3, :3] = scale * rotation
        matrix[:3, 3] = (target - matrix[:3, :3] @ self._canonical) @ self._share
        return matrix

    def _fit(self, target: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """The rotation and the scale that bring the canonical face nearest to ``target`` [3, k]."""
        covariance = target @ self._spread.T
        left, _, right = np.linalg.svd(covariance)
        rotation = left @ right
        if _determinant(rotation) < 0:
            left[:, 2] *= -1.0
            rotation = left @ right
        return rotation, float((rotation * covariance).sum()) / self._squares


_MIRROR: Final = np.array(((1.0,), (1.0,), (-1.0,)))


def _in_perspective(seen: NDArray[np.float64], depth_mean: float, scale: float) -> NDArray[np.float64]:
    """Points [3, k] of the near plane moved out along their rays to their depth in cm; z towards the camera."""
    depth = (seen[2] - depth_mean + _NEAR_CM) / scale
    moved: NDArray[np.float64] = seen * (depth / _NEAR_CM)
    moved[2] = -depth
    return moved


def _determinant(matrix: NDArray[np.float64]) -> float:
    (a, b, c), (d, e, f), (g, h, i) = matrix.tolist()
    return float(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g))
