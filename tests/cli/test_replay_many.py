import json
from pathlib import Path

import pytest

from driver_monitor.cli.main import main
from tests.jobs.drives import record_some


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("drives")
    record_some(found, 3, 40.0)
    return found


def one_by_one(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """What the drives give by themselves, with their names."""
    lines = []
    for drive in sorted(folder.iterdir()):
        assert main(["replay", str(drive), "--json", *options]) == 0
        lines += [f'{{"source":"{drive}",{line[1:]}' for line in capsys.readouterr().out.splitlines()]
    return lines


def test_many_recorded_drives_print_what_they_print_one_by_one_and_leave_the_same_files(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = one_by_one(folder, capsys, "--config", "quiet")
    assert len(expected) > 120
    options = ["--json", "--config", "quiet", "--jobs", "2", "--out", str(tmp_path)]
    assert main(["replay", str(folder), *options]) == 0
    assert capsys.readouterr().out.splitlines() == expected
    for drive in folder.iterdir():
        assert (tmp_path / drive.name / "signals.csv").read_bytes().count(b"\n") == 401
        assert (tmp_path / drive.name / "report.html").is_file()


def test_a_drive_that_cannot_be_read_is_named_and_the_others_are_replayed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, drive in enumerate(sorted(folder.iterdir())):
        (tmp_path / drive.name).mkdir()
        data = b"" if number == 1 else (drive / "000.mcap").read_bytes()
        (tmp_path / drive.name / "000.mcap").write_bytes(data)
    broken = sorted(tmp_path.iterdir())[1]
    assert main(["replay", str(tmp_path), "--json", "--jobs", "2"]) == 1
    captured = capsys.readouterr()
    assert {json.loads(line)["source"] for line in captured.out.splitlines()} == {
        str(drive) for drive in tmp_path.iterdir() if drive != broken
    }
    assert "is empty" in captured.err
    assert f"1 of 3 sources could not be played: {broken}" in captured.err


def test_dask_is_for_recorded_drives(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(folder), "scripted:demo", "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "works on recorded drives" in capsys.readouterr().err


def test_an_annotated_video_needs_frames_and_says_so(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drive = sorted(folder.iterdir())[0]
    assert main(["replay", str(drive), "--annotate", "--out", str(tmp_path / "out")]) == 2
    assert "a recorded drive needs --from video for it" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
