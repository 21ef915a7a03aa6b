"""Replaying files the way a user does: what comes out, and what is said when a file is no good."""

import csv
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.cli.product import TIMEOUT_S, attentive, driver_monitor, film, portrait, records

MOVING = "rules: {moving: {when: 'speed_kmh >= 70', message: fast, cooldown: 0}}\n"


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return attentive(tmp_path_factory.mktemp("drive") / "drive.mp4")


def test_json_is_one_object_a_line_with_a_state_a_second_and_nothing_else(drive: Path, tmp_path: Path) -> None:
    config = tmp_path / "car.yaml"
    config.write_text(MOVING)
    done = driver_monitor("replay", drive, "--json", "--config", config, "--speed-kmh", 80)
    assert done.returncode == 0
    assert done.stderr == ""
    found = records(done.stdout)
    states = [record for record in found if record["type"] == "state"]
    assert [record["t_s"] for record in states] == pytest.approx([0.0, 1.0, 2.0], abs=0.04)
    assert {record["tracking"] for record in states} == {"tracked"}
    assert states[-1]["speed_kmh"] == 80
    assert states[-1]["eyes"] == "open"
    [alert] = [record for record in found if record["type"] == "alert"]
    assert (alert["rule"], alert["level"], alert["state"], alert["t_s"]) == ("moving", "warning", "firing", 0.0)
    assert alert["evidence"]["terms"] == [
        {"signal": "speed_kmh", "op": ">=", "threshold": 70.0, "value": 80.0, "since_s": 0.0}
    ]
    assert states[-1]["firing"] == ["moving"]


def test_alerts_are_the_result_and_stand_on_stdout_in_the_order_of_the_sources(drive: Path, tmp_path: Path) -> None:
    config = tmp_path / "car.yaml"
    config.write_text("alerts: {audio: {enabled: false}}\n" + MOVING)
    options = ("--config", config, "--speed-kmh", 80)
    short = attentive(tmp_path / "short.mp4", seconds=0.5)  # done first
    alert = "   0:00.0  WARNING   moving: fast  (80 km/h, 80 km/h given)"
    long, brief = f"{drive}: 3.0 s, 90 frames", f"{short}: 0.5 s, 15 frames"
    one = driver_monitor("replay", drive, *options)
    assert one.stderr == ""
    assert one.stdout.splitlines() == [alert, f"{long}, 100 % judged, 1 alert, 0 blinks"]
    several = driver_monitor("replay", drive, short, *options, "--jobs", 2)
    assert several.stderr == ""
    told = [line.partition(", 100 %")[0] for line in several.stdout.splitlines()]
    assert told == [f"{drive}:", alert, f"{short}:", alert, long, brief]


def test_two_replays_of_one_file_say_the_same_to_the_byte(drive: Path) -> None:
    first, second = (driver_monitor("replay", drive, "--json").stdout for _ in range(2))
    assert first == second != ""


def test_out_gets_a_row_a_frame_and_a_report(drive: Path, tmp_path: Path) -> None:
    done = driver_monitor("replay", drive, "--out", tmp_path / "out", "--annotate")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"signals.csv", "report.html", "annotated.webm"}
    with (tmp_path / "out" / "signals.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 90
    wanted = "t_s tracking openness eyes_closed_s perclos_60s blink yawn yaw_deg pitch_deg roll_deg zone on_road"
    assert {*wanted.split(), "off_road_s", "quality"} <= set(rows[0])
    assert "90 frames" in done.stdout


def test_several_drives_get_a_folder_each_and_a_broken_one_costs_only_itself(drive: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(drive.read_bytes())
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(drive.read_bytes()[:2000])
    done = driver_monitor("replay", drive, broken, other, "--json", "--jobs", 2, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert {record["source"] for record in records(done.stdout)} == {str(drive), str(other)}
    assert "1 of 3 sources could not be played" in done.stderr
    assert "broken.mp4" in done.stderr
    assert (tmp_path / "out" / "drive" / "report.html").is_file()
    assert (tmp_path / "out" / "other" / "report.html").is_file()


def test_what_is_no_video_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("not a video\n" * 100)
    picture = tmp_path / "picture.png"
    import cv2

    cv2.imwrite(str(picture), portrait())
    for name in ("missing.mp4", "empty.mp4", "notes.txt", "picture.png", "."):
        done = driver_monitor("replay", tmp_path / name)
        assert done.returncode == 1, name
        [line] = done.stderr.strip().splitlines()
        assert line.startswith("driver-monitor: "), name
        assert done.stdout == ""


def test_nobody_in_the_picture_is_no_face_and_never_shut_eyes(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    empty = film(tmp_path / "empty_seat.mp4", [noise] * 330)
    done = driver_monitor("replay", empty, "--json")
    assert done.returncode == 0
    found = records(done.stdout)
    states = [record for record in found if record["type"] == "state"]
    assert {record["tracking"] for record in states} == {"no_face"}
    assert {record["eyes"] for record in states} == {"unknown"}
    assert {record["eyes_closed_s"] for record in states} == {None}
    assert (states[-1]["seen_share"], states[-1]["judged_share"]) == (0.0, 0.0)
    fired = [record for record in found if record["type"] == "alert"]
    assert [(record["rule"], round(record["t_s"])) for record in fired] == [("cannot_see", 8)]


def test_a_video_in_which_nobody_is_seen_says_so_first_wherever_it_is_summed_up(drive: Path, tmp_path: Path) -> None:
    red = np.full((120, 160, 3), (200, 20, 20), np.uint8)
    wide = np.zeros((2, 4000, 3), np.uint8)
    empty = film(tmp_path / "red.mp4", [red] * 60), film(tmp_path / "wide.mp4", [wide] * 60)
    done = driver_monitor("replay", *empty, drive, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    unseen = "nobody was seen in 100 % of 2.0 s, 60 frames, 0 % judged, 0 alerts, blinks not counted (eyes not seen)"
    assert lines == [
        f"{empty[0]}: {unseen}",
        f"report: {tmp_path / 'out' / 'red' / 'report.html'}",
        f"{empty[1]}: {unseen}",
        f"report: {tmp_path / 'out' / 'wide' / 'report.html'}",
        f"{drive}: 3.0 s, 90 frames, 100 % judged, 0 alerts, 0 blinks",
        f"report: {tmp_path / 'out' / 'drive' / 'report.html'}",
    ]
    page = (tmp_path / "out" / "red" / "report.html").read_text("utf-8")
    assert "<b>Nobody was seen in 100 % of 2.0 s.</b>" in page
    assert "Nobody was seen" not in (tmp_path / "out" / "drive" / "report.html").read_text("utf-8")


def test_a_report_of_a_plain_video_says_which_config_was_used(drive: Path, tmp_path: Path) -> None:
    done = driver_monitor("replay", drive, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "built-in defaults (sha256 " in page
    assert "the one it was recorded with" not in page


def test_videos_come_through_stdin_and_by_the_folder(drive: Path, tmp_path: Path) -> None:
    (tmp_path / "videos" / "inner").mkdir(parents=True)
    for name in ("a.mp4", "inner/b.mp4"):
        (tmp_path / "videos" / name).write_bytes(drive.read_bytes())
    (tmp_path / "videos" / "notes.txt").write_text("no video\n")
    folder = driver_monitor("replay", tmp_path / "videos", "--json")
    assert folder.returncode == 0, folder.stderr
    assert {record["source"] for record in records(folder.stdout)} == {
        str(tmp_path / "videos" / name) for name in ("a.mp4", "inner/b.mp4")
    }
    command = [sys.executable, "-m", "driver_monitor", "replay", "-"]
    piped = subprocess.run(command, input=drive.read_bytes(), capture_output=True, timeout=TIMEOUT_S, check=False)
    assert piped.stdout.decode() == "standard input: 3.0 s, 90 frames, 100 % judged, 0 alerts, 0 blinks\n"
    for given, said in ((b"", "standard input was empty"), (b"text " * 100, "standard input is a text file")):
        done = subprocess.run(command, input=given, capture_output=True, timeout=TIMEOUT_S, check=False)
        assert (done.returncode, done.stdout) == (1, b"")
        assert said in done.stderr.decode()
    with Path("/dev/null").open("rb") as nothing:
        done = subprocess.run(command, stdin=nothing, capture_output=True, timeout=TIMEOUT_S, check=False)
    assert "standard input was empty" in done.stderr.decode()


def test_without_pyav_there_is_a_video_for_players_and_a_word_about_it(drive: Path, tmp_path: Path) -> None:
    (tmp_path / "av.py").write_text("raise ImportError('no wheel for this board')\n")
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    done = driver_monitor("replay", drive, "--out", tmp_path / "out", "--annotate", PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    assert "annotated.mp4 does not play in browsers: PyAV cannot be loaded (no wheel for this board)" in done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"signals.csv", "report.html", "annotated.mp4"}
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert 'href="annotated.mp4"' in page
    assert "<video" not in page


def test_only_the_last_runs_video_lies_beside_its_report_whatever_made_the_one_before(
    drive: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "annotated.mp4").write_bytes(b"made where there was no PyAV")
    done = driver_monitor("replay", drive, "--out", out, "--annotate")
    assert done.returncode == 0, done.stderr
    assert f"{out / 'annotated.mp4'} has been removed" in done.stderr
    assert {path.name for path in out.iterdir()} == {"signals.csv", "report.html", "annotated.webm"}
    assert driver_monitor("replay", drive, "--out", out, "--annotate").stderr == ""
    assert f"{out / 'annotated.webm'} has been removed" in driver_monitor("replay", drive, "--out", out).stderr
    assert {path.name for path in out.iterdir()} == {"signals.csv", "report.html"}


def test_a_drive_that_bears_our_videos_name_is_replayed_and_stays(drive: Path, tmp_path: Path) -> None:
    own = tmp_path / "annotated.mp4"
    own.write_bytes(drive.read_bytes())
    done = driver_monitor("replay", own, "--out", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert own.read_bytes() == drive.read_bytes()


def test_the_libraries_have_nothing_to_say_even_to_those_who_want_every_detail(drive: Path, tmp_path: Path) -> None:
    done = driver_monitor("replay", drive, "--out", tmp_path, "--annotate")
    assert (done.returncode, done.stderr) == (0, "")
    every = driver_monitor("-vv", "replay", drive)
    assert "XNNPACK" in driver_monitor("-vvv", "replay", drive).stderr
    assert "loaded fatigue" in every.stderr
    assert [line for line in every.stderr.splitlines() if not line.startswith("driver-monitor: ")] == []
    assert re.search(r"absl|XNNPACK|litert|InitGoogle|W0000|\[\w+\.cc:", every.stderr, re.IGNORECASE) is None


def test_odd_videos_are_replayed_all_the_same(tmp_path: Path) -> None:
    face = portrait()
    grey = np.repeat(face.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    tall = np.ascontiguousarray(np.pad(face, ((80, 80), (0, 0), (0, 0))))
    odd = {
        "dot.mp4": film(tmp_path / "dot.mp4", [face[:2, :2]] * 10),
        "slow.mp4": film(tmp_path / "slow.mp4", [face] * 10, fps=5),
        "fast.mp4": film(tmp_path / "fast.mp4", [face] * 120, fps=120),
        "portrait.mp4": film(tmp_path / "portrait.mp4", [tall] * 15),
        "grey.mp4": film(tmp_path / "grey.mp4", [grey] * 15),
    }
    done = driver_monitor("replay", *odd.values(), "--json")
    assert done.returncode == 0, done.stderr
    last = {Path(record["source"]).name: record for record in records(done.stdout)}
    assert {name: record["tracking"] for name, record in last.items()} == {
        "dot.mp4": "no_face",
        "slow.mp4": "tracked",
        "fast.mp4": "tracked",
        "portrait.mp4": "tracked",
        "grey.mp4": "tracked",
    }
    assert last["slow.mp4"]["degraded"] in ("", "low_frame_rate")


def test_a_face_model_with_the_wrong_hash_is_refused(drive: Path, tmp_path: Path) -> None:
    model = tmp_path / "face_landmarker.task"
    model.write_bytes(b"something else")
    config = tmp_path / "car.yaml"
    config.write_text(f"face: {{model: {model}}}\n")
    done = driver_monitor("replay", drive, "--config", config)
    assert done.returncode == 2
    assert str(model) in done.stderr
    assert hashlib.sha256(b"something else").hexdigest()[:8] in done.stderr


def test_a_damaged_classifier_is_refused(drive: Path, tmp_path: Path) -> None:
    models = Path(__file__).parents[2] / "models"
    for file in [*models.glob("*.onnx"), *models.glob("*.md")]:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    damaged = tmp_path / "fatigue.onnx"
    damaged.write_bytes(damaged.read_bytes()[:-100])
    config = tmp_path / "car.yaml"
    config.write_text(f"classifiers: {{models_dir: {tmp_path}}}\n")
    done = driver_monitor("replay", drive, "--config", config)
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert "fatigue.onnx" in line


def test_explain_says_why_a_rule_did_not_fire_and_replays_no_further(drive: Path) -> None:
    done = driver_monitor("replay", drive, "--explain", "sleep", "--at", 1.5, "--speed-kmh", 80)
    assert done.returncode == 0, done.stderr
    assert "sleep at 0:01.50: inactive: eyes_closed_s is 0, not >= 3" in done.stdout
    assert "grimace < 0.4" in done.stdout
    assert "(read to 3 s after --at)" not in done.stdout, "all of it was read"
    late = driver_monitor("replay", drive, "--explain", "sleep", "--at", "1:00")
    assert late.returncode == 2
    assert "sleep at 1:00.00: the drive ends at 0:02.97, so there is nothing to explain" in late.stderr
    assert late.stdout == f"{drive}: 3.0 s, 90 frames, 100 % judged, 0 alerts, 0 blinks\n"


def test_explain_as_json_is_one_object_and_nothing_else(drive: Path) -> None:
    done = driver_monitor("replay", drive, "--explain", "sleep", "--at", 1.5, "--json")
    assert done.returncode == 0, done.stderr
    [found] = records(done.stdout)
    assert (found["type"], found["rule"], found["at_s"], found["standing"]) == ("explanation", "sleep", 1.5, "inactive")
    assert found["t_s"] == pytest.approx(1.5, abs=0.04)
    assert found["verdict"].startswith("inactive: eyes_closed_s is 0, not >= 3")
    [term] = [line for line in found["lines"] if line["text"] == "eyes_closed_s >= 3.0"]
    assert (term["truth"], term["value"], term["depth"]) == (False, "0", 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--speed-kmh", "-3"], "--speed-kmh"),
        (["--jobs", "0"], "--jobs"),
        (["--annotate"], "--out"),
        (["--config", "/nowhere/car.yaml"], "/nowhere/car.yaml"),
        (["--explain", "long_glance"], "--at T belong together"),
        (["--at", "3"], "--at T belong together"),
        (["--explain", "sleep", "--at", "0:99"], "'0:99' is not a time; write seconds (83.5) or m:ss.s (1:23.5)"),
        (["--explain", "sleep", "--at", "-3"], "is not a time"),
        (["--explain", "long_glanse", "--at", "3"], "did you mean 'long_glance'?"),
        (["--explain", "strain", "--at", "3"], "is switched off"),
        (["other.mp4", "--explain", "sleep", "--at", "3"], "--explain takes one source, got 2"),
    ],
)
def test_wrong_usage_is_exit_code_2(drive: Path, arguments: list[str], said: str) -> None:
    done = driver_monitor("replay", drive, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
