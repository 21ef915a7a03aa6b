"""The OBD client against an emulator that is not ours, and against adapters that lie."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from driver_monitor.config.vehicle import ObdConfig, SpeedConfig
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.vehicle.obd import ObdSpeed
from driver_monitor.vehicle.open import open_speed
from driver_monitor.vehicle.source import UNKNOWN

from .elm import Adapter, emulator
from .gps import wait_until

FIFTY = Speed(50.0, SpeedKnowledge.MEASURED, "obd")


@contextmanager
def asking(address: Path | str, said: list[str]) -> Iterator[ObdSpeed]:
    config = SpeedConfig(source="obd", obd=ObdConfig(address=str(address)))
    with ObdSpeed(config, said.append, reconnect_s=0.05) as source:
        yield source


@contextmanager
def adapter(link: Path, answers: dict[str, bytes] | None = None, *, echo: bool = True) -> Iterator[Adapter]:
    made = Adapter(link, answers, echo=echo)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "rfcomm0"


def test_an_emulated_car_on_a_pseudo_terminal() -> None:
    said: list[str] = []
    with emulator() as process:
        assert process.stdout is not None
        port = next(found[0] for line in process.stdout if (found := re.search(r"/dev/pts/\d+", line)))
        with asking(port, said) as source:
            wait_until(lambda: source.speed(0.0) is not UNKNOWN, 30)
            assert 0 <= (source.speed(0.0).kmh or 0) <= 255
    assert said == [] or "lost" in said[-1]


def test_an_emulated_car_over_tcp_is_read_by_a_process_of_its_own() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = SpeedConfig(source="obd", obd=ObdConfig(address=f"tcp://127.0.0.1:{port}"))
    said: list[str] = []
    with emulator("-n", str(port)), open_speed(config, report=said.append) as source:
        wait_until(lambda: source.speed(0.0) is not UNKNOWN, 40)
        assert source.speed(0.0).source == "obd"


@pytest.mark.parametrize(
    "answer",
    [
        b"410D32\r\r>",
        b"41 0D 32 \r\r>",
        b"SEARCHING...\r410D32\r\r>",
        b"SEARCHING...410D32\r\n\r\n>",
        b"7E8 03 41 0D 32 AA AA AA AA \r\r>",
        b"18DAF11003410D32\r\r>",
        b"486B10410D3242\r\r>",
        b"410D00\r410D32\r410DFF\r\r>",
        b"\x00410D\x0032\r\r>",
        b"STOPPED\r410D32\r\r>",
        b"010D\r410D32\r\r>",
    ],
)
@pytest.mark.parametrize("echo", [True, False])
def test_ways_to_say_fifty(link: Path, answer: bytes, echo: bool) -> None:
    said: list[str] = []
    with adapter(link, {"010D": answer}, echo=echo), asking(link, said) as source:
        wait_until(lambda: source.speed(0.0) == FIFTY)
    assert said == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"NO DATA\r\r>", "the car does not answer; switch the ignition on (battery 12.4 V)"),
        (b"SEARCHING...\rUNABLE TO CONNECT\r\r>", "switch the ignition on"),
        (b"BUS INIT: ...ERROR\r\r>", "switch the ignition on"),
        (b"CAN ERROR\r\r>", "switch the ignition on"),
        (b"?\r\r>", "cannot be read"),
        (b"7F0112\r\r>", "does not tell its speed"),
        (b"410DFF\r\r>", "does not tell its speed"),
        (b"410D32<DATA ERROR\r\r>", "cannot be read"),
        (b"410C32\r\r>", "cannot be read"),
        (b"410D3\r\r>", "cannot be read"),
        (b"OK\r\r>", "cannot be read"),
        (b"12.4V\r\r>", "cannot be read"),
    ],
)
def test_what_is_no_speed_is_unknown_and_said_once(link: Path, answer: bytes, told: str) -> None:
    said: list[str] = []
    with adapter(link, {"010D": answer}) as car, asking(link, said) as source:
        wait_until(lambda: car.asked.count("010D") > 2)
        assert source.speed(0.0) == UNKNOWN
        assert len(said) == 1
        assert told in said[0]
        car.answers["010D"] = b"410D32\r\r>"
        wait_until(lambda: source.speed(0.0) == FIFTY)
        assert "again" in said[-1]


def test_an_adapter_that_knows_no_setting_is_read_all_the_same(link: Path) -> None:
    unknown = dict.fromkeys(("ATL0", "ATS0", "ATH0", "ATSP0"), b"?\r\r>")
    with adapter(link, unknown | {"010D": b"7E8 03 41 0D 32\r\n\r\n>"}), asking(link, []) as source:
        wait_until(lambda: source.speed(0.0) == FIFTY)


def test_a_device_that_only_echoes_is_no_adapter(link: Path) -> None:
    said: list[str] = []
    with adapter(link) as loop, asking(link, said) as source:
        loop.answer = lambda _: b""
        wait_until(lambda: said != [], 30)
        assert "says nothing" in said[0]
        assert source.speed(0.0) == UNKNOWN


def test_another_device_is_told_apart(link: Path) -> None:
    said: list[str] = []
    with adapter(link, echo=False) as other, asking(link, said):
        other.answer = lambda _: b"$GPRMC,,V*00\r\n" * 400
        wait_until(lambda: said != [], 30)
    assert "does not answer as an ELM327 does" in said[0]


def test_an_adapter_that_starts_anew_is_set_up_again(link: Path) -> None:
    said: list[str] = []
    with adapter(link) as car, asking(link, said) as source:
        wait_until(lambda: source.speed(0.0) == FIFTY)
        resets = car.asked.count("ATZ")
        car.answers["010D"] = b"\r\rELM327 v1.5\r\r>"
        wait_until(lambda: car.asked.count("ATZ") > resets)
        car.answers["010D"] = b"410D33\r\r>"
        wait_until(lambda: source.speed(0.0).kmh == 51)
    assert said == []


def test_a_prompt_too_many_does_not_shift_the_answers(link: Path) -> None:
    with adapter(link, {"010D": b">\r>410D32\r\r>>"}) as car, asking(link, []) as source:
        wait_until(lambda: source.speed(0.0) == FIFTY)
        car.answers["010D"] = b">410D33\r\r>>"
        wait_until(lambda: source.speed(0.0).kmh == 51)


def test_nothing_but_the_speed_is_asked_of_the_car(link: Path) -> None:
    with adapter(link) as car, asking(link, []) as source:
        wait_until(lambda: source.speed(0.0) == FIFTY)
        wait_until(lambda: car.asked.count("010D") > 3)
    assert {word for word in car.asked if not word.startswith("AT")} == {"010D"}
    assert car.asked[:6] == ["ATZ", "ATE0", "ATL0", "ATS0", "ATH0", "ATSP0"]


def test_a_search_is_ended_when_the_monitor_is(link: Path) -> None:
    with adapter(link) as car:
        car.answer = lambda word: b"SEARCHING..." if word == "010D" else car.answers.get(word, b"OK\r\r>")
        with asking(link, []):
            wait_until(lambda: "010D" in car.asked)
            begun_s = time.monotonic()
        assert time.monotonic() - begun_s < 1.0
