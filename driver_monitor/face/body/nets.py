"""The driver's body in one frame: pose and hands, with the nets of MediaPipe's pose and hand models on LiteRT.

Nothing of MediaPipe itself is used, whichever backend looks at faces.
"""

import math
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.body.detector import PALMS, POSES, BodyDetector, Found
from driver_monitor.face.body.hand_net import HandNet, around_palm
from driver_monitor.face.body.models import BodyModels
from driver_monitor.face.body.observation import MOST_HANDS, BodyObservation
from driver_monitor.face.body.phone_detector import PhoneDetector
from driver_monitor.face.body.pose_net import Pose, PoseNet, around_found
from driver_monitor.face.driver_choice import DriverChoice, FaceBox
from driver_monitor.face.litert.nets import ModelFile
from driver_monitor.face.litert.regions import Region

_SURE: Final = 0.5  # MediaPipe's own, for poses and for hands
_SEARCH_S: Final = 2.0  # all bodies are looked for so often while one is followed; as face.recheck_s
_PALMS: Final = 4  # looked at in one frame: two people's
_SAME_HEAD: Final = 1.5  # a body whose head is further from the driver's face, in face sizes, is somebody else's
_LEAST: Final = 1e-6  # of a box's sides: what the nets make of noise may have none
_WRISTS: Final = [15, 16]
_SHOULDERS: Final = [11, 12]
_SEEN: Final = 0.5  # a landmark less visible is a guess
# JUDGEMENT, in shoulder widths: a palm so near a wrist that is seen belongs to it; a pose net's wrist is off by up to
# a quarter. An arm is some 1.6 shoulder widths long, and a hand half a one.
_AT_WRIST: Final = 0.6
_REACH: Final = 2.2
_REACH_OF_FACES: Final = 5.0  # the same in face sizes, where there are no shoulders


class BodyNets:
    """Raises :class:`TrackerError` where LiteRT, the models or the phone detector cannot be used."""

    def __init__(
        self, models: BodyModels, seat: Literal["left", "right"], min_face_share: float, forget_s: float
    ) -> None:
        pose, hand = ModelFile(models.pose, "pose"), ModelFile(models.hand, "hand")
        self._bodies = BodyDetector(pose.net("pose_detector.tflite"), POSES)
        self._pose = PoseNet(pose.net("pose_landmarks_detector.tflite"))
        self._palms = BodyDetector(hand.net("hand_detector.tflite"), PALMS)
        self._hand = HandNet(hand.net("hand_landmarks_detector.tflite"))
        self._phone = PhoneDetector(models.phone_detector) if models.phone_detector else None
        self._place = (seat, min_face_share, forget_s)
        self.reset()

    def reset(self) -> None:
        """A new stream begins."""
        self._choice = DriverChoice(*self._place)
        self._region: Region | None = None  # where the driver's body is looked for next
        self._searched_s = -math.inf
        self._heads: list[FaceBox] = []  # of everybody, as last seen
        self._own_head: FaceBox | None = None

    def look(self, image: NDArray[np.uint8], t_s: float, face: FaceBox | None) -> BodyObservation:
        """``image`` uint8 [h, w, 3] RGB at media time ``t_s``; ``face`` is the driver's, where it is seen."""
        pose = self._follow(image, t_s, face) or self._search(image, t_s, face)
        size = np.array((image.shape[1], image.shape[0]))
        hands = self._hands(image, pose, face)
        seen = tuple((points / size).astype(np.float32) for points in hands)
        phone = self._phone.look(image, pose.points if pose else None, face, hands) if self._phone else math.nan
        if pose is None:
            return BodyObservation(t_s, len(self._heads), hands=seen, phone=phone)
        return BodyObservation(
            t_s,
            len(self._heads),
            pose.presence,
            (pose.points / size).astype(np.float32),
            pose.visibility.astype(np.float32),
            seen,
            phone,
        )

    def _follow(self, image: NDArray[np.uint8], t_s: float, face: FaceBox | None) -> Pose | None:
        """The pose where the last one was, unless it is time to look everywhere."""
        if self._region is None or not self._searched_s <= t_s < self._searched_s + _SEARCH_S:
            return None
        return self._held(image, self._region, face)

    def _search(self, image: NDArray[np.uint8], t_s: float, face: FaceBox | None) -> Pose | None:
        """The driver's among all bodies: the one under the face, else the one in the driver's place."""
        self._searched_s, self._region = t_s, None
        bodies = self._bodies.find(image)
        width = image.shape[1]
        self._heads = [_head(body, width) for body in bodies]
        if face is not None:
            self._choice.follow(t_s, face)
            near = [index for index, head in enumerate(self._heads) if _near(head, face)]
            picked = min(near, key=lambda index: self._heads[index].distance(face), default=None)
        else:
            picked = self._choice.choose(t_s, self._heads)
            if picked is not None:
                self._choice.follow(t_s, self._heads[picked])
        self._own_head = face or (self._heads[picked] if picked is not None else None)
        return self._held(image, around_found(bodies[picked]), face) if picked is not None else None

    def _held(self, image: NDArray[np.uint8], region: Region, face: FaceBox | None) -> Pose | None:
        """The pose in a square of the frame, which is then where it is looked for next."""
        pose = self._pose.look(image, region)
        self._region = None
        if pose.presence <= _SURE or (face is not None and not _near(_head_of(pose, image.shape[1]), face)):
            return None
        self._region = pose.region
        return pose

    def _hands(self, image: NDArray[np.uint8], pose: Pose | None, face: FaceBox | None) -> list[NDArray[np.float64]]:
        """The driver's hands, float64 [21, 2] in px."""
        head = face or self._own_head
        found: list[NDArray[np.float64]] = []
        for palm in self._palms.find(image)[:_PALMS]:
            if len(found) < MOST_HANDS and is_drivers(palm, pose, head, self._heads, image.shape[1]):
                hand = self._hand.look(image, around_palm(palm))
                if hand.presence > _SURE:
                    found.append(hand.points)
        return found


def is_drivers(palm: Found, pose: Pose | None, head: FaceBox | None, heads: Sequence[FaceBox], width_px: int) -> bool:
    """Whether a palm is the driver's: at a wrist that is seen, else in reach and nearer than to anybody else.

    ``head`` is the driver's, ``heads`` are everybody's.
    """
    place = np.array((palm.x, palm.y))
    if pose is not None:
        shoulders = pose.points[_SHOULDERS]
        span = math.dist(*shoulders)
        wrists = pose.points[_WRISTS][pose.visibility[_WRISTS] > _SEEN]
        if np.hypot(*(wrists - place).T).min(initial=math.inf) <= _AT_WRIST * span:
            return True
        if np.hypot(*(shoulders - place).T).min() > _REACH * span:
            return False
    if head is None:
        return False
    x, y = palm.x / width_px, palm.y / width_px
    apart = math.hypot(head.x - x, head.y - y)
    if pose is None and apart > _REACH_OF_FACES * head.size:
        return False
    return all(apart <= math.hypot(other.x - x, other.y - y) for other in heads if not _near(other, head))


def _near(head: FaceBox, face: FaceBox) -> bool:
    return math.hypot(head.x - face.x, head.y - face.y) <= _SAME_HEAD * face.size


def _head(body: Found, width: int) -> FaceBox:
    """A pose detector's box is the head's."""
    return FaceBox(body.x / width, body.y / width, max(_LEAST, body.width / width), max(_LEAST, body.height / width))


def _head_of(pose: Pose, width: int) -> FaceBox:
    """Around eyes, ears, nose and mouth, the pose's first eleven landmarks."""
    first, last = pose.points[:11].min(axis=0) / width, pose.points[:11].max(axis=0) / width
    (x, y), (across, down) = ((first + last) / 2).tolist(), (last - first).tolist()
    return FaceBox(x, y, max(_LEAST, across), max(_LEAST, down))
