"""The detector nets of the pose and the hand model: where in a frame bodies and palms are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.litert.anchors import anchors, decoded, merged
from driver_monitor.face.litert.crop import Crop
from driver_monitor.face.litert.nets import Net
from driver_monitor.face.litert.regions import Region

# Both as in MediaPipe's graphs (pose_detector_graph, hand_detector_graph).
_MIN_LOGIT: Final = 0.0  # a score of one half
_OVERLAP: Final = 0.3


@dataclass(frozen=True, slots=True)
class Layout:
    """How a detector net reads a frame: its side in px, its anchors, and the values of black and white."""

    size_px: int
    layers: Sequence[tuple[int, int]]
    black: float
    white: float


POSES: Final = Layout(224, ((8, 2), (16, 2), (32, 6)), -1.0, 1.0)
PALMS: Final = Layout(192, ((8, 2), (16, 6)), 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Found:
    """A box and its points, in px of the frame: centre, ``width``, ``height``, ``points`` float64 [k, 2]."""

    x: float
    y: float
    width: float
    height: float
    points: NDArray[np.float64]
    score: float

    @classmethod
    def of(cls, values: NDArray[np.float64], score: float, region: Region) -> Self:
        """From shares of an upright square of the frame."""
        first = (region.x - region.side / 2, region.y - region.side / 2)
        places = values.reshape(-1, 2) * region.side
        (x, y), (width, height) = places[0] + first, places[1]
        return cls(float(x), float(y), float(width), float(height), places[2:] + first, score)


class BodyDetector:
    """Finds poses or palms, as its net and layout have it."""

    def __init__(self, net: Net, layout: Layout) -> None:
        self._net = net
        self._layout = layout
        self._anchors = anchors(layout.size_px, layout.layers)
        shapes = [shape[-1] for shape in net.output_shapes]
        self._scores = shapes.index(1)
        self._boxes = 1 - self._scores
        self._crop = Crop(layout.size_px, cv2.BORDER_CONSTANT)

    def find(self, image: NDArray[np.uint8]) -> list[Found]:
        """In all of a frame uint8 [h, w, 3] RGB, clearest first."""
        height, width = image.shape[:2]
        region = Region(width / 2, height / 2, max(width, height))
        read = self._net.input()
        span = self._layout.white - self._layout.black
        np.multiply(self._crop.draw(image, region), np.float32(span / 255), out=read)
        read += np.float32(self._layout.black)
        del read
        self._net.run()
        logits = self._net.output(self._scores)[0, :, 0]
        likely = np.flatnonzero(logits > _MIN_LOGIT)
        scores = 1.0 / (1.0 + np.exp(-logits[likely].astype(np.float64)))
        values = decoded(self._net.output(self._boxes)[0][likely], self._anchors[likely], self._layout.size_px)
        return [Found.of(one, score, region) for one, score in merged(values, scores, _OVERLAP)]


def lean(base: NDArray[np.float64], top: NDArray[np.float64]) -> float:
    """How far the line from ``base`` up to ``top`` (x, y in px, y down) leans clockwise, rad."""
    across, down = (top - base).tolist()
    return math.atan2(across, -down)
