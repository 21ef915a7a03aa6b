from collections.abc import Iterator

import pytest

from driver_monitor.assets import face_model
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.face.vision_worker import VisionWorker


@pytest.fixture(scope="session")
def vision_worker() -> Iterator[VisionWorker]:
    with VisionWorker(FaceConfig().unhurried(), PrivacyConfig(), face_model(progress=False)) as worker:
        yield worker


@pytest.fixture
def tracker(vision_worker: VisionWorker) -> VisionWorker:
    vision_worker.reset()
    return vision_worker
