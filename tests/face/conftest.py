from pathlib import Path

import pytest

from driver_monitor.assets import face_model
from tests.face.cabin import Picture, portrait


@pytest.fixture(scope="session")
def model() -> Path:
    return face_model(progress=False)


@pytest.fixture(scope="session")
def astronaut() -> Picture:
    return portrait()
