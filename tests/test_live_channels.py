"""A live run with every channel on: a film as camera, a pipe as microphone, a heart sensor on a pseudo-terminal."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from driver_monitor.assets import face_model
from driver_monitor.channels.voice.activity import vad_model
from driver_monitor.config.config import Config
from driver_monitor.face.body.models import body_models
from driver_monitor.recording.open import open_drive
from driver_monitor.state.channels import ChannelSignals
from tests.channels.pulse.test_sensors import Far
from tests.channels.voice.plugged import DEVICE, PluggedMicrophone
from tests.channels.voice.sounds import speech
from tests.cli.product import attentive
from tests.test_no_network import SOCKET, users_environment

PATIENCE_S = 120.0


@pytest.fixture(scope="module", autouse=True)
def _the_models_are_here() -> None:
    face_model(progress=False)
    vad_model(progress=False)
    body_models(Config().channels.body.model_copy(update={"enabled": True}), progress=False)


@pytest.fixture
def beating(tmp_path: Path) -> Iterator[Path]:
    """The port of a heart sensor that says 72 a minute, four times a second."""
    port, over = tmp_path / "ttyUSB0", threading.Event()
    far = Far(port)

    def beat() -> None:
        while not over.wait(0.25):
            far.say(b"HR,72\n")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    yield port
    over.set()
    thread.join()
    far.pull_out()


@pytest.fixture
def microphone(tmp_path: Path) -> Iterator[PluggedMicrophone]:
    plugged = PluggedMicrophone(tmp_path)
    plugged.plug_in()
    plugged.say(speech(6.0))
    yield plugged
    plugged.close()


def configured(folder: Path, port: Path, seconds: int) -> Path:
    film, config = attentive(folder / "film.mp4", seconds=seconds), folder / "car.yaml"
    config.write_text(
        f"camera: {{source: {film}}}\n"
        f"channels: {{pulse: {{enabled: true, sensor: serial, port: {port}}}, body: {{enabled: true}}, "
        f"micro_expression: {{enabled: true}}, voice: {{enabled: true, device: {DEVICE}}}}}\n"
        "alerts: {console: {enabled: false}, audio: {enabled: false}}\n"
        f"recording: {{dir: {folder / 'drives'}, level: landmarks}}\n"
    )
    return config


def said(folder: Path) -> list[ChannelSignals]:
    (drive,) = (folder / "drives").iterdir()
    return [state.channels for state in open_drive(drive).states() if state.channels is not None]


def children(pid: int) -> dict[str, int]:
    """Workers of a running monitor, by module."""
    found: dict[str, int] = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")
        found |= {word: int(child) for word in words if word.startswith("driver_monitor.")}
    return found


def test_all_channels_are_heard_and_no_process_reaches_a_network(
    tmp_path: Path, beating: Path, microphone: PluggedMicrophone
) -> None:
    trace = tmp_path / "network.txt"
    ended = subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=network", "-o", trace, sys.executable, "-m", "driver_monitor", "run",
         "--config", configured(tmp_path, beating, 14)],
        check=False, capture_output=True, text=True, timeout=PATIENCE_S,
        env=users_environment() | {"ALSA_CONFIG_PATH": str(microphone.config_path)},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    lines = trace.read_text().splitlines()
    sockets = [match for line in lines if (match := SOCKET.match(line))]
    assert [match[0] for match in sockets if match["family"] != "AF_UNIX" and int(match["result"]) >= 0] == []
    assert [line for line in lines if re.match(r"^\d+ +connect\(.*AF_INET", line)] == []
    found = said(tmp_path)
    assert "speech" in {each.voice for each in found}
    assert 72.0 in {each.heart_rate_bpm for each in found}
    assert "present" in {each.body for each in found}
    assert {each.micro_expression_missing for each in found} - {"no_face"}


def test_workers_die_and_the_run_goes_on_until_it_is_told_to_end(
    tmp_path: Path, beating: Path, microphone: PluggedMicrophone
) -> None:
    environment = os.environ | {"ALSA_CONFIG_PATH": str(microphone.config_path)}
    command = [
        sys.executable,
        "-m",
        "driver_monitor",
        "run",
        "--json",
        "--config",
        str(configured(tmp_path, beating, 60)),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        killed: dict[str, int] = {}
        for line in run.stdout:
            record: dict[str, Any] = json.loads(line)
            if record["type"] == "state" and record["t_s"] >= 4 and not killed:
                killed = children(run.pid)
                for pid in killed.values():
                    os.kill(pid, signal.SIGKILL)
            if record["type"] == "state" and record["t_s"] >= 12:
                break
        again = children(run.pid)
        run.send_signal(signal.SIGINT)
        _, told = run.communicate(timeout=PATIENCE_S)
    assert run.returncode == 0, told
    assert len(killed) == 2
    assert again.keys() == killed.keys()
    assert set(again.values()).isdisjoint(killed.values())
    assert "voice worker died" in told
    assert "Traceback" not in told
