"""What a backend makes of one face in one frame."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.blendshapes import NAMES
from driver_monitor.face.driver_choice import FaceBox

LANDMARKS: Final = 478
BLENDSHAPES: Final = len(NAMES)


@dataclass(frozen=True, slots=True)
class Face:
    """One face: the arrays of :class:`driver_monitor.face.observation.FaceObservation`, and how sure the landmark net
    is that there is a face at all (0..1, NaN where the backend does not tell)."""

    landmarks: NDArray[np.float32]
    blendshapes: NDArray[np.float32]
    matrix: NDArray[np.float32]
    presence: float = float("nan")

    def box(self, image: NDArray[np.uint8]) -> FaceBox:
        """The box around the landmarks, for a frame of that shape."""
        across, down = self.landmarks[:, 0], self.landmarks[:, 1]
        left, right = float(across.min()), float(across.max())
        top, bottom = float(down.min()), float(down.max())
        aspect = image.shape[0] / image.shape[1]
        return FaceBox((left + right) / 2, (top + bottom) / 2 * aspect, right - left, (bottom - top) * aspect)
