"""The GPS reader against a receiver at the far end of a pseudo-terminal."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from driver_monitor.config.vehicle import SpeedConfig
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.vehicle.nmea import NmeaSpeed
from driver_monitor.vehicle.source import UNKNOWN

from .gps import Gps, gga, rmc, vtg, wait_until


class Clock:
    """The reader's clock, turned by hand from zero but running by itself too."""

    def __init__(self) -> None:
        self._zero_s = time.monotonic()
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() - self._zero_s + self.ahead_s


@contextmanager
def listening(link: Path, said: list[str], clock: Clock | None = None, patience_s: float = 10.0) -> Iterator[NmeaSpeed]:
    config = SpeedConfig(source="nmea", port=str(link), stale_s=3.0)
    with NmeaSpeed(config, said.append, clock=clock or Clock(), reconnect_s=0.05, patience_s=patience_s) as source:
        yield source


def kmh_of(source: NmeaSpeed) -> float:
    speed = source.speed(0.0)
    return -1.0 if speed.kmh is None else speed.kmh


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "ttyACM0"


@pytest.fixture
def gps(link: Path) -> Iterator[Gps]:
    receiver = Gps(link)
    yield receiver
    receiver.pull_out()


def test_the_car_speeds_up(gps: Gps, link: Path) -> None:
    said: list[str] = []
    with listening(link, said) as source:
        gps.say_until(rmc("010.0"), lambda: kmh_of(source) == pytest.approx(18.52))
        gps.say(vtg("61.5"))
        wait_until(lambda: kmh_of(source) == pytest.approx(61.5))
        assert source.speed(12.3).knowledge is SpeedKnowledge.MEASURED
    assert said == []


def test_sentences_that_arrive_in_pieces(gps: Gps, link: Path) -> None:
    with listening(link, []) as source:
        gps.say_until(vtg("1.0"), lambda: kmh_of(source) > 0)
        for byte in vtg("88.8"):
            gps.say(bytes([byte]))
            time.sleep(0.001)
        wait_until(lambda: kmh_of(source) == pytest.approx(88.8))


def test_unknown_before_the_first_word(gps: Gps, link: Path) -> None:
    with listening(link, []) as source:
        assert source.speed(100.0) == UNKNOWN


def test_a_reading_grows_stale(gps: Gps, link: Path) -> None:
    clock = Clock()
    with listening(link, [], clock) as source:
        gps.say_until(vtg("50.0"), lambda: kmh_of(source) == pytest.approx(50.0))
        clock.ahead_s += 2.5
        assert kmh_of(source) == pytest.approx(50.0)
        clock.ahead_s += 0.6
        assert source.speed(0.0) == UNKNOWN


def test_in_a_tunnel_the_fix_goes_void_and_the_speed_unknown(gps: Gps, link: Path) -> None:
    clock, said = Clock(), list[str]()
    with listening(link, said, clock) as source:
        gps.say_until(rmc("040.0"), lambda: kmh_of(source) > 0)
        gps.say(rmc("041.0", status="V"))
        time.sleep(0.3)
        clock.ahead_s += 11
        wait_until(lambda: len(said) == 1)
        assert "no fix" in said[0]
        assert source.speed(0.0) == UNKNOWN
        gps.say(rmc("042.0"))
        wait_until(lambda: len(said) == 2)
        assert "again" in said[1]
        assert kmh_of(source) == pytest.approx(77.784)


def test_old_fix_and_no_fix_in_one_second_never_read_as_standing(gps: Gps, link: Path) -> None:
    """The speed's sentence comes first, its veto last, and the whole is asked about all the time."""
    void = vtg("0.0", mode="") + vtg("0.0") + rmc("0.0", status="V", utc="") + gga(quality="0", utc="")
    asked: list[Speed] = []
    with listening(link, []) as source:

        def asked_often() -> bool:
            asked.extend(source.speed(0.0) for _ in range(20))
            return len(asked) >= 2000

        gps.say_until(void, asked_often)
    assert set(asked) == {UNKNOWN}


def test_position_but_no_speed_names_what_is_missing(gps: Gps, link: Path) -> None:
    said: list[str] = []
    with listening(link, said, patience_s=0.3) as source:
        gps.say_until(gga(), lambda: said != [])
        assert source.speed(0.0) == UNKNOWN
    assert "sends no RMC or VTG" in said[0]
    assert "sky" not in said[0]


def test_a_receiver_whose_clock_stands_still_is_not_believed(gps: Gps, link: Path) -> None:
    clock, said = Clock(), list[str]()
    with listening(link, said, clock) as source:
        gps.say_until(rmc("000.0"), lambda: kmh_of(source) == 0)

        def later() -> bool:
            clock.ahead_s += 0.1
            return said != []

        gps.say_until(rmc("000.0"), later)
        gps.say(rmc("050.0"))
        assert source.speed(0.0) == UNKNOWN
        assert "stands still" in said[0]
        gps.say(rmc("010.0", utc="081837"))
        wait_until(lambda: kmh_of(source) == pytest.approx(18.52))


def test_a_fix_that_is_lost_is_missed_sooner_than_one_that_never_was(gps: Gps, link: Path) -> None:
    clock, said = Clock(), list[str]()
    with listening(link, said, clock) as source:
        gps.say_until(rmc("", status="V", utc=""), lambda: True)
        clock.ahead_s += 3.1
        gps.say_until(rmc("010.0"), lambda: kmh_of(source) > 0)
        assert said == []

        def later() -> bool:
            clock.ahead_s += 0.1
            return said != []

        gps.say_until(rmc("", status="V", utc=""), later)
        assert kmh_of(source) == -1
        assert clock() < 8.0
    assert "has no fix" in said[0]


def test_half_a_sentence_is_no_wrong_baud_rate(gps: Gps, link: Path) -> None:
    said: list[str] = []
    with listening(link, said, patience_s=2.5) as source:
        gps.say_until(rmc("010.0"), lambda: kmh_of(source) > 0)
        gps.say(b"\r\n" + rmc("010.0")[:20])
        wait_until(lambda: said != [])
    assert "says nothing" in said[0]


def test_garbage_between_good_sentences_does_no_harm(gps: Gps, link: Path) -> None:
    with listening(link, []) as source:
        noise = os.urandom(1500) + b"\n$GPVTG,,T,,M,,N,222.0,K,A*00\r\n"
        gps.say_until(noise + vtg("33.0") + b"\xff\xfe$GP", lambda: kmh_of(source) == pytest.approx(33.0))


def test_a_wrong_baud_rate_is_told_apart_from_silence(gps: Gps, link: Path) -> None:
    said: list[str] = []
    with listening(link, said, patience_s=0.3):
        gps.say_until(b"\x80\xf8" * 200, lambda: said != [])
        gps.say(b"\x80\xf8\n" * 100)
        time.sleep(0.4)
    assert len(said) == 1
    assert "vehicle.speed.baud" in said[0]


def test_a_silent_receiver_is_said_once(gps: Gps, link: Path) -> None:
    said: list[str] = []
    with listening(link, said, patience_s=0.1) as source:
        wait_until(lambda: said != [])
        time.sleep(0.6)
        assert source.speed(0.0) == UNKNOWN
    assert len(said) == 1
    assert "says nothing" in said[0]


def test_pulled_out_and_plugged_in_again(gps: Gps, link: Path) -> None:
    clock, said = Clock(), list[str]()
    with listening(link, said, clock) as source:
        gps.say_until(vtg("70.0"), lambda: kmh_of(source) > 0)
        gps.pull_out()
        wait_until(lambda: said != [])
        clock.ahead_s += 4
        assert source.speed(0.0) == UNKNOWN
        time.sleep(0.3)  # several attempts to open it again
        again = Gps(link)
        again.say_until(vtg("71.0"), lambda: kmh_of(source) == pytest.approx(71.0))
        wait_until(lambda: len(said) == 2)
        again.pull_out()
    assert "lost" in said[0]
    assert "again" in said[1]


def test_no_receiver_at_all_is_said_once_and_asking_never_waits(link: Path) -> None:
    said: list[str] = []
    with listening(link, said) as source:
        wait_until(lambda: said != [])
        started_s = time.monotonic()
        for frame in range(1000):
            assert source.speed(frame / 30) == UNKNOWN
        assert time.monotonic() - started_s < 0.5
        time.sleep(0.3)
    assert len(said) == 1
    assert "does not exist" in said[0]
    assert "vehicle.speed.port" in said[0]


def test_closing_is_quick_and_may_be_done_twice(gps: Gps, link: Path) -> None:
    with listening(link, []) as source:
        started_s = time.monotonic()
        source.close()
        source.close()
        assert time.monotonic() - started_s < 0.6
