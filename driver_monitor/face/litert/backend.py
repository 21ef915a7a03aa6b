"""Finding and following faces with LiteRT: the nets of ``face_landmarker.task`` and nothing of MediaPipe's graph.

A face is detected once; from then on its landmarks in one frame say where to look in the next, until the landmark net
says that there is no face. It runs where MediaPipe cannot (a Raspberry Pi 4) and costs less.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.backend import FaceBackend
from driver_monitor.face.driver_choice import FaceBox
from driver_monitor.face.errors import TrackerError
from driver_monitor.face.face import Face
from driver_monitor.face.litert import nets
from driver_monitor.face.litert.blendshape_net import BlendshapeNet
from driver_monitor.face.litert.detector import Detection, Detector, distinct, other_squares
from driver_monitor.face.litert.geometry import read_geometry
from driver_monitor.face.litert.landmark_net import LandmarkNet
from driver_monitor.face.litert.landmarks import Landmarks
from driver_monitor.face.litert.pose import PoseFit
from driver_monitor.face.litert.regions import Region
from driver_monitor.face.litert.smoothing import OneEuroFilter
from driver_monitor.face.messages import WorkerSettings
from driver_monitor.face.stream_time import next_ms

# Below this share of the frame's width the whole frame shows a face to the detector only sometimes.
_SMALL: Final = 0.15
# While nobody is there, each frame is looked at as a whole and in this many other squares: all within a quarter second.
_SQUARES_A_FRAME: Final = 1
_TRIED: Final = 3  # likely faces, clearest first, that the landmark net is asked about in one frame
# Landmarks must fill this share of the box that was detected. MEASURED: 0.78 to 1.31 on 261 faces (turned, leaning,
# asleep, laughing); 0.61 where both nets took letters for a face.
_LEAST_OF_BOX: Final = 0.7
_NARROWER: Final = 0.9  # a detected box may be this much narrower than the face


class LitertBackend(FaceBackend):
    """Raises :class:`TrackerError` where LiteRT or the model cannot be used."""

    def __init__(self, settings: WorkerSettings) -> None:
        cv2.setNumThreads(1)
        model = nets.ModelFile(settings.model_path)
        self._detector = Detector(model.net(nets.DETECTOR), settings.min_detection_confidence)
        self._landmarks = LandmarkNet(model.net(nets.LANDMARKS))
        self._blendshapes = BlendshapeNet(model.net(nets.BLENDSHAPES))
        try:
            self._pose = PoseFit(read_geometry(model.read(nets.GEOMETRY)))
        except ValueError as error:
            raise TrackerError(nets.unusable(settings.model_path, error)) from error
        self._smoothing = OneEuroFilter()
        self._region: Region | None = None  # where the face is looked for next
        self._min_presence = settings.min_presence_confidence
        self._min_width = settings.min_face_share
        self.reset()

    def reset(self) -> None:
        self._time_ms = -1
        self._detected: list[Detection] | None = None  # in the frame that is being looked at
        self._next_square = 0
        self._let_go()

    def follow(self, image: NDArray[np.uint8], t_s: float) -> Face | None:
        self._detected = None
        if self._region is not None:
            return self._look(image, t_s, self._region)
        self._detected = self._detect(image, _SQUARES_A_FRAME)
        for likely in sorted(self._detected, key=lambda found: -found.score)[:_TRIED]:
            face = self._take_up(image, t_s, likely.box)
            if face is not None:
                return face
        return None

    def find(self, image: NDArray[np.uint8], most: int) -> list[FaceBox]:
        found, self._detected = self._detected, None
        if found is None or _only_small(found):  # what one square showed is not all there is
            large_held = self._region is not None and self._region.side >= 1.5 * _SMALL * image.shape[1]
            found = self._detect(image, 0 if large_held else None)
        return [detection.box for detection in found[:most]]

    def steer(self, image: NDArray[np.uint8], t_s: float, box: FaceBox) -> Face | None:
        return self._take_up(image, t_s, box)

    def _take_up(self, image: NDArray[np.uint8], t_s: float, box: FaceBox) -> Face | None:
        """Hold the face in a detected box, if there is one that fills it."""
        self._let_go()
        face = self._look(image, t_s, Region.around_box(box, image.shape[1]))
        if face is not None and face.box(image).size < _LEAST_OF_BOX * box.size:
            self._let_go()
            return None
        return face

    def _look(self, image: NDArray[np.uint8], t_s: float, region: Region) -> Face | None:
        self._time_ms = next_ms(self._time_ms, t_s)
        seen = self._landmarks.look(image, region)
        if seen.presence < self._min_presence:
            self._let_go()
            return None
        self._region = Region.around_landmarks(seen)
        return self._face(image, seen)

    def _face(self, image: NDArray[np.uint8], seen: Landmarks) -> Face:
        height, width = image.shape[:2]
        points = self._smoothing(seen.points, self._time_ms / 1000.0, sum(seen.extent) / 2)
        blendshapes = self._blendshapes.look(points, max(seen.extent))
        landmarks = points / ((width,), (height,), (width,))
        matrix = self._pose.matrix(landmarks, width / height)
        return Face(landmarks.T.astype(np.float32), blendshapes, matrix.astype(np.float32), seen.presence)

    def _detect(self, image: NDArray[np.uint8], squares: int | None) -> list[Detection]:
        """Faces, largest first. Where the whole frame shows none, or only small ones, the next ``squares`` of the
        others are looked at as well; None for all of them."""
        found = self._detector.whole(image)
        if not _only_small(found):
            return distinct(found, [])
        others = other_squares(image)
        closer = []
        for _ in range(len(others) if squares is None else squares):
            self._next_square = (self._next_square + 1) % len(others)
            closer += self._detector.inside(image, others[self._next_square])
        return distinct(found, [one for one in closer if one.box.width >= _NARROWER * self._min_width])

    def _let_go(self) -> None:
        """Hold no face: what comes next is another one, or this one after a while."""
        self._region = None
        self._smoothing.reset()
        self._blendshapes.reset()


def _only_small(found: list[Detection]) -> bool:
    return all(detection.box.width < _SMALL for detection in found)
