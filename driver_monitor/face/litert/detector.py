"""All faces of a frame, from the short-range detector net: in the whole frame, and closer or further away."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.driver_choice import SAME_FACE, FaceBox
from driver_monitor.face.litert.anchors import anchors, decoded, merged
from driver_monitor.face.litert.crop import Crop
from driver_monitor.face.litert.nets import Net
from driver_monitor.face.litert.regions import Region

_SIZE_PX: Final = 128
# The net's anchors: (stride in px, boxes at each place), row by row.
_LAYERS: Final = ((8, 2), (16, 6))
# Overlap (intersection over union) above which boxes are one face; MediaPipe's own.
_SAME_FACE_OVERLAP: Final = 0.3
# Regressor columns: centre, width and height of the box, then six points, of which the eyes come first.
_EYES: Final = slice(4, 8)
# MEASURED with eight people pasted into cabins and streets: the whole frame shows every face from 0.12 of its width on,
# a quarter of those of 0.08; tiles of half the longer side show all from 0.06 on. A face of 1.2 times the frame's width
# is found by the frame's own square for two people of eight, by the wider one for all.
_TILE_SHARE: Final = 0.5
_WIDE_SHARE: Final = 1.5


@dataclass(frozen=True, slots=True)
class Detection:
    box: FaceBox
    score: float


class Detector:
    def __init__(self, net: Net, min_confidence: float) -> None:
        self._net = net
        shapes = [shape[-1] for shape in net.output_shapes]
        self._boxes, self._scores = shapes.index(16), shapes.index(1)
        self._min_logit = math.log(min_confidence / (1.0 - min_confidence))
        self._anchors = anchors(_SIZE_PX, _LAYERS)
        self._crop = Crop(_SIZE_PX, cv2.BORDER_CONSTANT)

    def whole(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Faces anywhere in the frame, if they are not small."""
        height, width = image.shape[:2]
        return self.inside(image, Region(width / 2, height / 2, max(width, height)))

    def inside(self, image: NDArray[np.uint8], region: Region) -> list[Detection]:
        """Faces in an upright square of the frame, clearest first."""
        pixels = self._net.input()
        np.multiply(self._crop.draw(image, region), np.float32(1 / 127.5), out=pixels)
        pixels -= 1.0
        del pixels
        self._net.run()
        logits = self._net.output(self._scores)[0, :, 0]
        likely = np.flatnonzero(logits > self._min_logit)
        if not likely.size:
            return []
        scores = 1.0 / (1.0 + np.exp(-logits[likely].astype(np.float64)))
        values = decoded(self._net.output(self._boxes)[0][likely], self._anchors[likely], _SIZE_PX)
        found = merged(values, scores, _SAME_FACE_OVERLAP)
        return [_detection(one, score, region, image.shape[1]) for one, score in found]


def other_squares(image: NDArray[np.uint8]) -> list[Region]:
    """Where faces are looked for that the whole frame does not show: tiles that overlap by half for small ones, and a
    square wider than the frame for one that does not fit in."""
    height, width = image.shape[:2]
    longer = max(height, width)
    side = _TILE_SHARE * longer
    tiles = [Region(x, y, side) for y in _places(height, side) for x in _places(width, side)]
    return [*tiles, Region(width / 2, height / 2, _WIDE_SHARE * longer)]


def distinct(whole: list[Detection], closer: list[Detection]) -> list[Detection]:
    """Each face once, largest first: as the whole frame shows it, else as the clearest of the other squares does."""
    kept: list[Detection] = []
    for found in (whole, closer):
        for detection in sorted(found, key=lambda one: -one.score):
            if all(detection.box.distance(other.box) > SAME_FACE for other in kept):
                kept.append(detection)
    return sorted(kept, key=lambda one: -one.box.size)


def _places(length: int, side: float) -> list[float]:
    """The centres of tiles along one side of the frame."""
    if length <= side:
        return [length / 2]
    count = 1 + math.ceil((length - side) / (side / 2))
    step = (length - side) / (count - 1)
    return [side / 2 + index * step for index in range(count)]


def _detection(values: NDArray[np.float64], score: float, region: Region, width_px: int) -> Detection:
    x, y, width, height = values[:4].tolist()
    right_x, right_y, left_x, left_y = values[_EYES].tolist()
    scale = region.side / width_px
    box = FaceBox(
        region.x / width_px + (x - 0.5) * scale,
        region.y / width_px + (y - 0.5) * scale,
        width * scale,
        height * scale,
        math.atan2(left_y - right_y, left_x - right_x),
    )
    return Detection(box, score)
