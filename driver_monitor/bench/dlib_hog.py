"""dlib's HOG detector on every frame and 68 points on the first face, the loop of many drowsiness detectors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.bench.loop import Look, serve
from driver_monitor.errors import UsageError

POINTS: Final = 68
_UPSAMPLED: Final = 0  # times; each doubles the frame, finds faces half the size and costs four times as much


@contextmanager
def detector(model: str) -> Iterator[Look]:
    import dlib  # noqa: PLC0415  (not among the dependencies)

    find = dlib.get_frontal_face_detector()
    try:
        place = dlib.shape_predictor(model)
    except RuntimeError as error:
        raise UsageError(f"--dlib-model: {model} is not a shape predictor that dlib can read ({error})") from None
    points = place(np.zeros((16, 16), np.uint8), dlib.rectangle(0, 0, 15, 15)).num_parts
    if points != POINTS:
        raise UsageError(f"--dlib-model: {model} places {points} points; give the model for {POINTS}")

    def look(frame: NDArray[np.uint8], t_ms: int) -> bool:
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
        faces = find(grey, _UPSAMPLED)
        if not faces:
            return False
        place(grey, faces[0])
        return True

    yield look


if __name__ == "__main__":
    serve(detector)
