"""The progress bar on a real terminal, and where results go while it stands."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys, time
from driver_monitor.cli import bar
bar.PATIENCE_S = 0.0
with bar.Bar() as shown:
    shown.at("drive", 1.0, 2.0)
    shown.print("an alert [1]")
    sys.stdout.write("a record\\n")
    time.sleep(0.2)
    shown.at("drive", 2.0, 2.0)
"""


def on_a_terminal(out: Path | None) -> str:
    """What the terminal shows of the program, whose stdout is ``out`` or the terminal too."""
    master, slave = pty.openpty()
    with Path(os.devnull if out is None else out).open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=slave,
            stdout=slave if out is None else file,
            stderr=slave,
            env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "60"},
        )
    os.close(slave)
    shown = b""
    try:
        while data := os.read(master, 65536):
            shown += data
    except OSError:  # how a terminal says that nobody writes to it any more
        pass
    finally:
        os.close(master)
    assert process.wait(30) == 0
    return shown.decode()


def test_what_goes_to_a_file_goes_there_while_the_bar_stands_on_the_terminal(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    shown = on_a_terminal(out)
    assert out.read_text().splitlines() in (["an alert [1]", "a record"], ["a record", "an alert [1]"])
    assert "drive" in shown
    assert "alert" not in shown
    assert "record" not in shown


@pytest.mark.parametrize("said", ["an alert [1]", "a record"])
def test_on_the_terminal_results_stand_above_the_bar_which_goes_at_the_end(said: str) -> None:
    shown = on_a_terminal(None)
    assert shown.count(said) == 1
    before, _, after = shown.partition(said)
    assert "drive" in before
    assert "drive" in after, "the bar is drawn again below it"
    assert shown.rstrip().endswith("\x1b[2K"), "and taken away"
