"""Pictures on their way into training."""

from collections.abc import Iterator

import numpy as np
import pytest

from driver_monitor.camera.frame import Frame
from driver_monitor.errors import DriverMonitorError
from driver_monitor.face.observation import FaceObservation, Tracking
from scripts.training import faces


class WornOut:
    """A tracker that does one picture and then hangs."""

    def __init__(self, *_: object) -> None:
        self.left = 1

    def __enter__(self) -> "WornOut":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def reset(self) -> None:
        pass

    def track(self, frame: Frame) -> FaceObservation:
        self.left -= 1
        return FaceObservation(frame.t_s, Tracking.TRACKER_LOST if self.left < 0 else Tracking.NO_FACE, 8, 8)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaceObservation]:
    monkeypatch.setattr(faces, "VisionWorker", WornOut)
    monkeypatch.setattr(faces, "face_model", lambda **_: None)
    return faces.observe([np.zeros((8, 8, 3), dtype=np.uint8)] * 2, "test pictures")


def test_a_picture_the_tracker_hung_on_is_not_taken_for_one_without_a_face(seen: Iterator[FaceObservation]) -> None:
    assert next(seen).tracking is Tracking.NO_FACE
    with pytest.raises(DriverMonitorError, match="gave up on the test pictures"):
        next(seen)
