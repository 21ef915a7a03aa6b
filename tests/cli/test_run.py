"""A live run: a file as the camera, a pty as the bus, signals from the shell."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

from driver_monitor.alerts.protocol import Bye, Fault, Hello, Kind, Transition
from driver_monitor.alerts.tones import Tone
from driver_monitor.config.alerts import AudioConfig
from tests.alerts.make import wait_until
from tests.alerts.receiver import Receiver
from tests.alerts.speaker import DEVICE, Speaker
from tests.cli.product import attentive, driver_monitor, film, records
from tests.jobs.drives import record_some


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


def heard_until(process: "subprocess.Popen[str]", word: str) -> list[str]:
    """What a run says on the terminal, up to the line with ``word``."""
    assert process.stderr is not None
    lines = [""]
    while word not in lines[-1]:
        lines.append(process.stderr.readline())
        assert lines[-1], f"the run ended without saying '{word}'"
    return lines


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
        # --source and --json are no change of the file
        said = heard_until(process, f"the rules were reloaded from {config}\n")
        assert "WARNING" not in said[-1]
        process.send_signal(signal.SIGHUP)
        heard_until(process, "they are as before")
        config.write_text(quiet + "recording: {keep_days: 7}\nrules: {two: {when: 'speed_kmh >= 1', message: two}}\n")
        process.send_signal(signal.SIGHUP)
        heard_until(process, "; changes in recording take effect at the next start")
        config.write_text(quiet + "rules: {three: {when: 'speed >= 1', message: three}}\n")
        process.send_signal(signal.SIGHUP)
        heard_until(process, "not reloaded")
        time.sleep(1.3)
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=10)
        last = [record for record in records(rest) if record["type"] == "state"][-1]
        assert last["firing"] == ["two"]


def test_a_config_that_disarms_the_monitor_is_named_at_the_start_and_at_a_reload(drive: Path, tmp_path: Path) -> None:
    config = tmp_path / "car.yaml"
    config.write_text("rules:\n  sleep:\n    level: info\n")
    with running("--source", drive, "--config", config) as process:
        heard_until(process, f"WARNING: {config}:3: rules.sleep.level (info) disarms the monitor: eyes closed for 3 s")
        config.write_text("rules:\n  microsleep: {for: 300}\n")
        process.send_signal(signal.SIGHUP)
        heard_until(process, f"WARNING: {config}:2: rules.microsleep.for (300.0) disarms the monitor")


def test_the_drivers_button_answers_for_a_face_that_is_not_found(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    noise = [chance.integers(0, 255, (240, 320, 3), dtype=np.uint8) for _ in range(10)]
    empty_seat = film(tmp_path / "empty.mp4", noise * 45)
    config = tmp_path / "car.yaml"
    config.write_text(
        "alerts: {audio: {enabled: false}}\n"
        "attention: {unseen_floor: 0.5, unseen: {look_up_s: 0.3, warn_s: 0.6, urgent_s: 9, used_up_s: 12}}\n"
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
        f"driver: {{baselines_dir: {tmp_path}/baselines}}\nsignals: {{baseline: {{seed_s: 5}}}}\n"
        "alerts: {audio: {enabled: false}}\n"
    )
    named = ("--config", config, "--baseline", "anna")
    first = driver_monitor("run", "--source", drive, *named, "--for-s", 9)
    assert first.returncode == 0, first.stderr
    assert "calibrating" in first.stderr
    assert "calibrated to the driver" in first.stderr
    [kept] = (tmp_path / "baselines").iterdir()
    assert kept.name == "anna.json"
    kept.write_text(kept.read_text().replace('"shut_ear": null', '"shut_ear": 0.05'))
    second = driver_monitor("run", "--source", drive, *named, "--for-s", 2, "--json")
    states = [record for record in records(second.stdout) if record["type"] == "state"]
    assert states[0]["baseline"] == "kept"
    assert '"shut_ear": 0.05' in kept.read_text()
    kept.unlink()
    config.write_text(config.read_text().replace("driver: {", "driver: {baseline: anna, "))
    replayed = driver_monitor("replay", drive, "--config", config)
    assert replayed.returncode == 0
    assert not kept.exists()


def test_a_baseline_s_name_is_no_way_out_of_its_folder(drive: Path) -> None:
    done = driver_monitor("run", "--source", drive, "--baseline", "../anna")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    done = driver_monitor("run", "--source", tmp_path / "nothing.mp4")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_vision_worker_that_dies_again_and_again_ends_the_run_by_a_fault_on_every_output(
    drive: Path, tmp_path: Path
) -> None:
    receiver = Receiver(tmp_path / "ttyUSB0")
    audio = AudioConfig(backend="aplay", device=DEVICE)
    speaker = Speaker(tmp_path, audio)
    speaker.plug_in()
    config = tmp_path / "car.yaml"
    config.write_text(
        f"""
face: {{restarts: 2}}
recording: {{dir: {tmp_path}/drives}}
alerts:
  audio: {{backend: aplay, device: {DEVICE}}}
  serial: {{enabled: true, port: {tmp_path}/ttyUSB0, heartbeat_s: 0.2}}
"""
    )
    command = [sys.executable, "-m", "driver_monitor", "run", "--source", str(drive), "--config", str(config), "--json"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"ALSA_CONFIG_PATH": str(speaker.config_path)},
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline()]  # it watches
        deadline = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < deadline:
            for worker in vision_workers(process.pid):
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
            time.sleep(0.5)
        rest, said = process.communicate(timeout=10)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 1
    assert "has used up its 2 restarts" in said.splitlines()[-1]
    fault = records(lines[0] + rest)[-1]
    assert (fault["type"], fault["reason"]) == ("fault", "tracker")
    wait_until(lambda: any(isinstance(body, Fault) for body in receiver.bodies))
    receiver.close()
    assert receiver.bodies[-1] == Fault("tracker", "The monitor has stopped: you are on your own.")
    assert Bye() not in receiver.bodies
    assert speaker.heard()[-1].tone is Tone.FAULT
    assert speaker.heard()[-1].whole
    [recorded] = (tmp_path / "drives").iterdir()
    assert "fault at" in driver_monitor("record-info", recorded).stdout


def vision_workers(parent: int) -> list[int]:
    """The processes of ``parent`` that look at pictures."""
    children = " ".join(path.read_text() for path in Path(f"/proc/{parent}/task").glob("*/children")).split()
    return [
        int(child) for child in children if b"driver_monitor.face.worker" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def test_a_run_says_what_it_is_doing(drive: Path, tmp_path: Path) -> None:
    config = tmp_path / "car.yaml"
    config.write_text("alerts: {audio: {enabled: false}}\n")
    done = driver_monitor("run", "--source", drive, "--config", config, "--record", tmp_path / "drives", "--for-s", 3)
    assert done.returncode == 0
    assert done.stdout == ""
    warned, *said = done.stderr.splitlines()
    assert "alerts.audio.enabled (false) disarms the monitor" in warned
    assert said[0] == "alerts go to: console; Ctrl-C ends the run"
    assert said[1] == "starting the face tracker"
    assert said[2].startswith(f"recording (signals) into {tmp_path}/drives/")
    assert said[3] == f"camera {drive}: 320 x 240 px at 30 Hz"
    status = [line for line in said if " fps" in line]
    assert len(status) <= 2, "sparing where nobody may be looking: a state that lasts is said once"
    assert all(word in status[-1] for word in ("watching", "eyes open", "gaze road", "quality"))
    assert re.fullmatch(r" {3}0:0\d\.\d  watching .*", status[-1]), "the clock of the alerts"
    told = (
        r"[23]\.\d s, \d+ frames, 100 % judged, 0 alerts, [^,]*blinks[^,]*, \d+ dropped, 0 bad frames, 0 restarts of .*"
    )
    assert any(re.fullmatch(told, line) for line in said)
    assert "\x1b" not in done.stderr


def test_on_a_terminal_the_status_stands_in_one_line_and_ctrl_c_leaves_it_whole(drive: Path, tmp_path: Path) -> None:
    """A real terminal, with logging and alerts going above the line."""
    config = tmp_path / "car.yaml"
    config.write_text(
        "alerts: {audio: {enabled: false}, serial: {enabled: true, port: /nothing}}\n"
        "rules: {moving: {when: 'speed_kmh >= 1', message: Moving}}\n"
    )
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    process = subprocess.Popen(
        [sys.executable, "-m", "driver_monitor", "run", "--source", str(drive), "--config", str(config)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI")}
        | {"TERM": "xterm-256color", "COLUMNS": "100"},
    )
    written = b""
    try:
        deadline = time.monotonic() + 30
        while written.count(b" fps") < 3 and time.monotonic() < deadline:
            written += os.read(master, 65536)
        process.send_signal(signal.SIGINT)
        while process.poll() is None and time.monotonic() < deadline:
            if select.select([master], [], [], 0.1)[0]:
                written += os.read(master, 65536)
        while select.select([master], [], [], 0.1)[0]:
            written += os.read(master, 65536)
        after = termios.tcgetattr(slave)
    finally:
        process.kill()
        process.wait()
        os.close(master)
        os.close(slave)
    assert process.returncode == 0
    assert after == before
    assert written.rfind(b"\x1b[?25h") > written.rfind(b"\x1b[?25l"), "the cursor is shown"
    text = written.decode()
    shown = Screen(text).lines
    assert sum(" fps" in line for line in shown) == 0, "the status line is taken away"
    assert sum("WARNING: serial: cannot open" in line for line in shown) == 1
    assert sum("moving: Moving" in line for line in shown) == 1
    assert sum("restarts of the vision worker" in line for line in shown) == 1


class Screen:
    """What a terminal shows of all that was written to it, as far as rich's codes go."""

    def __init__(self, text: str) -> None:
        self.lines = [""]
        row = column = 0
        for code, character in re.findall(r"\x1b\[([?0-9;]*[A-Za-z])|(.)", text, re.DOTALL):
            if character == "\n":
                row, column = row + 1, 0
                self.lines += [""] * (row + 1 - len(self.lines))
            elif character == "\r":
                column = 0
            elif character:
                line = self.lines[row].ljust(column)
                self.lines[row] = line[:column] + character + line[column + 1 :]
                column += 1
            elif code == "2K":
                self.lines[row] = ""
            elif code.endswith("A"):
                row = max(0, row - int(code[:-1] or 1))


@pytest.mark.parametrize("command", ["run", "bench"])
def test_a_recorded_drive_is_no_camera_and_the_command_that_takes_it_is_named(command: str, tmp_path: Path) -> None:
    [drive] = record_some(tmp_path, 1, 2.0)
    for source in (drive, tmp_path, drive / "000.mcap"):
        done = driver_monitor(command, "--source", source)
        assert done.returncode == 2
        assert done.stderr == (f"driver-monitor: {source} is a recorded drive; use 'driver-monitor replay {source}'\n")


def test_how_long_a_run_lasts_is_read_like_every_other_time(drive: Path) -> None:
    done = driver_monitor("run", "--source", drive, "--for-s", "0:01.5", "--json")
    assert (done.returncode, [round(each["t_s"]) for each in records(done.stdout)]) == (0, [0, 1])
    for wrong, said in (("abc", "'abc' is not a time; write seconds (83.5) or m:ss.s"), ("0", "above 0, got 0")):
        done = driver_monitor("run", "--source", drive, "--for-s", wrong)
        assert done.returncode == 2
        assert said in done.stderr
