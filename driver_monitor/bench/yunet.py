"""OpenCV's YuNet on every frame: faces as boxes with five points each."""

from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.bench.loop import Look, serve
from driver_monitor.errors import UsageError


@contextmanager
def detector(model: str) -> Iterator[Look]:
    cv2.setNumThreads(1)  # several only cost more CPU for the same frame
    try:
        found = cv2.FaceDetectorYN.create(model, "", (64, 64))
        found.detect(np.zeros((64, 64, 3), np.uint8))
    except cv2.error:
        raise UsageError(f"--yunet-model: {model} is not a YuNet model that OpenCV {cv2.__version__} can run") from None

    def look(frame: NDArray[np.uint8], t_ms: int) -> bool:
        height, width = frame.shape[:2]
        found.setInputSize((width, height))
        _, faces = found.detect(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
        return faces is not None

    yield look


if __name__ == "__main__":
    serve(detector)
