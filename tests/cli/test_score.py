"""driver-monitor score as its users run it."""

import json
from pathlib import Path
from typing import Any

import pytest

from driver_monitor.cli.main import main
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import write_labels
from tests.cli.product import driver_monitor
from tests.labels.recorded import labelled, record
from tests.report.drive import tracked


@pytest.fixture(scope="module")
def drives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drives of two drivers, and one that nobody labelled."""
    folder = tmp_path_factory.mktemp("drives")
    labelled(record(folder, driver="anna"))
    labelled(record(folder, driver="ben", day=1))
    record(folder, [tracked(k / 10) for k in range(50)], day=2)
    return folder


def test_a_folder_is_scored_and_written_out(drives: Path, tmp_path: Path) -> None:
    found = driver_monitor("score", drives, "--out", tmp_path / "out", "--jobs", "1")
    assert found.returncode == 0
    assert found.stdout.startswith(
        "2 drives of 2 drivers, 0.07 h judged (whole drives); intervals of 95 %, drawn by driver"
    )
    assert found.stdout.endswith(f"\npage: {tmp_path}/out/score.html\n")
    assert "has no labels and is not scored" in found.stderr
    record_ = json.loads((tmp_path / "out" / "score.json").read_text(encoding="utf-8"))
    assert record_["audible"]["caught"] == record_["audible"]["events"] == 4
    assert record_["alerts"] == "as they were given"
    assert "Alerts against labels" in (tmp_path / "out" / "score.html").read_text(encoding="utf-8")


def test_json_is_one_object_and_another_config_another_score(drives: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def scored(*arguments: str) -> Any:
        assert main(["score", str(drives), "--json", "--jobs", "1", *arguments]) == 0
        return json.loads(capsys.readouterr().out)

    given, quiet, only = scored(), scored("--config", "quiet"), scored("--labelled-only")
    assert quiet["audible"]["latency_90_s"]["value"] > given["audible"]["latency_90_s"]["value"]
    assert quiet["alerts"].endswith("quiet.yaml")
    assert (given["labelled_only"], only["labelled_only"]) == (False, True)
    assert only["judged_s"] == pytest.approx(2 * 22.4, abs=0.1)


def test_one_drive_may_have_labels_from_elsewhere(
    drives: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.csv"
    write_labels(file, [Label("mirror", 24.0, 29.0)])
    drive = sorted(drives.iterdir())[0]
    assert main(["score", str(drive), "--labels", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["audible"]["surely_false"] == 1
    assert main(["score", str(drives), "--labels", str(file)]) == 2
    assert "--labels is for a single drive; here are 3" in capsys.readouterr().err


def test_a_broken_drive_is_told_and_the_others_are_scored(
    drives: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "000.mcap").touch()
    assert main(["score", str(drives), str(broken), "--json", "--jobs", "1"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["drives"] == 2
    assert "is empty: nothing of it can be read" in err
    assert "1 of 4 drives is incomplete or could not be read" in err


def test_nothing_to_score_is_a_sentence(drives: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = tmp_path / "taken"
    taken.touch()
    for arguments, code, said in (
        ([sorted(drives.iterdir())[2]], 1, "nothing to score: no drive here has labels"),
        ([tmp_path], 2, "there is no recorded drive in"),
        ([drives, "--jobs", "0"], 2, "--jobs takes 1 or more"),
        ([drives, "--config", "absent"], 2, "no such config file"),
        ([drives, "--out", taken, "--jobs", "1"], 1, f"cannot write into {taken}"),
    ):
        assert main(["score", *map(str, arguments)]) == code
        assert said in capsys.readouterr().err
