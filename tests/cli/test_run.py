"""A live run: a file as the camera, a pty as the bus, signals from the shell."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from driver_monitor.alerts.protocol import Bye, Hello, Kind, Transition
from tests.alerts.receiver import Receiver
from tests.cli.product import attentive, driver_monitor, film, records


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return attentive(tmp_path_factory.mktemp("drive") / "drive.mp4", seconds=20)


@contextmanager
def running(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A run whose first state has been seen."""
    process = subprocess.Popen(
        [sys.executable, "-m", "driver_monitor", "run", *map(str, arguments), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_ends_within_a_second_with_a_latency_table(drive: Path, number: signal.Signals) -> None:
    with running("--source", drive) as process:
        time.sleep(1.0)
        process.send_signal(number)
        began = time.monotonic()
        _, said = process.communicate(timeout=10)
        assert time.monotonic() - began < 1.5
        assert process.returncode == 0
        assert all(word in said for word in ("p50", "p99", "tracker", "rules", "capture to decision"))
        assert "Traceback" not in said


def test_a_camera_that_never_answers_does_not_hold_up_ctrl_c() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/video"
        process = subprocess.Popen(
            [sys.executable, "-m", "driver_monitor", "run", "--source", url], stderr=subprocess.PIPE, text=True
        )
        connection, _ = mute.accept()  # it has come as far as asking for a picture
        with connection:
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            began = time.monotonic()
            _, said = process.communicate(timeout=10)
            assert time.monotonic() - began < 2.0
    assert process.returncode == 130
    assert "Traceback" not in said


def test_the_frames_of_a_live_run_keep_media_time(drive: Path) -> None:
    done = driver_monitor("run", "--source", drive, "--json", "--for-s", 3)
    assert done.returncode == 0
    states = [record for record in records(done.stdout) if record["type"] == "state"]
    assert [round(record["t_s"]) for record in states] == [0, 1, 2]
    assert {record["tracking"] for record in states} == {"tracked"}


def test_sighup_takes_new_rules_and_refuses_broken_ones(drive: Path, tmp_path: Path) -> None:
    config = tmp_path / "car.yaml"
    quiet = "alerts: {audio: {enabled: false}}\n"
    config.write_text(quiet + "rules: {one: {when: 'speed_kmh >= 1', message: one}}\n")
    with running("--source", drive, "--config", config, "--record", tmp_path / "drives") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        config.write_text(quiet + "rules: {two: {when: 'speed_kmh >= 1', message: two, cooldown: 0}}\n")
        process.send_signal(signal.SIGHUP)
        seen: list[tuple[str, str]] = []
        while ("two", "firing") not in seen:
            [record] = records(process.stdout.readline())
            if record["type"] == "alert":
                seen.append((record["rule"], record["state"]))
        said = process.stderr.readline()
        assert f"the rules were reloaded from {config}\n" in said  # --source and --json are no change of the file
        assert "WARNING" not in said
        process.send_signal(signal.SIGHUP)
        assert "they are as before" in process.stderr.readline()
        config.write_text(quiet + "recording: {keep_days: 7}\nrules: {two: {when: 'speed_kmh >= 1', message: two}}\n")
        process.send_signal(signal.SIGHUP)
        assert "; changes in recording take effect at the next start" in process.stderr.readline()
        config.write_text(quiet + "rules: {three: {when: 'speed >= 1', message: three}}\n")
        process.send_signal(signal.SIGHUP)
        said = process.stderr.readline()
        assert "not reloaded" in said
        time.sleep(1.3)
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=10)
        last = [record for record in records(rest) if record["type"] == "state"][-1]
        assert last["firing"] == ["two"]


def test_the_drivers_button_answers_for_a_face_that_is_not_found(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    noise = [chance.integers(0, 255, (240, 320, 3), dtype=np.uint8) for _ in range(10)]
    empty_seat = film(tmp_path / "empty.mp4", noise * 45)
    config = tmp_path / "car.yaml"
    config.write_text(
        "alerts: {audio: {enabled: false}}\n"
        "attention: {unseen: {look_up_s: 0.3, warn_s: 0.6, urgent_s: 9, used_up_s: 12}}\n"
        "rules: {fresh: {when: awareness >= 0.9, message: fresh, cooldown: 0}}\n"
    )
    with running("--source", empty_seat, "--config", config) as process:
        assert process.stdout is not None
        seen: list[str] = []
        while seen != ["cleared", "firing"]:
            [record] = records(process.stdout.readline())
            if record["type"] == "alert" and record["rule"] == "fresh":
                seen.append(record["state"])
                if seen == ["cleared"]:
                    process.send_signal(signal.SIGUSR1)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)


def test_alerts_reach_a_receiver_on_the_serial_port(drive: Path, tmp_path: Path) -> None:
    receiver = Receiver(tmp_path / "ttyUSB0")
    config = tmp_path / "car.yaml"
    config.write_text(
        "rules: {moving: {when: 'speed_kmh >= 1', message: Moving}}\n"
        f"alerts: {{serial: {{enabled: true, port: {tmp_path}/ttyUSB0, heartbeat_s: 0.5}}}}\n"
    )
    done = driver_monitor("run", "--source", drive, "--config", config, "--for-s", 3, "--json")
    time.sleep(0.3)
    receiver.close()
    assert done.returncode == 0, done.stderr
    assert receiver.damaged == []
    bodies = receiver.bodies
    assert isinstance(bodies[0], Hello)
    assert isinstance(bodies[-1], Bye)
    [alert] = [body for body in bodies if isinstance(body, Transition) and body.kind is Kind.ALERT]
    assert alert.rule == "moving"
    assert len(receiver.heartbeats) >= 4
    assert [line.seq for line in receiver.lines] == list(range(len(receiver.lines)))


def test_a_serial_port_and_a_sound_card_that_are_not_there_do_not_stop_the_run(drive: Path, tmp_path: Path) -> None:
    config = tmp_path / "car.yaml"
    config.write_text(
        "rules: {moving: {when: 'speed_kmh >= 1', message: Moving, level: critical}}\n"
        f"alerts: {{serial: {{enabled: true, port: {tmp_path}/nothing}}}}\n"
    )
    done = driver_monitor("run", "--source", drive, "--config", config, "--for-s", 2, "--json")
    assert done.returncode == 0
    assert any(record["type"] == "alert" for record in records(done.stdout))
    assert done.stderr.count("WARNING: serial: cannot open") == 1


def test_a_named_driver_is_known_at_the_next_start_and_replay_keeps_nothing(drive: Path, tmp_path: Path) -> None:
    config = tmp_path / "car.yaml"
    config.write_text(
        f"driver: {{profiles_dir: {tmp_path}/profiles}}\nsignals: {{baseline: {{seed_s: 5}}}}\n"
        "alerts: {audio: {enabled: false}}\n"
    )
    named = ("--config", config, "--profile", "anna")
    first = driver_monitor("run", "--source", drive, *named, "--for-s", 9)
    assert first.returncode == 0, first.stderr
    assert "calibrating" in first.stderr
    assert "calibrated to the driver" in first.stderr
    [kept] = (tmp_path / "profiles").iterdir()
    assert kept.name == "anna.json"
    kept.write_text(kept.read_text().replace('"shut_ear": null', '"shut_ear": 0.05'))
    second = driver_monitor("run", "--source", drive, *named, "--for-s", 2, "--json")
    states = [record for record in records(second.stdout) if record["type"] == "state"]
    assert states[0]["baseline"] == "kept"
    assert '"shut_ear": 0.05' in kept.read_text()
    kept.unlink()
    config.write_text(config.read_text().replace("driver: {", "driver: {profile: anna, "))
    replayed = driver_monitor("replay", drive, "--config", config)
    assert replayed.returncode == 0
    assert not kept.exists()


def test_a_profile_s_name_is_no_way_out_of_its_folder(drive: Path) -> None:
    done = driver_monitor("run", "--source", drive, "--profile", "../anna")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_no_camera_is_one_sentence_and_the_way_out(tmp_path: Path) -> None:
    done = driver_monitor("run", "--source", tmp_path / "nothing.mp4")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    done = driver_monitor("run", "--source", "/dev/video97")
    assert done.returncode == 1
    assert "/dev/video97" in done.stderr
    assert os.linesep.join(done.stderr.splitlines()[1:]) == ""
