"""Files of any name under any locale: every command plays them or says one sentence, and prints what can be printed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from driver_monitor.assets import face_model
from tests.cli.product import TIMEOUT_S, attentive

PLAIN: dict[str, str] = {"LC_ALL": "C.UTF-8"}
C = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ODD = b"n\xc3\xbc\xff"  # an umlaut, and a byte that is no UTF-8
SHOWN = "n\\xc3\\xbc\\xff"


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "driver_monitor", *map(os.fsencode, map(str, arguments))],
        capture_output=True, timeout=TIMEOUT_S, check=False, env=os.environ | environment,
    )  # fmt: skip
    assert done.returncode != -signal.SIGSEGV, arguments
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    return done


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of such a name, with a video and a config of such names in it and a recorded drive."""
    folder = tmp_path_factory.mktemp("names") / os.fsdecode(ODD)
    folder.mkdir()
    attentive(folder.parent / "plain.mp4", 1.0).rename(folder / f"{folder.name}.mp4")
    (folder / f"{folder.name}.yaml").write_text("rules: {moving: {when: 'speed_kmh > 5', message: für}}\n", "utf-8")
    done = run("run", "--source", folder / f"{folder.name}.mp4", "--for-s", 1, "--record", folder / "rec",
               "--record-level", "video", "--config", folder / f"{folder.name}.yaml", **C)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("locale", [PLAIN, C], ids=["utf-8", "c"])
def test_a_video_of_such_a_name_plays_and_its_outputs_land_in_such_a_folder(
    folder: Path, locale: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / folder.name
    done = run("replay", folder / f"{folder.name}.mp4", "--out", out, "--annotate", "--speed-kmh", 50,
               "--config", folder / f"{folder.name}.yaml", **locale)  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = done.stdout.decode("utf-8" if locale is PLAIN else "ascii")
    assert "30 frames" in told
    assert f"report: {tmp_path}/" in told
    assert {path.name for path in out.iterdir()} == {"annotated.webm", "report.html", "signals.csv"}
    page = (out / "report.html").read_text("utf-8")
    assert "\\xff.mp4" in page
    assert "für" in page


def test_an_umlaut_under_a_c_locale_is_a_name_like_any_other(folder: Path, tmp_path: Path) -> None:
    video = tmp_path / "für.mp4"
    video.write_bytes((folder / f"{folder.name}.mp4").read_bytes())
    done = run("replay", video, "--json", **C)
    assert done.returncode == 0
    assert b'"tracking":"tracked"' in done.stdout
    both = run("replay", video, folder / f"{folder.name}.mp4", **C)
    assert both.returncode == 0
    assert both.stdout.decode("ascii").count("30 frames, 100 % judged") == 2


def test_every_command_takes_recorded_drives_of_such_names(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / folder.name
    [drive] = (folder / "rec").iterdir()
    (drive / "labels.csv").write_text("start_s,end_s,kind,value,note\n0.1,0.5,attentive,,für\n", "utf-8")
    for arguments in (
        ("record-info", drive),
        ("label", drive, "--list"),
        ("replay", drive, "--out", out / "replayed"),
        ("report", drive, "--out", out / f"{folder.name}.html"),
        ("report", folder / "rec", "--out", out / "all", "--parquet", out / "fleet"),
        ("report", out / "fleet", "--out", out / "fleet.html"),
        ("score", drive, "--out", out / "score"),
    ):
        done = run(*arguments, **C)
        assert done.returncode == 0, (arguments, done.stderr)
        done.stdout.decode("ascii")
    assert (out / f"{folder.name}.webm").is_file()
    assert (out / "score" / "score.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["replay", "{}/gone.mp4"], 1, "there is no n"),
        (["replay", "{}/none", "--config", "{}/gone.yaml"], 2, "there is no such config file"),
        (["run", "--source", "rtsp://host/{}"], 2, "is not UTF-8"),
        (["record-info", "{}/gone"], 2, "there is no recorded drive"),
        (["report", "{}/gone"], 2, "there is no"),
        (["demo", "--drive", "{}/gone.yaml"], 2, "There is no drive script"),
        (["run", "--baseline", "{}"], 2, "accepted"),
    ],
)
def test_a_mistake_with_such_a_name_is_one_sentence(arguments: list[str], code: int, said: str) -> None:
    done = run(*(word.format(os.fsdecode(ODD)) for word in arguments), **C)
    assert done.returncode == code
    [line] = done.stderr.decode("ascii").strip().splitlines()
    assert said in line
    assert SHOWN in line


def test_names_in_a_config_are_utf8_whatever_the_locale(folder: Path, tmp_path: Path) -> None:
    inside = tmp_path / "für"
    inside.mkdir()
    (inside / face_model(progress=False).name).write_bytes(face_model(progress=False).read_bytes())
    (inside / "base.yaml").write_text("driver: {baseline: anna}\n")
    config = tmp_path / "car.yaml"
    config.write_text(
        f"extends: für/base.yaml\nface: {{model: {inside}/face_landmarker.task}}\n"
        f"recording: {{dir: {inside}/drives}}\ndriver: {{baselines_dir: {inside}/baselines}}\n",
        "utf-8",
    )
    done = run("run", "--source", folder / f"{folder.name}.mp4", "--for-s", 1, "--config", config, **C)
    assert done.returncode == 0, done.stderr
    assert len(list((inside / "drives").iterdir())) == 1


@pytest.mark.parametrize("backend", ["aplay", "sounddevice"])
def test_devices_that_a_c_locale_cannot_spell_are_missing_devices_and_no_crash(
    folder: Path, tmp_path: Path, backend: str
) -> None:
    config = tmp_path / "car.yaml"
    config.write_text(
        f"alerts: {{audio: {{enabled: true, backend: {backend}, device: für}}, "
        "serial: {enabled: true, port: /dev/für}}\nrules: {moving: {when: 'speed_kmh > 5', message: für}}\n",
        "utf-8",
    )
    done = run(
        "run", "--source", folder / f"{folder.name}.mp4", "--for-s", 1, "--config", config, "--speed-kmh", 50, **C
    )
    assert done.returncode == 0
    said = done.stderr.decode("ascii")
    assert "moving: f\\xc3\\xbcr" in said
    assert "it does not exist" in said
    assert "cannot play on device 'f\\xc3\\xbcr'" in said


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_help_and_summaries_print_in_every_encoding(folder: Path, encoding: str) -> None:
    for arguments in (("replay", "--help"), ("record-info", folder / "rec")):
        done = run(*arguments, PYTHONIOENCODING=encoding)
        assert done.returncode == 0
        assert done.stdout.decode(encoding)
