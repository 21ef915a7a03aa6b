"""Nothing leaves the device: every network call of a whole demo, traced by the kernel's own interface."""

import re
import subprocess
import sys
from pathlib import Path

from driver_monitor.assets import face_model

# Anything but a Unix socket could leave the machine.
SOCKET = re.compile(r"^\d+ +socket\((?P<family>AF_\w+).*= (?P<result>-?\d+)")


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
    )  # fmt: skip
    lines = trace.read_text().splitlines()
    sockets = [match for line in lines if (match := SOCKET.match(line))]
    assert [match[0] for match in sockets if match["family"] != "AF_UNIX" and int(match["result"]) >= 0] == []
    assert [line for line in lines if re.match(r"^\d+ +connect\(.*AF_INET", line)] == []
    # The trace saw the worker: sealing itself, it tried and was refused.
    assert any(match["family"] == "AF_INET" and int(match["result"]) < 0 for match in sockets)
