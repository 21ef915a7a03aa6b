"""The local socket of a real run: what programs see, what they may ask, and how they can misbehave."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from driver_monitor.client import RefusedError, connect
from driver_monitor.config.control import ControlConfig
from driver_monitor.control.address import ControlError, Listener
from driver_monitor.control.server import MAX_CLIENTS, MAX_LINE_BYTES
from driver_monitor.labels.sidecar import read_labels, sidecar
from driver_monitor.recording.event import Content, Control
from driver_monitor.recording.open import find_drives, open_drive
from driver_monitor.replay.recorded import open_passage
from driver_monitor.state.alert import json_line
from tests.alerts.make import wait_until
from tests.cli.product import film, noisy, portrait

# An alert that nothing but the rule is needed for.
RULES = """
rules:
  nobody: {when: [WHEN], for: 0.5, level: warning, message: "Nobody is seen."}
""".replace("[WHEN]", "face_lost_s >= 0.5")


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A face, then none."""
    face = portrait()
    images = [face] * 60 + [noisy(face * 0 + 90, 1)] * 540
    return film(tmp_path_factory.mktemp("drive") / "drive.mp4", images)


@contextmanager
def running(drive: Path, folder: Path, *more: str) -> Iterator[Path]:
    """The socket of a run that has begun to tell states."""
    path = folder / "s"
    config = folder / "car.yaml"
    config.write_text(f"alerts: {{audio: {{enabled: false}}}}\ncontrol: {{enabled: true, socket: {path}}}\n{RULES}")
    command = [sys.executable, "-m", "driver_monitor", "run", "--source", str(drive), "--config", str(config), *more]
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        wait_until(path.exists, 30)
        with connect(path) as client:
            next(iter(client))
        yield path
    finally:
        process.terminate()
        process.wait(20)


def raw(path: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(10)
    client.connect(os.fspath(path))
    return client


def crowd(path: Path, stack: ExitStack) -> None:
    for _ in range(MAX_CLIENTS):
        stack.enter_context(connect(path))


def test_states_alerts_and_requests_of_a_run(drive: Path, tmp_path: Path) -> None:
    drives = tmp_path / "drives"
    with running(drive, tmp_path, "--record", str(drives), "--record-level", "landmarks") as path:
        assert path.stat().st_mode & 0o777 == 0o600
        with connect(path) as monitor:
            assert (monitor.hello["type"], monitor.hello["protocol"]) == ("hello", 1)
            monitor.quiet()
            for record in monitor.records():
                if record["type"] == "alert" and record["rule"] == "nobody":
                    assert record["muted"]
                    assert "muted: the driver asked for quiet" in record["why"]
                    break
            state = next(iter(monitor))
            assert state["quiet"]
            assert "nobody" in {alert["rule"] for alert in state["alerts"]}
            assert state["signals"].keys() >= {"eyes", "zone", "baseline_needs"}
            assert state["health"].keys() >= {"fps", "latency_p99_ms", "cpu_percent", "outputs", "recording", "dropped"}
            monitor.wrong("a bump")
            monitor.mark("look here")
            monitor.acknowledge()
            monitor.quiet(False)
            monitor.reload()
            assert not monitor.state()["quiet"]
    [kept] = find_drives(drives)
    controls = [event for event in open_drive(kept).events(Content.CONTROLS) if isinstance(event, Control)]
    assert [(each.control, each.text) for each in controls] == [
        ("quiet", "on"), ("wrong", "nobody: a bump"), ("mark", "look here"), ("acknowledge", ""), ("quiet", "off"),
        ("reload", ""),
    ]  # fmt: skip
    labels = {label.kind: label.note for label in read_labels(sidecar(kept))}
    assert labels == {"false_alert": "nobody: a bump", "mark": "look here"}
    marked = open_drive(kept / "marks" / "000.mcap")
    assert any(frame.observation is not None for frame in marked.frames(Content.LANDMARKS))
    given = [json_line(alert.to_json()) for alert in open_drive(kept).alerts()]
    with open_passage(open_drive(kept), None) as passage:
        again = [json_line(alert.to_json()) for moment in passage for alert in moment.alerts]
    assert again == given


def test_clients_that_misbehave_cost_only_themselves(drive: Path, tmp_path: Path) -> None:
    with running(drive, tmp_path) as path, ExitStack() as stack:
        good = stack.enter_context(connect(path))
        stack.enter_context(raw(path))  # never reads
        garbage = stack.enter_context(raw(path))
        garbage.sendall(b"\xff\xfe{\n[]\n" + b'{"command": "fly"}\n{"command": "mark", "text": 1}\n')
        file = stack.enter_context(garbage.makefile("rb"))
        answers: list[dict[str, Any]] = []
        while len(answers) < 4:
            record = json.loads(file.readline())
            answers += [record] if record["type"] == "answer" else []
        assert not any(answer["ok"] for answer in answers)
        assert "accepted: acknowledge" in answers[2]["error"]
        with raw(path) as half:
            half.sendall(b'{"command": "ackn')
        huge = stack.enter_context(raw(path))
        huge.sendall(b"x" * (MAX_LINE_BYTES * 2))
        with suppress(ConnectionResetError):
            while huge.recv(MAX_LINE_BYTES):
                pass
        with pytest.raises(RefusedError, match="nothing is recorded"):
            good.mark()
        with pytest.raises(RefusedError, match=f"{MAX_CLIENTS} clients"):
            crowd(path, stack)
        good.acknowledge()
        second = subprocess.run(
            [sys.executable, "-m", "driver_monitor", "run", "--source", str(drive), "--config",
             str(tmp_path / "car.yaml")], capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert second.returncode == 1
        assert "another monitor has the local socket" in second.stderr
        good.acknowledge()
    assert not path.exists()


def test_what_a_killed_run_left_is_replaced_and_nothing_else_is(tmp_path: Path) -> None:
    path = tmp_path / "s"
    config = ControlConfig(enabled=True, socket=str(path))
    left = socket.socket(socket.AF_UNIX)
    left.bind(os.fspath(path))
    left.close()
    with Listener(config), pytest.raises(ControlError, match="another monitor"):
        Listener(config)
    assert not path.exists()
    other = socket.socket(socket.AF_UNIX)
    other.bind(os.fspath(path))
    other.listen()
    with pytest.raises(ControlError, match="another program listens"):
        Listener(config)
    other.close()
    path.unlink()
    path.write_text("mine")
    with pytest.raises(ControlError, match="is no socket"):
        Listener(config)
    assert path.read_text() == "mine"


def test_a_group_may_connect_and_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    import grp

    group = grp.getgrgid(os.getegid()).gr_name
    with Listener(ControlConfig(enabled=True, socket=str(tmp_path / "s"), group=group)) as listener:
        assert listener.path.stat().st_mode & 0o777 == 0o660
        assert listener.path.stat().st_gid == os.getegid()
    with pytest.raises(ControlError, match="there is no group 'nosuchgroup'"):
        Listener(ControlConfig(enabled=True, socket=str(tmp_path / "s"), group="nosuchgroup"))
    with pytest.raises(ControlError, match="longer than"):
        Listener(ControlConfig(enabled=True, socket=str(tmp_path / ("s" * 120))))


def test_the_client_needs_nothing_but_the_standard_library() -> None:
    code = "import sys, driver_monitor.client; print([m for m in ('numpy', 'pydantic', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
