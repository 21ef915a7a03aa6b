"""Cameras as they are: not there yet, silent, sending rubbish now and then."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from driver_monitor.alerts.protocol import Bye, Heartbeat, Hello, Kind
from tests.alerts.make import wait_until
from tests.alerts.receiver import Receiver
from tests.camera.network_camera import NetworkCamera
from tests.camera.test_bad_frames import cut_but_not_said, empty_and_cut, one_in_four_random
from tests.cli.product import driver_monitor, noisy, portrait, records


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    receiver = Receiver(tmp_path / "ttyUSB0")
    yield receiver
    receiver.close()


@pytest.fixture
def camera() -> Iterator[NetworkCamera]:
    """A camera in front of a driver."""
    camera = NetworkCamera()
    face = cv2.cvtColor(portrait(), cv2.COLOR_RGB2BGR).astype(np.uint8)
    camera.picture = lambda: noisy(face, camera.number())
    yield camera
    camera.pull_the_plug()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "car.yaml"
    path.write_text(
        f"""
camera: {{open_timeout_s: 1, reopen_first_s: 0.2, reopen_max_s: 0.5}}
rules: {{cannot_see: {{for: 1}}}}
alerts: {{audio: {{enabled: false}}, serial: {{enabled: true, port: {tmp_path}/ttyUSB0, heartbeat_s: 0.2}}}}
"""
    )
    return path


def start(config: Path, source: str, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "driver_monitor", "run", "--config", str(config), "--source", source, *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> str:
    """What it said on stderr, having been told to end, which it did in order and at once."""
    process.send_signal(number)
    began = time.monotonic()
    _, said = process.communicate(timeout=10)
    assert time.monotonic() - began < 2.0
    assert "Traceback" not in said
    return said


def test_a_camera_that_is_missing_is_waited_for_with_the_outputs_open(config: Path, receiver: Receiver) -> None:
    process = start(config, "/dev/video97")
    try:
        wait_until(lambda: any(beat.health == "camera_lost" for beat in receiver.heartbeats), 30)
        wait_until(lambda: ("cannot_see", "firing") in receiver.transitions(Kind.ALERT), 30)
        assert process.poll() is None
        said = ended(process, signal.SIGINT)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert said.count("no camera yet: There is no camera /dev/video97") == 1
    last = said.splitlines()[-1]
    assert re.fullmatch(r"no frame arrived in \d+\.\d s, 0 % judged, 1 alert, 0 dropped, 0 bad frames, .*", last), last
    assert "p99" not in said, "nothing to be told of the time that pictures take"
    assert all("\u2013 fps" in line for line in said.splitlines() if line.endswith(" fps"))
    columns = {line.split()[0] for line in said.splitlines() if " fps" in line or "cannot_see" in line}
    assert all(re.fullmatch(r"0:\d\d\.\d", each) for each in columns), "one clock for status and alerts"
    assert isinstance(receiver.bodies[0], Hello)
    wait_until(lambda: receiver.bodies[-1] == Bye())


def test_a_network_camera_switched_on_later_is_used_then(
    config: Path, receiver: Receiver, camera: NetworkCamera
) -> None:
    camera.pull_the_plug()
    process = start(config, camera.url)
    try:
        wait_until(lambda: any(beat.health == "camera_lost" for beat in receiver.heartbeats), 30)
        camera.plug_in()
        wait_until(lambda: isinstance(receiver.bodies[-1], Heartbeat) and receiver.heartbeats[-1].health == "ok", 30)
        said = ended(process)
    finally:
        process.kill()
        process.communicate()
    assert said.count("no camera yet") == 1
    assert "delivers now after" in said
    assert ": 320 x 240 px" in said
    assert "s3cret" not in said


def test_a_camera_that_repeats_one_picture_is_lost_and_not_an_attentive_driver(
    config: Path, receiver: Receiver, camera: NetworkCamera
) -> None:
    moving = camera.picture
    process = start(config, camera.url, "--speed-kmh", "80")
    try:
        wait_until(lambda: bool(receiver.heartbeats) and receiver.heartbeats[-1].health == "ok", 30)
        last = moving()
        camera.picture = lambda: last
        wait_until(lambda: ("cannot_see", "firing") in receiver.transitions(Kind.ALERT), 30)
        assert receiver.heartbeats[-1].health == "camera_lost"
        camera.picture = moving
        wait_until(lambda: receiver.heartbeats[-1].health == "ok", 30)
        said = ended(process)
    finally:
        process.kill()
        process.communicate()
    assert said.count("repeats one frame") == 1
    assert "delivers again after" in said
    assert {rule for rule, _ in receiver.transitions(Kind.ALERT)} == {"cannot_see"}


def test_a_camera_that_answers_and_gives_no_picture_is_a_lost_one(config: Path, receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        process = start(config, f"http://127.0.0.1:{mute.getsockname()[1]}/video")
        try:
            wait_until(lambda: any(beat.health == "camera_lost" for beat in receiver.heartbeats), 30)
            said = ended(process, signal.SIGINT)
        finally:
            process.kill()
            process.communicate()
    assert process.returncode == 0
    assert said.count("no camera yet") == 1
    wait_until(lambda: receiver.bodies[-1] == Bye())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_told_to_end_while_it_starts_says_goodbye(
    config: Path, receiver: Receiver, number: signal.Signals
) -> None:
    process = start(config, "/dev/video97")
    wait_until(lambda: receiver.bodies != [], 30)
    ended(process, number)
    wait_until(lambda: receiver.bodies[-1] == Bye())


@pytest.mark.parametrize("spoil", [empty_and_cut, cut_but_not_said, one_in_four_random])
def test_bad_frames_do_not_interrupt_the_watching(camera: NetworkCamera, spoil: object) -> None:
    camera.spoil = spoil  # type: ignore[assignment]
    done = driver_monitor("run", "--source", camera.url, "--for-s", 5, "--json", "--speed-kmh", "80")
    assert done.returncode == 0, done.stderr
    found = records(done.stdout)
    states = [record for record in found if record["type"] == "state"]
    assert len(states) == 5
    assert {record["tracking"] for record in states} == {"tracked"}
    assert not any(record["type"] == "alert" for record in found)
    assert done.stderr.count("bad frames are left out and counted") == 1
    [bad] = [int(words.split()[0]) for words in done.stderr.split(", ") if words.endswith("bad frames")]
    assert bad > 20
