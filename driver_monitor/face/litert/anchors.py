"""What the single-shot detector nets share: their anchors, and one box made of those that overlap."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray


def anchors(size_px: int, layers: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    """Centres float64 [n, 2] of a net's anchors in shares of its input, row by row.

    ``layers`` are (stride in px, boxes at each place).
    """
    centres = []
    for stride, boxes in layers:
        cells = size_px // stride
        down, across = np.mgrid[0:cells, 0:cells]
        grid = (np.stack((across.ravel(), down.ravel()), axis=1) + 0.5) / cells
        centres.append(np.repeat(grid, boxes, axis=0))
    return np.concatenate(centres)


def decoded(values: NDArray[np.float32], centres: NDArray[np.float64], size_px: int) -> NDArray[np.float64]:
    """A net's regressors [n, 4 + 2 k] as centre, width and height of a box and k points, in shares of its input."""
    shares = values.astype(np.float64) / size_px
    shares[:, :2] += centres
    shares[:, 4:] += np.tile(centres, shares.shape[1] // 2 - 2)
    return shares


def merged(
    values: NDArray[np.float64], scores: NDArray[np.float64], overlap: float
) -> Iterator[tuple[NDArray[np.float64], float]]:
    """Weighted non-maximum suppression: boxes that overlap the clearest one become one by their scores' weights.

    ``values`` as :func:`decoded` gives them; ``overlap`` is intersection over union. Clearest first, with its score.
    """
    half = values[:, 2:4] / 2
    first, last = values[:, :2] - half, values[:, :2] + half
    area = np.prod(np.maximum(last - first, 0.0), axis=1)
    left = np.argsort(-scores, kind="stable")
    while left.size:
        best = left[0]
        shared = np.prod(
            np.clip(np.minimum(last[left], last[best]) - np.maximum(first[left], first[best]), 0.0, None), axis=1
        )
        same = shared / np.maximum(area[left] + area[best] - shared, 1e-12) > overlap
        same[0] = True
        group = left[same]
        weights = scores[group] / scores[group].sum()
        whole = weights @ values[group]
        corners = weights @ np.hstack((first[group], last[group]))
        whole[:2], whole[2:4] = (corners[:2] + corners[2:]) / 2, corners[2:] - corners[:2]
        yield whole, float(scores[best])
        left = left[~same]
