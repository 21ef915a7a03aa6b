"""Nothing leaves the device: every network call of a whole demo, traced by the kernel's own interface."""

import os
import re
import subprocess
import sys
from pathlib import Path

from driver_monitor.assets import face_model

# Anything but a Unix socket could leave the machine.
SOCKET = re.compile(r"^\d+ +socket\((?P<family>AF_\w+).*= (?P<result>-?\d+)")


def users_environment() -> dict[str, str]:
    """Without what tells libraries that they are being tested, or not to send anything."""
    return {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("ORT_")}


def test_no_process_of_a_demo_opens_a_network_socket(tmp_path: Path) -> None:
    face_model(progress=False)  # the one download there is has been made before
    script = tmp_path / "short.yaml"
    script.write_text("drive: {duration_s: 3}\nactions: [{t: 1.0, do: blink}]\n")
    trace = tmp_path / "network.txt"
    subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=network", "-o", trace, sys.executable, "-m", "driver_monitor", "demo",
         "--drive", script, "--out", tmp_path / "out", "--no-video"],
        check=True,
        capture_output=True,
        timeout=120,
        env=users_environment(),
    )  # fmt: skip
    lines = trace.read_text().splitlines()
    sockets = [match for line in lines if (match := SOCKET.match(line))]
    assert [match[0] for match in sockets if match["family"] != "AF_UNIX" and int(match["result"]) >= 0] == []
    assert [line for line in lines if re.match(r"^\d+ +connect\(.*AF_INET", line)] == []
    # The trace saw the worker: sealing itself, it tried and was refused.
    assert any(match["family"] == "AF_INET" and int(match["result"]) < 0 for match in sockets)


LOAD_AND_WAIT = """
import sys, time
from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
model = OnnxModel(models_dir(Config()) / "fatigue.onnx")
time.sleep(8)
"""


def test_onnx_runtime_by_itself_does_not_even_try(tmp_path: Path) -> None:
    """As in a process that is not sealed: reports, labels, evaluation."""
    trace = tmp_path / "network.txt"
    subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=network", "-o", trace, sys.executable, "-c", LOAD_AND_WAIT],
        check=True,
        timeout=120,
        env=users_environment(),
    )
    assert [line for line in trace.read_text().splitlines() if "AF_INET" in line] == []


SEALED = """
import socket, subprocess, sys
from driver_monitor.privacy import seal_monitor
left, right = socket.socketpair()
seal_monitor(required=True, report=print)
for what in (lambda: socket.socket(socket.AF_INET), lambda: socket.create_connection(("127.0.0.1", 9))):
    try:
        what()
    except PermissionError:
        print("refused")
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
socket.socket(socket.AF_UNIX).connect(sys.argv[1])
print(subprocess.run([sys.executable, "-c", "import socket; socket.socket()"], capture_output=True).returncode)
"""


def test_the_monitor_itself_is_cut_off_and_can_still_reach_the_sound_server(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SEALED, tmp_path / "sound"], check=True, capture_output=True, text=True, timeout=60
    )
    assert ended.stdout.split() == ["refused", "refused", "1"]
