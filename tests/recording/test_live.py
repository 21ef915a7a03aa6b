"""A live run with a real tracker, disturbed on the way, against the replay of what it recorded."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.cli.product import driver_monitor, film, portrait

RULES = """\
rules:
  steady: {when: "openness >= 0.1", for: %s, level: info, message: steady, cooldown: 0}
  unseen: {when: "face_lost_s >= 0.5", level: warning, message: unseen, cooldown: 0}
"""


def test_a_disturbed_run_is_replayed_to_the_byte(tmp_path: Path) -> None:
    """Frames lost to the load of the machine, a covered lens, rules read again, the button."""
    face, black = portrait(), np.zeros((240, 320, 3), np.uint8)
    clip = film(tmp_path / "drive.mp4", [face] * 100 + [black] * 60 + [face] * 140)
    config = tmp_path / "car.yaml"
    config.write_text(RULES % 1)
    folder = tmp_path / "drives"
    options = ["--source", str(clip), "--config", str(config), "--record", str(folder), "--record-level", "landmarks"]
    run = subprocess.Popen(
        [sys.executable, "-m", "driver_monitor", "run", *options, "--speed-kmh", "70", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    live = []
    for line in run.stdout:
        live.append(line)
        record = json.loads(line)
        if record["type"] == "state" and 2 <= record["t_s"] < 2.9:
            config.write_text(RULES % 3)
            run.send_signal(signal.SIGHUP)
        if record["type"] == "state" and 5 <= record["t_s"] < 5.9:
            run.send_signal(signal.SIGUSR1)
    _, said = run.communicate()
    assert run.returncode == 0, said
    assert "were reloaded" in said
    alerts = [json.loads(line) for line in live if '"type":"alert"' in line]
    assert {alert["rule"] for alert in alerts} >= {"steady", "unseen"}
    assert any(alert["evidence"].get("because") == "rule changed" for alert in alerts)

    [drive] = folder.iterdir()
    for arrow in ("landmarks", "signals", "state"):
        replayed = driver_monitor("replay", drive, "--json", "--from", arrow)
        assert replayed.stdout == "".join(live), arrow
        assert replayed.returncode == 0
        assert replayed.stderr == ""
    shown = driver_monitor("record-info", drive)
    assert "reload at 0:0" in shown.stdout
    assert "acknowledge at 0:0" in shown.stdout


@pytest.mark.parametrize("arguments", [("--record-level", "video"), ("--record", "", "--record-level", "none")])
def test_impossible_recordings_are_refused(arguments: tuple[str, ...]) -> None:
    ended = driver_monitor("run", "--source", "scripted:demo", *arguments)
    assert ended.returncode == 2
    assert "--record" in ended.stderr
