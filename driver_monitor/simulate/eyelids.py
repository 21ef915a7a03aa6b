"""One eye of a portrait: the lid slides over it, the iris moves, the brow comes down."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.simulate.stage import Stage
from driver_monitor.simulate.warp import columns, grid, pull

Image = NDArray[np.uint8]
Row = NDArray[np.float64]

# FaceLandmarker indices, outer corner first.
UPPER: Final = {
    "right": (33, 246, 161, 160, 159, 158, 157, 173, 133),
    "left": (263, 466, 388, 387, 386, 385, 384, 398, 362),
}
LOWER: Final = {
    "right": (33, 7, 163, 144, 145, 153, 154, 155, 133),
    "left": (263, 249, 390, 373, 374, 380, 381, 382, 362),
}
BROW: Final = {"right": (70, 63, 105, 66, 107), "left": (300, 293, 334, 296, 336)}
IRIS: Final = {"right": 468, "left": 473}
# How far above the open lid its skin may be taken from, in eye widths: up to the brow, or to the rim of the glasses.
LID_SKIN: Final = {"astronaut": 0.34, "grace_hopper": 0.22}
LASHES: Final = 0.10  # the dark edge of the lid keeps its height, eye widths
WIDEN: Final = 0.12  # the landmarks stop short of the corners of the eye
LASH_DARK: Final = 0.55  # how much the line of lashes darkens what lies under it
EYEBALL: Final = 0.42  # radius of the eyeball in eye widths: 12 mm to 29 mm


class Eye:
    """Draws one eye into a box of the head layer. ``box`` is (x0, y0, x1, y1)."""

    def __init__(self, stage: Stage, side: str, portrait: str) -> None:
        points = stage.landmarks[:, :2]
        outer, inner = points[UPPER[side][0]], points[UPPER[side][-1]]
        self.width = float(np.linalg.norm(outer - inner))
        middle = (outer + inner) / 2
        upper = _spread(points[list(UPPER[side])], middle, WIDEN)
        lower = _spread(points[list(LOWER[side])], middle, WIDEN)
        self.brow = points[list(BROW[side])]
        x0, x1 = int(middle[0] - 0.95 * self.width), int(middle[0] + 0.95 * self.width) + 1
        y0, y1 = int(self.brow[:, 1].min() - 0.6 * self.width), int(lower[:, 1].max() + 0.5 * self.width) + 1
        self.box = (x0, y0, x1, y1)
        self.open = np.ascontiguousarray(stage.head[y0:y1, x0:x1])
        xs = np.arange(x0, x1, dtype=np.float64)
        self.upper, self.lower = _curve(upper, xs), _curve(lower, xs)
        self.lower = np.maximum(self.lower, self.upper)
        skin = LID_SKIN[portrait] * self.width
        lashes = min(LASHES * self.width, 0.4 * skin)
        self.lid_from = [self.upper - skin, self.upper - lashes, self.upper + 0.3]
        self.lashes = lashes
        self.iris = points[IRIS[side]]
        self.corners = (float(upper[:, 0].min()), float(upper[:, 0].max()))
        ys = np.arange(y0, y1, dtype=np.float64)[:, None]
        across, down = (xs - middle[0]) / self.width, (ys - middle[1]) / self.width
        off = np.hypot(across / 0.88, (down - 0.1) / 0.62)
        self.lens = np.clip((1 - off) * 12, 0, 1)
        self.inward = 1.0 if side == "right" else -1.0  # picture direction of the nose

    def draw(
        self, closure: float, gaze_yaw_deg: float, gaze_pitch_deg: float, frown: float, dark_glasses: float
    ) -> Image:
        """The eye's box, uint8 RGB; gaze in degrees against the head, all else 0..1."""
        picture = self._frowning(frown) if frown > 0 else self.open
        if gaze_yaw_deg or gaze_pitch_deg:
            picture = self._looking(picture, gaze_yaw_deg, gaze_pitch_deg)
        picture = self._lidded(picture, closure) if closure > 0 else picture
        return _mix(picture, np.full_like(picture, 12), 0.96 * dark_glasses * self.lens) if dark_glasses else picture

    def _frowning(self, frown: float) -> Image:
        map_x, map_y = grid(self.box)
        w = self.width
        for share, point in zip((0.35, 0.6, 0.85, 1.0, 1.0), self.brow, strict=True):
            by = (0.08 * w * frown * self.inward, 0.22 * w * frown * share)
            pull(map_x, map_y, (point[0], point[1]), by, 0.22 * w)
        return self._remap(self.open, map_x, map_y)

    def _looking(self, picture: Image, yaw_deg: float, pitch_deg: float) -> Image:
        map_x, map_y = grid(self.box)
        reach = EYEBALL * self.width
        xs, x_iris = map_x[0].astype(np.float64), float(self.iris[0])
        edge = np.where(xs < x_iris, x_iris - self.corners[0], self.corners[1] - x_iris)
        weight = np.clip(1 - ((xs - x_iris) / edge) ** 2, 0, 1)
        map_x -= (weight * reach * np.sin(np.radians(yaw_deg))).astype(np.float32)
        map_y += (0.6 * weight * reach * np.sin(np.radians(pitch_deg))).astype(np.float32)
        top, bottom = (self.upper + 0.8).astype(np.float32), (self.lower - 0.3).astype(np.float32)
        map_y = np.clip(map_y, np.minimum(top, bottom), bottom)
        moved = self._remap(picture, map_x, map_y)
        ys = np.arange(self.box[1], self.box[3], dtype=np.float64)[:, None]
        inside = np.clip(ys - self.upper + 0.2, 0, 1) * np.clip(self.lower - ys + 0.5, 0, 1)
        return _mix(picture, moved, inside)

    def _lidded(self, picture: Image, closure: float) -> Image:
        opening = self.lower - self.upper
        edge = self.upper + closure * (opening + 0.4 * (opening > 0.5))
        lid_to = [self.lid_from[0], edge - self.lashes, edge + 0.3]
        ys = np.arange(self.box[1], self.box[3], dtype=np.float64)
        map_y = columns(ys, self.lid_from, lid_to)
        map_x, _ = grid(self.box)
        lid = self._remap(picture, map_x, map_y)
        shut = _mix(picture, lid, np.clip(edge - ys[:, None] + 0.5, 0, 1))
        from_edge = (ys[:, None] - edge) / (0.035 * self.width)
        line = LASH_DARK * min(1.0, 2 * closure) * np.exp(-(from_edge**2)) * np.clip(opening / 2, 0, 1)
        return _mix(shut, np.zeros_like(shut), line)

    def _remap(self, picture: Image, map_x: NDArray[np.float32], map_y: NDArray[np.float32]) -> Image:
        x0, y0 = np.float32(self.box[0]), np.float32(self.box[1])
        return np.asarray(
            cv2.remap(picture, map_x - x0, map_y - y0, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
        )


def _spread(points: NDArray[np.float64], middle: Row, by: float) -> NDArray[np.float64]:
    wider = points.copy()
    wider[:, 0] += by * (points[:, 0] - middle[0])
    return wider


def _curve(points: NDArray[np.float64], xs: Row) -> Row:
    """A smooth line through ``points``, read at ``xs``; level beyond its ends."""
    order = points[np.argsort(points[:, 0])]
    x = np.clip(xs, order[0, 0], order[-1, 0])
    fit = np.polynomial.Polynomial.fit(order[:, 0], order[:, 1], 4)
    ends = np.interp(x, order[:, 0], order[:, 1])
    inner = np.clip(4 * np.minimum(x - order[0, 0], order[-1, 0] - x) / (order[-1, 0] - order[0, 0]), 0, 1)
    return np.asarray(inner * fit(x) + (1 - inner) * ends, np.float64)


def _mix(under: Image, over: Image, share: Row) -> Image:
    part = share[:, :, None].astype(np.float32)
    return (under + (over.astype(np.float32) - under) * part + np.float32(0.5)).astype(np.uint8)
