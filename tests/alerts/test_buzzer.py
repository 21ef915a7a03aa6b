"""One character by level, and our own sketch that makes sound and light of it, compiled and run."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver_monitor.alerts.serial_sink import SerialSink
from driver_monitor.config.alerts import SerialConfig
from driver_monitor.state.alert import Level

from .make import FAILURE, alert, cleared, wait_until
from .receiver import Receiver

SKETCH = Path(__file__).parents[2] / "scripts" / "examples" / "buzzer" / "buzzer.ino"

# The board: what the program under test sends is read from a script of "<ms> <character>" lines, and what the pins do
# is printed when it changes.
BOARD = r"""
#pragma once
#include <cstdio>
#include <deque>
#include <utility>
static const int OUTPUT = 1, LOW = 0, HIGH = 1;
static unsigned long the_time = 0;
static std::deque<std::pair<unsigned long, char>> coming;
static unsigned long millis() { return the_time; }
static void pinMode(int, int) {}
static int pitch = -1, light = -1;
static void tone(int, unsigned int hz) { if (pitch != (int)hz) printf("%lu tone %u\n", the_time, hz); pitch = hz; }
static void noTone(int) { if (pitch > 0) printf("%lu still\n", the_time); pitch = 0; }
static void digitalWrite(int, int level) {
  if (level != light) printf("%lu light %d\n", the_time, level);
  light = level;
}
struct Port {
  void begin(long) {}
  int available() { return !coming.empty() && coming.front().first <= the_time; }
  int read() { char next = coming.front().second; coming.pop_front(); return next; }
};
static Port Serial;
"""
MAIN = r"""
#include "Arduino.h"
#include "buzzer.ino"
int main() {
  unsigned long at, end = 0;
  char what;
  while (scanf("%lu %c", &at, &what) == 2) { coming.push_back({at, what}); end = at; }
  setup();
  for (; the_time <= end + 6000; the_time += 5) loop();
}
"""


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sketch as a program. g++ stands in for the board's compiler."""
    assert shutil.which("g++"), "install g++ (scripts/test does)"
    folder = tmp_path_factory.mktemp("board")
    (folder / "Arduino.h").write_text(BOARD)
    (folder / "main.cpp").write_text(MAIN)
    warnings = ["-Wall", "-Wextra", "-Werror", "-std=gnu++11", "-pedantic"]
    command = ["g++", *warnings, f"-I{folder}", f"-I{SKETCH.parent}", "-o", str(folder / "board"), "main.cpp"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "board"


def shown(board: Path, *heard: tuple[int, str]) -> list[tuple[int, str]]:
    """(ms, what a pin did) for (ms, character)."""
    script = "".join(f"{at} {what}\n" for at, what in heard)
    out = subprocess.run([board], input=script, capture_output=True, text=True, check=True, timeout=30).stdout
    return [(int(at), what) for at, _, what in (line.partition(" ") for line in out.splitlines())]


def tones(done: list[tuple[int, str]]) -> list[str]:
    return [what for _, what in done if what.startswith("tone")]


def beating(until_ms: int, what: str, *, from_ms: int = 0) -> list[tuple[int, str]]:
    return [(at, what) for at in range(from_ms, until_ms, 1000)]


def test_an_info_beeps_once_a_warning_twice_and_higher(board: Path) -> None:
    info = shown(board, (0, "0"), (500, "1"), (900, "0"), (1500, "E"))
    warning = shown(board, (0, "0"), (500, "2"), (600, "0"), (1500, "E"))
    assert tones(info) == ["tone 660"]
    assert tones(warning) == ["tone 990"] * 2, "heard out though it has ended"


def test_a_critical_alert_sounds_and_shines_until_it_ends(board: Path) -> None:
    done = shown(board, (0, "0"), (1000, "3"), (2000, "3"), (3000, "3"), (3600, "0"), (4500, "E"))
    sounding = [at for at, what in done if what == "tone 1570"]
    assert sounding[0] == 1000
    assert 3400 < sounding[-1] < 3600
    assert len(sounding) == pytest.approx(2600 / 150, abs=2)
    assert [(at, what) for at, what in done if "light" in what][-2:] == [(1000, "light 1"), (3600, "light 0")]


def test_unresponsive_is_faster_and_higher_and_steps_down_to_critical(board: Path) -> None:
    done = shown(board, (0, "0"), (1000, "4"), (2000, "3"), (3000, "0"), (3500, "E"))
    assert min(at for at, what in done if what == "tone 1660") == 1000
    assert min(at for at, what in done if what == "tone 1570") == 2000


def test_silence_for_three_heartbeats_is_a_fault_and_an_orderly_end_is_not(board: Path) -> None:
    dead = shown(board, *beating(3000, "0"))
    assert tones(dead) == ["tone 780"] * 3
    assert dead[0][0] <= 5000
    assert tones(shown(board, *beating(3000, "0"), (2500, "E"))) == []
    assert tones(shown(board, (0, "0"), (900, "F"))) == ["tone 780"] * 3


def test_nothing_is_heard_before_the_monitor_has_spoken_nor_of_noise(board: Path) -> None:
    assert tones(shown(board, (9000, "x"))) == []


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    receiver = Receiver(tmp_path / "ttyUSB0")
    yield receiver
    receiver.close()


def without_heartbeats(raw: bytes) -> str:
    text = raw.decode("ascii")
    return "".join(each for place, each in enumerate(text) if place == 0 or each != text[place - 1])


def test_the_monitor_says_one_character_by_level(tmp_path: Path, receiver: Receiver, board: Path) -> None:
    said: list[str] = []
    came: list[str] = []
    config = SerialConfig(port=str(tmp_path / "ttyUSB0"), mode="buzzer", heartbeat_s=0.1, reconnect_s=0.1)
    with SerialSink(config, said.append) as sink:
        sink.delivered = lambda one: came.append(one.rule)
        sink.send(alert("yawn", Level.INFO))
        sink.send(alert("microsleep"))
        sink.send(alert("no_response", Level.UNRESPONSIVE))
        for rule in ("no_response", "microsleep", "yawn"):
            sink.send(cleared(rule))
        wait_until(lambda: without_heartbeats(receiver.raw).endswith("0"))
        before = len(receiver.raw)
        wait_until(lambda: len(receiver.raw) >= before + 5)
    wait_until(lambda: receiver.raw.endswith(b"E"))
    assert without_heartbeats(receiver.raw).lstrip("0") == "134310E"
    assert came == ["yawn", "microsleep", "no_response", "no_response", "microsleep", "yawn"]
    assert said == []
    done = shown(board, *[(100 * place, chr(each)) for place, each in enumerate(receiver.raw)])
    assert {"tone 660", "tone 1570", "tone 1660"} == set(tones(done))


def test_a_buzzer_plugged_in_later_hears_of_now_only_and_of_a_fault(tmp_path: Path, receiver: Receiver) -> None:
    said: list[str] = []
    config = SerialConfig(port=str(tmp_path / "ttyUSB0"), mode="buzzer", heartbeat_s=0.1, reconnect_s=0.1)
    with SerialSink(config, said.append) as sink:
        wait_until(lambda: len(receiver.raw) > 2)
        receiver.pull_out()
        wait_until(lambda: said != [])
        before = len(receiver.raw)
        sink.send(alert("long_glance", Level.WARNING))
        sink.send(cleared("long_glance", Level.WARNING))
        sink.send(alert())
        receiver.plug_in()
        wait_until(lambda: len(said) == 2)
        assert said[1].endswith("is back")
        sink.fault(FAILURE)
    wait_until(lambda: receiver.raw.endswith(b"F"))
    assert without_heartbeats(receiver.raw[before:]) == "3F"
