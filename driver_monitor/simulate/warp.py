"""Small picture warps: columns stretched between knots, and soft pulls at points."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
Row = NDArray[np.float64]


def columns(rows: Row, knots_from: Sequence[Row], knots_to: Sequence[Row]) -> Map:
    """For each output row and column the input row it shows, float32 [rows, columns].

    Both knot lists hold rows (one value a column) in falling order; a column is stretched linearly between them,
    shifted by the first knot's move above it and by the last one's below it. Where two knots fall together in the
    output the input between them disappears.
    """
    y = rows[:, None]
    source = y - (knots_to[0] - knots_from[0])
    for upper_from, lower_from, upper_to, lower_to in zip(
        knots_from[:-1], knots_from[1:], knots_to[:-1], knots_to[1:], strict=True
    ):
        share = (y - upper_to) / np.maximum(lower_to - upper_to, 1e-6)
        between = upper_from + share * (lower_from - upper_from)
        source = np.where(y >= upper_to, between, source)
    below = y - (knots_to[-1] - knots_from[-1])
    return np.where(y >= knots_to[-1], below, source).astype(np.float32)


def pull(map_x: Map, map_y: Map, at: tuple[float, float], by: tuple[float, float], radius: float) -> None:
    """Move what lies around ``at`` by ``by`` pixels, fading over ``radius`` (a Gaussian's sigma), in place."""
    weight = np.exp(-((map_x - at[0]) ** 2 + (map_y - at[1]) ** 2) / np.float32(2 * radius**2))
    map_x -= np.float32(by[0]) * weight
    map_y -= np.float32(by[1]) * weight


def grid(box: tuple[int, int, int, int]) -> tuple[Map, Map]:
    """The identity map of a box (x0, y0, x1, y1) of a picture."""
    xs, ys = np.meshgrid(np.arange(box[0], box[2], dtype=np.float32), np.arange(box[1], box[3], dtype=np.float32))
    return xs, ys


def smooth(share: Row | float) -> NDArray[np.float64]:
    """0 below 0, 1 above 1, a smooth step between."""
    x = np.clip(share, 0.0, 1.0)
    return np.asarray(x * x * (3 - 2 * x), np.float64)
