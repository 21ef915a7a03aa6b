"""Every reader against the contract, with one and the same drive."""

import shutil
from pathlib import Path

import pytest

from driver_monitor.recording.open import READERS, open_drive
from driver_monitor.recording.parquet.folder import find_parquet
from driver_monitor.replay.export import export
from tests.recording.conftest import Recorded
from tests.recording.contract import DriveContract


@pytest.fixture(scope="module")
def fleet(eventful: Recorded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet")
    export(open_drive(eventful.path), folder)
    return folder


class TestMcap(DriveContract):
    @pytest.fixture
    def path(self, eventful: Recorded, tmp_path: Path) -> Path:
        return Path(shutil.copytree(eventful.path, tmp_path / eventful.path.name))


class TestParquet(DriveContract):
    @pytest.fixture
    def path(self, fleet: Path, tmp_path: Path) -> Path:
        (path,) = find_parquet(Path(shutil.copytree(fleet, tmp_path / "fleet")))
        return path


def test_every_reader_is_held_to_the_contract() -> None:
    assert {f"Test{reader.removesuffix('Drive')}" for _, reader in READERS.values()} <= globals().keys()
