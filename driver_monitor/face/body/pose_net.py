"""33 pose landmarks of the body in one square of a frame."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.body.detector import Found, lean
from driver_monitor.face.body.observation import POSE
from driver_monitor.face.litert.crop import Crop
from driver_monitor.face.litert.nets import Net
from driver_monitor.face.litert.regions import Region

# All as in MediaPipe's graphs (pose_detector_graph, single_pose_landmarks_detector_graph).
_SIZE_PX: Final = 256
_MARGIN: Final = 1.25  # of the square over the circle around hips and head
_VALUES: Final = 5  # of each landmark: x, y, z, visibility, presence
_POINTS: Final = 39  # 33 landmarks and six for the net itself,
_CENTRE, _RIM = 33, 34  # of which two say where to look in the next frame
_REACH: Final = 3  # cells around a landmark in which its heatmap is averaged
_SURE: Final = 0.5  # a heatmap below this everywhere changes nothing


@dataclass(frozen=True, slots=True)
class Pose:
    """``points`` float64 [33, 2] in px of the frame, ``visibility`` float64 [33] and ``presence`` 0..1; ``region`` is
    where the body is looked for next."""

    points: NDArray[np.float64]
    visibility: NDArray[np.float64]
    presence: float
    region: Region


class PoseNet:
    def __init__(self, net: Net) -> None:
        self._net = net
        sizes = [math.prod(shape) for shape in net.output_shapes]
        self._points, self._presence = sizes.index(_POINTS * _VALUES), sizes.index(1)
        self._heat = next(index for index, shape in enumerate(net.output_shapes) if shape[-1] == _POINTS)
        self._crop = Crop(_SIZE_PX, cv2.BORDER_REPLICATE)

    def look(self, image: NDArray[np.uint8], region: Region) -> Pose:
        """``image`` uint8 [h, w, 3] RGB."""
        np.multiply(self._crop.draw(image, region), np.float32(1 / 255), out=self._net.input())
        self._net.run()
        values = self._net.output(self._points).reshape(_POINTS, _VALUES).astype(np.float64)
        places = _refined(values[:, :2], self._net.output(self._heat)[0])
        points = region.in_frame(places, _SIZE_PX)
        visibility = 1.0 / (1.0 + np.exp(-values[:POSE, 3]))
        presence = float(self._net.output(self._presence).flat[0])
        return Pose(points[:POSE], visibility, presence, around(points[_CENTRE], points[_RIM]))


def around(centre: NDArray[np.float64], rim: NDArray[np.float64]) -> Region:
    """The square around a body whose hips are at ``centre``, and that reaches to ``rim`` (px of the frame)."""
    x, y = centre.tolist()
    return Region(x, y, 2 * _MARGIN * math.dist(centre, rim), lean(centre, rim))


def around_found(found: Found) -> Region:
    """The same for a body just detected."""
    return around(*found.points[:2])


def _refined(places: NDArray[np.float64], heat: NDArray[np.float32]) -> NDArray[np.float64]:
    """Places [39, 2] in px of the crop, each moved to the middle of its heatmap [h, w, 39] where that is sure."""
    cells = heat.shape[0]
    cell_px = _SIZE_PX / cells
    refined = places.copy()
    for index, (column, row) in enumerate((places / cell_px).astype(int).tolist()):
        if not (0 <= column < cells and 0 <= row < cells):
            continue
        rows = slice(max(0, row - _REACH), row + _REACH + 1)
        columns = slice(max(0, column - _REACH), column + _REACH + 1)
        near = 1.0 / (1.0 + np.exp(-heat[rows, columns, index].astype(np.float64)))
        if near.max() >= _SURE:
            down, across = near.sum(axis=1), near.sum(axis=0)
            middle = (
                across @ np.arange(columns.start, columns.start + len(across)),
                down @ np.arange(rows.start, rows.start + len(down)),
            )
            refined[index] = np.array(middle) * (cell_px / near.sum())
    return refined
