"""A real smiling face and where its eyes and mouth are: scikit-image's public-domain portrait (512x512)."""

import numpy as np
import skimage.data
from numpy.typing import NDArray

from driver_monitor.face.observation import FaceObservation, Tracking

# x and y of FaceLandmarker's lid and lip points, as shares of the picture.
LANDMARKS = {
    33: (0.3814, 0.1964), 133: (0.4172, 0.2024), 159: (0.3956, 0.1911), 145: (0.3988, 0.2035),
    263: (0.4987, 0.2027), 362: (0.4617, 0.2049), 386: (0.4845, 0.1957), 374: (0.4803, 0.2080),
    61: (0.3951, 0.2718), 291: (0.4775, 0.2745),
}  # fmt: skip


def picture() -> NDArray[np.uint8]:
    return np.asarray(skimage.data.astronaut(), dtype=np.uint8)  # type: ignore[no-untyped-call]


def landmarks() -> NDArray[np.float32]:
    points = np.full((478, 3), 0.5, dtype=np.float32)
    for index, (x, y) in LANDMARKS.items():
        points[index] = (x, y, 0.0)
    return points


def observation(t_s: float, *, yaw_deg: float = 0.0, scale: float = 1.0) -> FaceObservation:
    """The face as tracked, with a head turned by ``yaw_deg``; ``scale`` shrinks it towards the picture's corner."""
    matrix = np.eye(4, dtype=np.float32)
    cosine, sine = np.cos(np.radians(yaw_deg)), np.sin(np.radians(yaw_deg))
    matrix[0, 0], matrix[0, 2], matrix[2, 0], matrix[2, 2] = cosine, sine, -sine, cosine
    return FaceObservation(
        t_s, Tracking.TRACKED, 512, 512, faces=1, landmarks=landmarks() * np.float32(scale), matrix=matrix
    )
