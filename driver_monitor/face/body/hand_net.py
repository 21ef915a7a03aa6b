"""21 landmarks of the hand in one square of a frame."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.body.detector import Found, lean
from driver_monitor.face.body.observation import HAND
from driver_monitor.face.litert.crop import Crop
from driver_monitor.face.litert.nets import Net
from driver_monitor.face.litert.regions import Region

# All as in MediaPipe's graphs (hand_detector_graph, single_hand_landmarks_detector_graph).
_SIZE_PX: Final = 224
_MARGIN: Final = 2.6  # of the square over the palm
_TOWARDS_FINGERS: Final = 0.5  # of the palm's height, from its middle
_WRIST, _MIDDLE_FINGER = 0, 2  # points of a detected palm
# MEASURED: MediaPipe's own square is turned so much further than the line from wrist to middle finger (0.464 in each of
# seven frames of a hand in all directions, spread 0.005); with it the landmarks are the same to 0.4 % of the hand.
_TURN_RAD: Final = math.atan(0.5)


@dataclass(frozen=True, slots=True)
class Hand:
    """``points`` float64 [21, 2] in px of the frame; ``presence`` 0..1 that they are a hand's."""

    points: NDArray[np.float64]
    presence: float


class HandNet:
    def __init__(self, net: Net) -> None:
        self._net = net
        # Landmarks in the crop come before those in metres, the hand's presence before its being a right one.
        sizes = [math.prod(shape) for shape in net.output_shapes]
        self._points, self._presence = sizes.index(HAND * 3), sizes.index(1)
        self._crop = Crop(_SIZE_PX, cv2.BORDER_REPLICATE)

    def look(self, image: NDArray[np.uint8], region: Region) -> Hand:
        """``image`` uint8 [h, w, 3] RGB."""
        np.multiply(self._crop.draw(image, region), np.float32(1 / 255), out=self._net.input())
        self._net.run()
        points = self._net.output(self._points).reshape(HAND, 3)[:, :2].astype(np.float64)
        return Hand(region.in_frame(points, _SIZE_PX), float(self._net.output(self._presence).flat[0]))


def around_palm(palm: Found) -> Region:
    """The square around the hand of a palm just detected."""
    roll = lean(palm.points[_WRIST], palm.points[_MIDDLE_FINGER]) + _TURN_RAD
    shift = _TOWARDS_FINGERS * palm.height
    return Region(
        palm.x + shift * math.sin(roll),
        palm.y - shift * math.cos(roll),
        _MARGIN * max(palm.width, palm.height),
        roll,
    )
