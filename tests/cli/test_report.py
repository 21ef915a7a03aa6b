import json
import os
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from driver_monitor.cli.main import main
from driver_monitor.recording.open import open_drive
from tests.cli.product import driver_monitor
from tests.jobs.drives import STARTED, config, record, states
from tests.report.test_html import Page

LATER = "rules: {long_glance: {when: 'off_road_s >= 4.4'}, microsleep: {enabled: false}}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drives of two minutes; in each a long glance, a microsleep and a covered camera."""
    found = tmp_path_factory.mktemp("drives")
    for seed, driver in ((1, "anna"), (2, "")):
        kept = config(found, driver=driver, vehicle="van 7")
        record(kept, states(120.0, seed=seed), started=STARTED + timedelta(hours=seed - 1))
    return found


@pytest.fixture
def later(tmp_path: Path) -> Path:
    path = tmp_path / "later.yaml"
    path.write_text(LATER)
    return path


def first(folder: Path) -> Path:
    return sorted(folder.iterdir())[0]


def words(page: Path) -> str:
    return Page(page.read_text(encoding="utf-8")).words


def test_one_drive_is_one_page_with_its_alerts_as_recorded(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drive, page = first(folder), tmp_path / "deep" / "drive.html"
    assert main(["report", str(drive), "--out", str(page)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{drive.name}: 2:00, driver ")
    assert f"report: {page}" in said
    told = words(page)
    for alert in open_drive(drive).alerts():
        assert alert.message in told
    for expected in (
        drive.name,
        "as recorded",
        "van 7",
        "2026-11-27 22:59:30 UTC",
        "Where the gaze went",
        "Blink rate",
    ):
        assert expected in told


def test_another_config_beside_it_shows_what_only_one_of_them_raises(
    folder: Path, tmp_path: Path, later: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "drive.html"
    assert main(["report", str(first(folder)), "--compare", str(later), "--out", str(page), "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    compared = json.loads(line)["compared"]
    assert compared["microsleep"] == {"both": 0, "only_a": 1, "only_b": 0}
    assert compared["long_glance"] == {"both": 1, "only_a": 0, "only_b": 0}
    told = words(page)
    assert "A, only there: as recorded" in told
    assert f"B, only there: {later}" in told
    assert re.search(r"1\.[45] s later", told)
    assert "rules.microsleep.enabled: true -> false" in told
    assert "driver.baseline" not in told


def test_with_a_config_the_page_shows_the_alerts_of_that_config(
    folder: Path, tmp_path: Path, later: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "drive.html"
    assert main(["report", str(first(folder)), "--config", str(later), "--out", str(page), "--json"]) == 0
    assert "microsleep" not in json.loads(capsys.readouterr().out)["alerts"]
    assert f"those of {later}" in words(page)


def test_a_folder_is_one_page_for_all_and_a_line_each(
    folder: Path, tmp_path: Path, later: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(folder), "--compare", str(later), "--out", str(tmp_path), "--jobs", "1", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {record["driver"] for record in found} == {"anna", "unknown"}
    assert {record["vehicle"] for record in found} == {"van 7"}
    told = words(tmp_path / "report.html")
    assert "2 drives" in told
    assert "Drives in which they differ" in told


def test_a_broken_drive_costs_only_itself(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "drives"
    for drive in sorted(folder.iterdir()):
        (copy / drive.name).mkdir(parents=True)
        for file in drive.glob("*.mcap"):
            (copy / drive.name / file.name).write_bytes(file.read_bytes())
    (first(copy) / "000.mcap").write_bytes(b"not an mcap file")
    page = tmp_path / "page.html"
    assert main(["report", str(copy), "--out", str(page), "--jobs", "1", "--json"]) == 1
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 1
    assert "is not an MCAP file" in captured.err
    assert "These drives could not be read" in words(page)


def test_parquet_is_written_and_read_in_the_drives_place(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["report", str(folder), "--parquet", "fleet", "--jobs", "1", "--json"]) == 0
    exported = capsys.readouterr().out
    assert not (tmp_path / "report.html").exists()
    assert len(list((tmp_path / "fleet").rglob("*.parquet"))) == 8
    assert main(["report", "fleet", "--json", "--jobs", "1"]) == 0
    assert capsys.readouterr().out == exported
    assert (tmp_path / "report.html").is_file()


def test_a_drive_of_events_only_is_shown_from_its_states_of_a_second(
    tmp_path: Path, later: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drive = record(config(tmp_path / "drives", level="events"), states(120.0))
    page = tmp_path / "page.html"
    assert main(["report", str(drive), "--out", str(page), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["gaps"] == 0
    assert found["duration_s"] == pytest.approx(119, abs=1)
    assert found["alerts"]["microsleep"] == 1
    assert "keeps its events only" in words(page)
    assert main(["report", str(drive), "--compare", str(later), "--out", str(page)]) == 2
    assert "nothing in it for another config to judge" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "there is no nowhere"),
        (["here.mp4"], "is not a recorded drive and holds none"),
        (["{drives}", "--parquet", "x", "--compare", "quiet"], "need --out as well"),
        (["{drives}", "--jobs", "0"], "--jobs takes 1 or more"),
        (["{drives}", "--engine", "dask"], "needs --scheduler"),
        (["{drives}", "--scheduler", "tcp://127.0.0.1:1"], "belongs to --engine dask"),
    ],
)
def test_a_wrong_usage_is_one_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    arguments: list[str], sentence: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.mp4").write_bytes(b"")
    assert main(["report", *(word.replace("{drives}", str(folder)) for word in arguments)]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_without_pyarrow_parquet_is_refused_once_before_any_work(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ImportError('no wheel for this board')\n")
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    for source in (folder, first(folder)):
        done = driver_monitor("report", source, "--parquet", tmp_path / "fleet", PYTHONPATH=path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("driver-monitor: Parquet needs pyarrow: ")
        assert done.stderr.count("\n") == 1
        assert not (tmp_path / "fleet").exists()


def test_drives_of_which_none_can_be_reported_are_named_and_summed_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drives = tmp_path / "drives"
    for seed in (1, 2):
        record(config(drives, level="events"), states(5.0, seed=seed), started=STARTED + timedelta(hours=seed))
    assert main(["report", str(drives), "--parquet", str(tmp_path / "fleet"), "--jobs", "1"]) == 1
    *each, last = capsys.readouterr().err.splitlines()
    assert [line.rpartition(": ")[2] for line in each] == ["there are no signals in it to be exported"] * 2
    assert last == f"driver-monitor: no drive could be reported of the 2 in {drives}"


def test_drives_are_told_on_stdout_in_their_order_whichever_is_done_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drives = tmp_path / "drives"
    for seed, seconds in ((1, 90.0), (2, 5.0), (3, 5.0)):  # the first one takes longest
        record(config(drives), states(seconds, seed=seed), started=STARTED + timedelta(hours=seed))
    assert main(["report", str(drives), "--out", str(tmp_path / "page.html"), "--jobs", "2"]) == 0
    captured = capsys.readouterr()
    told = [line.partition(":")[0] for line in captured.out.splitlines()]
    assert told == [*sorted(drive.name for drive in drives.iterdir()), "report"]
    assert captured.err == ""
