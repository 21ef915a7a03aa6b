"""The mouth of a portrait: the jaw drops over a dark cavity, the corners rise or sink."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.simulate.stage import CHIN, Stage
from driver_monitor.simulate.warp import columns, pull, smooth

Image = NDArray[np.uint8]
Row = NDArray[np.float64]

INNER_UPPER: Final = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
INNER_LOWER: Final = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
JAW: Final = (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454)
CORNERS: Final = (61, 291)
NOSE_BASE: Final = 2
DROP: Final = 0.25  # a full yawn lowers the chin by this share of the face's height
NARROW: Final = 0.28  # and pulls the corners of the mouth in
CAVITY: Final = ((24, 10, 10), (92, 38, 38))  # palate to tongue, RGB


@dataclass(frozen=True, slots=True)
class Jaw:
    """The mouth's box with the jaw in one position: colours uint8 RGB, alpha uint8, heights float32."""

    colour: Image
    alpha: Image
    heights: NDArray[np.float32]


class Mouth:
    """Draws the lower face into a box of the head layer. ``box`` is (x0, y0, x1, y1)."""

    def __init__(self, stage: Stage, heights: NDArray[np.float32]) -> None:
        points = stage.landmarks[:, :2]
        jaw = points[list(JAW)]
        self.drop_px = DROP * stage.face_px
        chin = points[CHIN]
        x0, x1 = int(jaw[:, 0].min()) - 2, int(jaw[:, 0].max()) + 3
        y0 = int(points[NOSE_BASE, 1])
        y1 = min(stage.size[1], int(chin[1] + self.drop_px) + 14)
        self.box = (x0, y0, x1, y1)
        self.head, self.alpha, self.heights = stage.head, stage.alpha, heights
        xs = np.arange(x0, x1, dtype=np.float64)
        upper, lower = points[list(INNER_UPPER)], points[list(INNER_LOWER)]
        self.upper = np.interp(xs, upper[:, 0], upper[:, 1])
        self.lower = np.maximum(np.interp(xs, lower[:, 0], lower[:, 1]), self.upper)
        self.chin = np.interp(xs, *jaw[np.argsort(jaw[:, 0])].T)
        self.chin = np.maximum(self.chin, self.lower + 2)
        half = (upper[-1, 0] - upper[0, 0]) / 2
        self.middle = (float((upper[-1, 0] + upper[0, 0]) / 2), float(upper[:, 1].mean()))
        self.half = float(half)
        across = np.abs(xs - chin[0]) / (0.5 * (jaw[:, 0].max() - jaw[:, 0].min()))
        self.lips = np.clip(1 - ((xs - self.middle[0]) / half) ** 2, 0, 1) ** 0.6
        self.jaw = 1 - smooth((across - 0.30) / 0.60)
        self.corners = points[list(CORNERS)]
        self.across = xs

    def draw(self, opening: float, smile: float) -> Jaw:
        """``opening`` 0..1 of a full yawn; ``smile`` -1 (corners down) .. 1."""
        ys = np.arange(self.box[1], self.box[3], dtype=np.float64)
        drop = opening * self.drop_px
        teeth = self.lower - self.upper
        lips = drop * self.lips
        top = np.full_like(self.upper, float(self.box[1]))
        raised = self.upper - 0.12 * lips
        gap_from = raised + teeth
        gap_to = np.maximum(self.lower + 0.88 * lips, gap_from)
        map_y = columns(
            ys,
            [top, self.upper, self.lower, self.lower, self.chin],
            [top, raised, gap_from, gap_to, np.maximum(self.chin + drop * self.jaw, gap_to + 2)],
        )
        map_x = np.broadcast_to(self.across.astype(np.float32), map_y.shape).copy()
        near = np.exp(-(((map_y - self.middle[1]) / (0.9 * self.half)) ** 2))
        side = (map_x - np.float32(self.middle[0])) / np.float32(self.half)
        inward = NARROW * opening * self.half * side * near * np.exp(-((side / 1.6) ** 2))
        map_x += inward.astype(np.float32)
        self._pull_corners(map_x, map_y, max(smile - 0.6 * opening, -1.0))  # nobody smiles through a yawn
        colour = cv2.remap(self.head, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        alpha = cv2.remap(self.alpha, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        heights = cv2.remap(self.heights, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        if drop > 0.5:
            # The cavity is narrowed with the lips, so its edges are read through the same horizontal map.
            start, end = (np.interp(map_x, self.across, edge) for edge in (gap_from, gap_to))
            colour = self._cavity(np.asarray(colour, np.uint8), ys[:, None], start, end)
        return Jaw(np.asarray(colour, np.uint8), np.asarray(alpha, np.uint8), np.asarray(heights, np.float32))

    def _pull_corners(self, map_x: NDArray[np.float32], map_y: NDArray[np.float32], smile: float) -> None:
        if smile:
            for corner, out in zip(self.corners, (-1.0, 1.0), strict=True):
                by = (0.22 * out * max(smile, 0.0) * self.half, -0.24 * smile * self.half)
                pull(map_x, map_y, (corner[0], corner[1]), by, 0.42 * self.half)

    def _cavity(self, colour: Image, ys: Row, start: Row, end: Row) -> Image:
        inside = np.clip(ys - start + 0.5, 0, 1) * np.clip(end - ys + 0.5, 0, 1) * (end - start > 0.6)
        deep = np.clip((ys - start) / np.maximum(end - start, 1), 0, 1)[:, :, None] ** 2
        dark = np.array(CAVITY[0]) * (1 - deep) + np.array(CAVITY[1]) * deep
        return (colour + (dark - colour) * inside[:, :, None] + 0.5).astype(np.uint8)
