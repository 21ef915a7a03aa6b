"""478 landmarks of the face in one square of a frame."""

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.face import LANDMARKS
from driver_monitor.face.litert.crop import Crop
from driver_monitor.face.litert.landmarks import Landmarks
from driver_monitor.face.litert.nets import Net
from driver_monitor.face.litert.regions import Region

_SIZE_PX: Final = 256
_TO_SHARES: Final = np.float32(1 / 255)


class LandmarkNet:
    def __init__(self, net: Net) -> None:
        self._net = net
        sizes = [math.prod(shape) for shape in net.output_shapes]
        self._points, self._presence = sizes.index(LANDMARKS * 3), sizes.index(1)
        self._crop = Crop(_SIZE_PX, cv2.BORDER_REPLICATE)

    def look(self, image: NDArray[np.uint8], region: Region) -> Landmarks:
        np.multiply(self._crop.draw(image, region), _TO_SHARES, out=self._net.input())
        self._net.run()
        logit = float(self._net.output(self._presence).flat[0])
        right, down = region.axes(_SIZE_PX)
        aspect = image.shape[1] / image.shape[0]
        # MediaPipe turns depth into px by the crop's upper side measured in shares of width and *height*.
        depth = math.hypot(right, down * aspect)
        half = _SIZE_PX / 2
        to_frame = np.array(((right, -down, 0.0), (down, right, 0.0), (0.0, 0.0, depth)))
        points = np.dot(to_frame, self._net.output(self._points).reshape(LANDMARKS, 3).T)
        points += (
            (region.x - half * (right - down),),
            (region.y - half * (right + down),),
            (0.0,),
        )
        return Landmarks.of(points, 1.0 / (1.0 + math.exp(-max(-80.0, logit))))
