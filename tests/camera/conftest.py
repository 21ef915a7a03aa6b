from collections.abc import Iterator

import pytest

from driver_monitor.config.camera import CameraConfig

from .network_camera import NetworkCamera


@pytest.fixture
def network_camera(monkeypatch: pytest.MonkeyPatch) -> Iterator[NetworkCamera]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    camera = NetworkCamera()
    yield camera
    camera.pull_the_plug()


@pytest.fixture
def impatient() -> CameraConfig:
    """A live camera's settings with every wait short."""
    return CameraConfig(stall_s=0.5, reopen_first_s=0.1, reopen_max_s=0.4, open_timeout_s=1.0)
