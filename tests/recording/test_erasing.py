"""Erasing takes what was recorded, its labels and what was derived from it, and nothing else."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from mcap.writer import Writer

from driver_monitor.recording.erasing import bytes_of, erase, is_erasable
from driver_monitor.recording.folder import DriveLock
from driver_monitor.recording.retention import FIRST_SEEN, Retention
from tests.cli.product import driver_monitor
from tests.recording.make import config_for, record, script

OURS = ("labels.csv", "labels.yaml", ".labels.csv.x1y2", "000.mcap.repairing", "000.mcap.damaged", ".recording")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    return record(folder, config_for(folder), script((), duration_s=1.0))[0]


@pytest.fixture
def drive(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "drives" / recorded.name))


def test_a_drive_goes_with_all_that_belongs_to_it(drive: Path) -> None:
    for name in OURS:
        (drive / name).write_text("x")
    (drive / ".cache").mkdir()
    (drive / ".cache" / "states-drive-0123.npz").write_bytes(b"xy")
    (drive / "marks").mkdir()
    (drive / "marks" / "000.mcap").write_bytes(b"xyz")
    size = bytes_of(drive)
    assert size == (drive / "000.mcap").stat().st_size + len(OURS) + 2 + 3
    ended = driver_monitor("erase", drive, "--yes")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("erased 1 recorded drive (")
    assert not drive.exists()


def link_to_a_file(drive: Path) -> Path:
    elsewhere = drive.parents[1] / "elsewhere.mcap"
    shutil.copy(drive / "000.mcap", elsewhere)
    (drive / "001.mcap").symlink_to(elsewhere)
    return elsewhere


def foreign_file(drive: Path) -> Path:
    (drive / "holiday.jpg").write_text("mine")
    return drive / "holiday.jpg"


def foreign_folder(drive: Path) -> Path:
    (drive / "notes").mkdir()
    (drive / "notes" / "labels.csv").write_text("mine")
    return drive / "notes" / "labels.csv"


def foreign_file_in_the_cache(drive: Path) -> Path:
    (drive / ".cache").mkdir()
    (drive / ".cache" / "states-drive-0123.npz").write_bytes(b"ours")
    (drive / ".cache" / "thesis.tex").write_text("mine")
    return drive / ".cache" / "thesis.tex"


def foreign_file_in_the_marks(drive: Path) -> Path:
    (drive / "marks").mkdir()
    (drive / "marks" / "000.mcap").write_bytes(b"ours")
    (drive / "marks" / "notes.txt").write_text("mine")
    return drive / "marks" / "notes.txt"


def linked_cache(drive: Path) -> Path:
    elsewhere = drive.parents[1] / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "states-drive-0123.npz").write_bytes(b"mine")
    (drive / ".cache").symlink_to(elsewhere)
    return elsewhere / "states-drive-0123.npz"


FOREIGN = (
    link_to_a_file,
    foreign_file,
    foreign_folder,
    foreign_file_in_the_cache,
    foreign_file_in_the_marks,
    linked_cache,
)


@pytest.mark.parametrize("put", FOREIGN)
def test_what_is_not_ours_stays_and_is_named(drive: Path, put: Callable[[Path], Path]) -> None:
    before = (kept := put(drive)).read_bytes()
    ended = driver_monitor("erase", drive.parent, "--all", "--yes")
    assert ended.returncode == 0
    assert kept.read_bytes() == before
    assert not (drive / "000.mcap").exists()
    assert "left alone, because driver-monitor did not record it" in ended.stderr
    assert str(drive) in ended.stderr
    assert not list(drive.glob(".cache/states-*")) or (drive / ".cache").is_symlink()


@pytest.mark.parametrize("put", FOREIGN)
def test_retention_leaves_what_is_not_ours_too(drive: Path, put: Callable[[Path], Path]) -> None:
    before = (kept := put(drive)).read_bytes()
    config = config_for(drive.parent, keep_days=0.0, keep_gb=1e-9).recording
    Retention(drive.parent, config).make_room(report=lambda said: None)
    assert kept.read_bytes() == before
    assert not (drive / "000.mcap").exists()


def test_a_folder_that_is_no_drive_is_refused(tmp_path: Path, drive: Path) -> None:
    bags = tmp_path / "bags"
    bags.mkdir()
    with (bags / "000.mcap").open("wb") as stream:
        writer = Writer(stream)
        writer.start()
        channel = writer.register_channel("/camera", "json", 0)
        writer.add_message(channel, 0, b"{}", 0)
        writer.finish()  # type: ignore[no-untyped-call]
    (tmp_path / "empty").mkdir()
    link = tmp_path / "link"
    link.symlink_to(drive)
    for path, words in (
        (bags, "were not recorded by driver-monitor"),
        (tmp_path / "empty", "is not a recorded drive"),
        (drive / "000.mcap", "is not the folder"),
        (link, f"name the drive itself: {drive}"),
    ):
        refused = driver_monitor("erase", path, "--yes")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert words in refused.stderr
    assert (bags / "000.mcap").exists()
    assert (drive / "000.mcap").exists()
    nothing = driver_monitor("erase", bags, "--all", "--yes")
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert nothing.stderr == f"driver-monitor: there is no recorded drive to erase in {bags}\n"
    shown = driver_monitor("record-info", tmp_path / "empty")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr == f"driver-monitor: there is no recorded drive in {tmp_path / 'empty'}\n"


def test_a_drive_that_was_renamed_or_damaged_can_be_erased(drive: Path) -> None:
    renamed = drive.rename(drive.with_name("monday"))
    assert is_erasable(renamed)
    assert erase(renamed) == []
    assert not renamed.exists()
    empty = renamed.with_name("2026-11-27T10-43-52Z-00007-a3f9")
    empty.mkdir()
    (empty / "000.mcap").write_bytes(b"")
    assert is_erasable(empty)
    assert erase(empty) == []


def test_all_takes_the_drives_of_a_folder_and_our_note_of_them(drive: Path) -> None:
    folder = drive.parent
    (folder / FIRST_SEEN).write_text("{}")
    (folder / "holiday.jpg").write_text("mine")
    elsewhere = Path(shutil.move(drive, folder.parent / drive.name))
    (folder / elsewhere.name).symlink_to(elsewhere)
    shutil.copytree(elsewhere, folder / "2026-11-28T10-43-52Z-00002-a3f9")
    ended = driver_monitor("erase", folder, "--all", "--yes")
    assert ended.returncode == 0
    assert "erased 1 recorded drive" in ended.stdout
    assert sorted(path.name for path in folder.iterdir()) == sorted([elsewhere.name, "holiday.jpg"])
    assert (elsewhere / "000.mcap").exists()


def test_a_drive_that_is_being_recorded_is_left_whole(drive: Path) -> None:
    with DriveLock(drive):
        ended = driver_monitor("erase", drive, "--yes")
    assert ended.returncode == 1
    assert "stop the run first" in ended.stderr
    assert (drive / "000.mcap").exists()
