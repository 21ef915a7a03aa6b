"""Simulated drives are recorded like real ones, with their labels."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from driver_monitor.labels.label import KINDS, Label
from driver_monitor.recording.open import open_drive
from driver_monitor.simulate.habits import attentive
from scripts.evaluation.simulated_drives import LENGTHS_S, labels, make
from tests.cli.product import driver_monitor


def test_a_simulated_drive_can_be_opened_and_is_made_once(tmp_path: Path) -> None:
    path = make(3, tmp_path, hours=0.005, fps=10.0, lapses=0)
    drive = open_drive(path)
    assert (drive.header.drive_id, drive.header.driver) == (path.name, "driver3")
    assert 150 < len(list(drive.states())) <= 180
    assert (path / "labels.csv").exists()
    before = (path / "000.mcap").stat()
    assert make(3, tmp_path, hours=0.005, fps=10.0, lapses=0) == path
    assert (path / "000.mcap").stat() == before


def test_its_alerts_are_those_that_a_replay_gives_and_can_be_scored(tmp_path: Path) -> None:
    path = make(1, tmp_path, hours=0.05, fps=10.0, lapses=3)
    given = driver_monitor("score", path, "--json")
    again = driver_monitor("score", path, "--json", "--config", "default")
    assert (given.returncode, given.stderr) == (0, "")
    counts = [
        {name: json.loads(done.stdout)["audible"][name] for name in ("events", "caught", "alerts", "false")}
        for done in (given, again)
    ]
    assert counts[0] == counts[1]
    assert counts[0]["events"] == 3


def test_every_lapse_has_a_label_and_some_are_short() -> None:
    hour = attentive(1, lapses=24, lengths_s=LENGTHS_S)
    found = labels(hour)
    assert [(each.start_s, each.end_s) for each in found] == [(lapse.start_s, lapse.end_s) for lapse in hour.lapses]
    assert {each.kind for each in found} == {"microsleep", "sleep", "distracted"} <= set(KINDS)
    shortest: Label = min(found, key=lambda each: each.length_s)
    assert 0.8 <= shortest.length_s < 1.5


def test_it_says_how_long_it_takes_and_what_it_has_made(tmp_path: Path) -> None:
    arguments = [str(tmp_path / "drives"), "--drives", "2", "--hours", "0.003", "--lapses", "0", "--fps", "10"]
    done = subprocess.run(
        [sys.executable, "-m", "scripts.evaluation.simulated_drives", *arguments],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    first, *made = done.stderr.splitlines()
    assert first.startswith("2 simulated drives of 0:11, ")
    assert sorted(made) == [f"made {path}" for path in sorted((tmp_path / "drives").iterdir())]


def test_a_drive_may_be_longer_than_two_hours() -> None:
    hour = attentive(2, duration_s=2.1 * 3600, fps=30.0, lapses=50, lengths_s=LENGTHS_S)
    assert hour.script.drive.duration_s == 2.1 * 3600
    assert max(action.t for action in hour.script.actions) > 7500
    assert max(lapse.end_s for lapse in hour.lapses) > 7300


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--hours", "1000"), "drive script: drive.duration_s: got 3600000.0; accepted: less than or equal to 604800"),
        (("--hours", "nan"), "argument --hours: takes a number above 0, got 'nan'"),
        (("--drives", "0"), "argument --drives: takes a whole number of 1 or more, got '0'"),
    ],
)
def test_what_cannot_be_simulated_is_said_in_a_line_and_leaves_nothing(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.evaluation.simulated_drives", str(tmp_path / "drives"), *arguments],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].endswith(said)
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "drives").exists()


def test_a_terminal_shows_how_far_it_is(tmp_path: Path) -> None:
    """Before the first drive is done, too: an hour takes a minute."""
    master, slave = pty.openpty()
    arguments = [str(tmp_path / "drives"), "--drives", "1", "--hours", "1", "--jobs", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.evaluation.simulated_drives", *arguments], stderr=slave, start_new_session=True
    )
    os.close(slave)
    said = b""
    try:
        while not re.search(rb"([1-9]\d*:\d\d|0:[0-5][1-9]) of 1:00:00 driven", said):
            said = said[-500:] + os.read(master, 4096)
    finally:
        os.killpg(process.pid, signal.SIGINT)  # Ctrl-C reaches its processes as well
        code = process.wait(30)
        os.close(master)
    assert code == 130
    assert not (tmp_path / "drives").exists()
