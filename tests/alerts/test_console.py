"""Alerts on a real terminal, in a pipe, and on one that nobody reads any more."""

import logging
import os
import pty
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO

import pytest

from driver_monitor.alerts.console import AlertConsole, ConsoleSink, alert_line
from driver_monitor.state.alert import Alert, AlertState, Level

from .make import alert, cleared, wait_until


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def pipe() -> Iterator[tuple[int, TextIO]]:
    reading, writing = os.pipe()
    stream = os.fdopen(writing, "w")
    yield reading, stream
    with suppress(OSError):  # the test may have closed it
        os.close(reading)
    with suppress(BrokenPipeError):  # nobody left to flush to
        stream.close()


def test_a_line_tells_time_level_rule_message_and_why() -> None:
    assert alert_line(alert()).plain == (
        "   0:12.3  CRITICAL  microsleep: Eyes closed: wake up  "
        "(eyes closed for 1.6 s, face quality: 0.93, 83 km/h measured)"
    )


def test_the_numbers_behind_it_are_for_those_who_ask(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)  # what -v does
    assert alert_line(alert()).plain.endswith(
        "(eyes closed for 1.6 s, face quality: 0.93, 83 km/h measured; "
        "eyes_closed_s 1.62 >= 1.5, face_quality 0.93 > 0.5)"
    )


def test_a_speed_that_nobody_measured_is_told_as_such() -> None:
    evidence = {"terms": [{"signal": "yawn", "op": "==", "threshold": True, "value": True}], "speed_kmh": 60.0}
    line = alert_line(Alert(1.0, "r", Level.INFO, AlertState.FIRING, "m", (), {**evidence, "speed": "assumed"}))
    assert line.plain.endswith("(yawning, 60 km/h assumed)")


def test_a_clearing_tells_how_long_it_fired() -> None:
    over = Alert(15.0, "microsleep", Level.CRITICAL, AlertState.CLEARED, "x", (), {"terms": [], "fired_s": 2.66})
    assert alert_line(over).plain == "   0:15.0  cleared   microsleep  (after 2.7 s)"


def test_evidence_of_any_kind_is_readable() -> None:
    terms = [
        {"signal": "yawn", "op": "==", "threshold": True, "value": True},
        {"signal": "distraction.zone", "op": "in", "threshold": ["lap", "console"], "value": "lap"},
    ]
    line = alert_line(Alert(1.0, "r", Level.INFO, AlertState.FIRING, "m", (), {"terms": terms, "speed_kmh": None}))
    assert line.plain.endswith("(yawning, gaze: lap)")


def test_a_message_cannot_break_or_forge_lines() -> None:
    line = alert_line(alert(message="look\nup \x1b[2J [bold]now[/bold]"))
    assert "look up [2J [bold]now[/bold]" in line.plain
    assert all(character.isprintable() for character in line.plain)


def test_plain_text_in_a_pipe_one_line_an_alert_however_long(pipe: tuple[int, TextIO], said: list[str]) -> None:
    reading, stream = pipe
    with ConsoleSink(said.append, AlertConsole(file=stream)) as sink:
        sink.send(alert(message="wake up " * 40))
        sink.send(cleared())
    stream.flush()
    text = os.read(reading, 65536).decode()
    assert len(text.splitlines()) == 2
    assert "\x1b" not in text
    assert text.splitlines()[0].count("wake up") == 40
    assert said == []


def test_colour_by_level_on_a_terminal(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as stream:
        with ConsoleSink(said.append, AlertConsole(file=stream)) as sink:
            sink.send(alert("yawn", Level.INFO))
            sink.send(alert("long_glance", Level.WARNING))
            sink.send(alert())
        wait_until(lambda: not sink._thread.is_alive())
        text = os.read(master, 65536).decode()
    os.close(master)
    styles = re.findall(r"\x1b\[([\d;]+)m(?:INFO|WARNING|CRITICAL)", text)
    assert len(set(styles)) == 3


def test_standard_error_unless_told_otherwise(capsys: pytest.CaptureFixture[str], said: list[str]) -> None:
    with ConsoleSink(said.append) as sink:
        sink.send(alert())
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "microsleep" in captured.err


def test_a_reader_that_has_gone_is_reported_once_and_stdout_lives_on(
    pipe: tuple[int, TextIO], said: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    reading, stream = pipe
    os.close(reading)
    with ConsoleSink(said.append, AlertConsole(file=stream)) as sink:
        for _ in range(3):
            sink.send(alert())
        wait_until(lambda: said != [])
    assert len(said) == 1
    assert "the other outputs go on" in said[0]
    os.write(1, b"still here")
    assert capfd.readouterr().out == "still here"


def test_a_terminal_that_stands_still_never_blocks_the_sender(pipe: tuple[int, TextIO], said: list[str]) -> None:
    reading, stream = pipe
    sink = ConsoleSink(said.append, AlertConsole(file=stream))
    slowest_s = 0.0
    for _ in range(1000):  # far more than a pipe holds
        started_s = time.monotonic()
        sink.send(alert(message="x" * 200))
        slowest_s = max(slowest_s, time.monotonic() - started_s)
    assert slowest_s < 0.25
    started_s = time.monotonic()
    sink.close()
    assert time.monotonic() - started_s < 0.8
    assert sink._thread.is_alive()  # it really was stuck
    text = b""
    while text.count(b"\n") < 1000:
        text += os.read(reading, 65536)
    assert text.count(b"microsleep") == 1000
    wait_until(lambda: not sink._thread.is_alive())


def test_what_is_told_again_negated_agreeing_or_lowered_is_said_so() -> None:
    terms = [{"signal": "zone", "op": "==", "threshold": "road", "value": "lap", "not": True}]
    yawns = [{"signal": "yawns_600s", "op": ">=", "threshold": 3.0, "value": 3}]
    evidence = {"news": "repeated", "terms": terms, "channels": {"yawns": yawns, "blinks": []}, "lowered": True}
    line = alert_line(Alert(1.0, "r", Level.UNRESPONSIVE, AlertState.FIRING, "m", (), evidence)).plain
    assert line.endswith("(again, gaze: lap, 3 yawns in ten minutes, muted: too many nuisance alerts)")
    assert "UNRESPONSIVE" in line
