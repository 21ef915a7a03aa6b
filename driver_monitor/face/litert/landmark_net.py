"""478 landmarks of the face in one square of a frame."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.face import LANDMARKS
from driver_monitor.face.litert.nets import Net
from driver_monitor.face.litert.regions import Region

_SIZE_PX: Final = 256


@dataclass(frozen=True, slots=True)
class Landmarks:
    """``points`` float64 [478, 3]: x, y and z in px of the frame; ``presence`` 0..1 that they are a face's at all."""

    points: NDArray[np.float64]
    presence: float


class LandmarkNet:
    def __init__(self, net: Net) -> None:
        self._net = net
        sizes = [math.prod(shape) for shape in net.output_shapes]
        self._points, self._presence = sizes.index(LANDMARKS * 3), sizes.index(1)
        self.crop: Final = np.empty((_SIZE_PX, _SIZE_PX, 3), np.uint8)

    def look(self, image: NDArray[np.uint8], region: Region) -> Landmarks:
        region.crop(image, self.crop, cv2.BORDER_REPLICATE)
        np.multiply(self.crop, np.float32(1 / 255), out=self._net.input())
        self._net.run()
        logit = float(self._net.output(self._presence).flat[0])
        found = self._net.output(self._points).reshape(LANDMARKS, 3)
        right, down = region.axes(_SIZE_PX)
        aspect = image.shape[1] / image.shape[0]
        # MediaPipe turns depth into px by the crop's upper side measured in shares of width and *height*.
        depth = math.hypot(right, down * aspect)
        to_frame = np.array(((right, down, 0.0), (-down, right, 0.0), (0.0, 0.0, depth)))
        centre = _SIZE_PX / 2
        points = (found - (centre, centre, 0.0)) @ to_frame
        points += (region.x, region.y, 0.0)
        return Landmarks(points, 1.0 / (1.0 + math.exp(-max(-80.0, logit))))
