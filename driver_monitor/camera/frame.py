"""One image from a camera, with the time it was taken."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frame:
    """What a frame source delivers.

    ``t_s`` is media time: seconds since the source's first frame, from the capture clock or the file's own
    presentation times. It strictly increases within a source. ``image`` is uint8 [height, width, 3] RGB, upright and
    *not* mirrored (the driver's left is on the right of the image), or ``None`` while the camera gives no
    image: such frames come a few times a second so that time goes on, and ``fault`` says why in a few words.
    ``dropped`` counts the frames lost since the previous delivered one (a live source keeps only the newest).
    ``captured_s`` is the monotonic clock when a live source took the image, for measuring latency only; NaN else.
    ``bad`` counts the frames that came since the previous delivered one and could not be used.
    """

    t_s: float
    image: NDArray[np.uint8] | None
    index: int = 0
    dropped: int = 0
    fault: str = ""
    captured_s: float = float("nan")
    bad: int = 0
