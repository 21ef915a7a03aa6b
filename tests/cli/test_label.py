"""driver-monitor label as its users run it."""

import http.client
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from driver_monitor.cli.main import main
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import read_labels, write_labels
from tests.cli.product import driver_monitor
from tests.labels.recorded import record


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("drives"))


def test_labels_are_imported_once_and_listed(drive: Path, tmp_path: Path) -> None:
    file = tmp_path / "notes.csv"
    write_labels(
        file, [Label("phone", 24.1, 29.0, note="the lap"), Label("kss", 60.0, 60.0, 7.0), Label("eats", 110, 150)]
    )
    first = driver_monitor("label", drive, "--import", file, "--list")
    assert first.returncode == 0
    assert first.stderr == (
        f"driver-monitor: {file}:4: eats from 1:50.0 to 2:30.0 was cut to the drive, 1:50.0 to 1:59.9\n"
    )
    assert first.stdout == (
        f"{file}: 3 labels added to {drive}/labels.csv\n"
        "   0:24.1    0:29.0     4.9 s  phone  the lap\n"
        "   1:00.0    1:00.0     0.0 s  kss 7\n"
        "   1:50.0    1:59.9     9.9 s  eats\n"
        "3 labels in a drive of 2:00\n"
    )
    again = driver_monitor("label", drive, "--import", file, "--list")
    assert again.stdout.startswith(f"{file}: 0 labels added to {drive}/labels.csv, 3 were there already\n")
    write_labels(drive / "labels.csv", [Label("sleep", 500.0, 510.0)])
    assert "sleep  (outside the drive)" in driver_monitor("label", drive, "--list").stdout
    (drive / "labels.csv").unlink()


def test_a_misspelt_kind_is_asked_about_and_kept(drive: Path, tmp_path: Path) -> None:
    file = tmp_path / "notes.csv"
    write_labels(file, [Label("microsleap", 24.1, 26.0), Label("eats", 30.0, 50.0)])
    question = "'microsleap' is a kind of your own, which no rule answers to; did you mean 'microsleep'?"
    found = driver_monitor("label", drive, "--import", file, "--list")
    assert (found.returncode, found.stderr) == (0, f"driver-monitor: {file}:2: {question}\n")
    assert "microsleap" in found.stdout
    assert driver_monitor("label", drive, "--list").stderr == f"driver-monitor: {drive}/labels.csv:2: {question}\n"
    scored = driver_monitor("score", drive)
    assert f"{drive}/labels.csv:2: {question}" in scored.stderr
    (drive / "labels.csv").unlink()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--list", "--fps", "30"], 2, "--fps belongs to --import FILE"),
        (["--import", "x.json", "--fps", "0"], 2, "--fps takes a rate above 0, up to 1000, got 0"),
        (["--port", "70000"], 2, "--port takes 0 to 65535, got 70000"),
        (["--import", "x.doc"], 2, "x.doc cannot be imported"),
        (["--import", "absent.eaf"], 1, "there is no file absent.eaf"),
    ],
)
def test_wrong_wishes_are_refused_with_a_sentence(
    drive: Path, arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["label", str(drive), *arguments]) == code
    assert said in capsys.readouterr().err
    assert not (drive / "labels.csv").exists()


def test_what_is_no_drive_or_several_is_refused(
    drive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["label", str(tmp_path / "absent")]) == 2
    assert "there is no recorded drive" in capsys.readouterr().err
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "000.mcap").touch()
    assert main(["label", str(tmp_path)]) == 2
    assert "holds 2 drives; label takes one, for instance" in capsys.readouterr().err
    assert main(["label", str(tmp_path / "one")]) == 1
    assert "is empty: nothing of it can be read" in capsys.readouterr().err


def test_labels_with_mistakes_are_told_and_left_alone(drive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = drive / "labels.csv"
    file.write_text("start_s,end_s,kind\n5,4,phone\n", encoding="utf-8")
    assert main(["label", str(drive), "--no-browser"]) == 1
    assert "labels.csv:2: it ends at 0:04.0, before it starts at 0:05.0" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "start_s,end_s,kind\n5,4,phone\n"
    file.unlink()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_page_is_served_until_a_signal_and_what_was_saved_stays(drive: Path, number: signal.Signals) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "driver_monitor", "label", str(drive), "--no-browser"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stderr is not None
    with child.stdout, child.stderr:
        found = re.search(r"http://127\.0\.0\.1:(\d+)(/[\w-]{32}/)", child.stdout.readline())
        assert found is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=10)
        connection.request("GET", found[2])
        assert drive.name in connection.getresponse().read().decode()
        label = '{"kind": "phone", "start_s": 1, "end_s": 2, "value": null, "note": ""}'
        connection.request("PUT", f"{found[2]}labels", f'{{"version": "", "labels": [{label}]}}')
        assert connection.getresponse().status == 200
        began = time.monotonic()
        child.send_signal(number)
        assert child.wait(10) == 0
        assert time.monotonic() - began < 3
        assert child.stderr.read() == ""
        connection.close()
    assert read_labels(drive / "labels.csv") == [Label("phone", 1.0, 2.0)]
    (drive / "labels.csv").unlink()
