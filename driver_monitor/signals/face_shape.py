"""The shape of a face as a few ratios: enough to tell that somebody else sits there, far too little to tell who.

Ratios of distances between places on bone, in three dimensions, so that neither a turn of the head nor its distance
changes them much. Kept in memory for as long as the program runs, never written anywhere.
"""

import math
from typing import Final

import numpy as np

from driver_monitor.face.observation import FaceObservation
from driver_monitor.parameter import defined, measured

# MediaPipe face mesh topology (canonical_face_model_uv_visualization).
_OUTER_CORNERS: Final = defined((33, 263), "outer corners of the eyes", "MediaPipe face mesh", unit="index")
_DISTANCES: Final = defined(
    (
        (133, 362),  # inner corners of the eyes
        (168, 2),  # length of the nose, from between the eyes
        (234, 454),  # width of the face
        (10, 168),  # height of the forehead
        (129, 358),  # width of the nose, which a smile takes with it: last, to be left out
    ),
    "pairs of points that a face is told by",
    "MediaPipe face mesh",
    unit="index",
)
_INDICES: Final = np.array([*_OUTER_CORNERS, *(index for pair in _DISTANCES for index in pair)])

_VARIES_BY: Final = measured(
    (0.02, 0.03, 0.015, 0.03, 0.04),
    "what one face varies by over seconds, eyes open and head near its rest",
    "13 short real clips",
    unit="log",
)

Shape = tuple[float, ...]


def face_shape(seen: FaceObservation) -> Shape | None:
    """Logarithms of five distances over that between the outer corners of the eyes; None without a face's shape."""
    if seen.landmarks is None:
        return None
    width, height = seen.width_px, seen.height_px
    p = [(x * width, y * height, z * width) for x, y, z in seen.landmarks.take(_INDICES, axis=0).tolist()]
    lengths = [math.dist(p[place], p[place + 1]) for place in range(0, len(p), 2)]
    if not all(math.isfinite(length) and length >= 1.0 for length in lengths):
        return None
    return tuple(math.log(length / lengths[0]) for length in lengths[1:])


def unlikeness(one: Shape, other: Shape, *, same_smile: bool = True) -> float:
    """Root mean square difference, in units of what one face varies by. Seconds of one calm face differ by under 1
    (1.7 at most in the clips); of 55 pairs of 11 people all but three differ by more than 1.2, 34 by more than 2."""
    squares = [((a - b) / by) ** 2 for a, b, by in zip(one, other, _VARIES_BY, strict=True)]
    used = squares if same_smile else squares[:-1]
    return math.sqrt(sum(used) / len(used))
