"""Finding and following faces with MediaPipe's own FaceLandmarker and FaceDetector."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.backend import FaceBackend
from driver_monitor.face.driver_choice import SAME_FACE, FaceBox
from driver_monitor.face.face import Face
from driver_monitor.face.landmarker import Detector, Landmarker
from driver_monitor.face.mediapipe_c import load_library
from driver_monitor.face.messages import WorkerSettings

_BLANK_BEYOND: Final = 1.0  # face sizes around the centre left visible; MediaPipe looks at 0.75
_STEERING_LOOKS: Final = 3  # one to lose the wrong face, one to find the right one, one to spare


class MediaPipeBackend(FaceBackend):
    """A landmarker for one face, and a detector that is run by itself when all faces are asked for.

    MediaPipe with ``num_faces=1`` stays with the face it has (its place in one frame is where it looks in the next), so
    it only has to be put on the right one: shown the frame with all but that face blanked, it loses the wrong face and
    finds the right one. (``num_faces=2`` instead searches for the second face in every single frame: 18 % more CPU.)
    Raises :class:`TrackerError` where the library or the model cannot be used.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._library = load_library()
        self._detector = Detector(self._library, settings.model_path, settings.min_detection_confidence)
        self._landmarker = self._new_landmarker()

    def follow(self, image: NDArray[np.uint8], t_s: float) -> Face | None:
        return self._landmarker.follow(image, t_s)

    def find(self, image: NDArray[np.uint8], most: int) -> list[FaceBox]:
        return self._detector.find(image, most)

    def steer(self, image: NDArray[np.uint8], t_s: float, box: FaceBox) -> Face | None:
        blanked = np.zeros_like(image)
        height, width = image.shape[:2]
        reach = _BLANK_BEYOND * box.size
        left, right = (min(width, max(0, round((box.x + side * reach) * width))) for side in (-1, 1))
        top, bottom = (min(height, max(0, round((box.y + side * reach) * width))) for side in (-1, 1))
        blanked[top:bottom, left:right] = image[top:bottom, left:right]
        for _ in range(_STEERING_LOOKS):
            face = self._landmarker.follow(blanked, t_s)
            if face is not None and face.box(image).distance(box) <= SAME_FACE:
                return face
        return None

    def reset(self) -> None:
        self._landmarker.close()
        self._landmarker = self._new_landmarker()

    def close(self) -> None:
        self._landmarker.close()
        self._detector.close()

    def _new_landmarker(self) -> Landmarker:
        return Landmarker(
            self._library,
            self._settings.model_path,
            self._settings.min_detection_confidence,
            self._settings.min_presence_confidence,
        )
