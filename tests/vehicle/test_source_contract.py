"""What holds for everything that measures the speed, with its device well, missing, pulled out, garbled and silent."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.vehicle.can import CanSpeed
from driver_monitor.vehicle.device import DeviceSpeed
from driver_monitor.vehicle.gpsd import GpsdSpeed
from driver_monitor.vehicle.nmea import NmeaSpeed
from driver_monitor.vehicle.obd import ObdSpeed
from driver_monitor.vehicle.open import open_speed
from driver_monitor.vehicle.source import UNKNOWN

from .gps import wait_until
from .peers import PEERS, Gpsd, Peer

KINDS: dict[str, type[NmeaSpeed | CanSpeed | ObdSpeed | GpsdSpeed]] = {
    "nmea": NmeaSpeed, "can": CanSpeed, "obd": ObdSpeed, "gpsd": GpsdSpeed,
}  # fmt: skip


@pytest.fixture(params=PEERS, ids=lambda kind: kind.__name__)
def peer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Peer]:
    made: Peer = request.param(tmp_path)
    made.start()
    yield made
    made.close()


@contextmanager
def reading(peer: Peer, said: list[str]) -> Iterator[DeviceSpeed]:
    config = peer.config
    with KINDS[config.source](config, said.append, reconnect_s=0.05, patience_s=3.0) as source:
        yield source


def fifty(source: DeviceSpeed) -> bool:
    return source.speed(0.0) == Speed(pytest.approx(50.0), SpeedKnowledge.MEASURED, source.name)  # type: ignore[arg-type]


def test_the_speed_and_who_told_it(peer: Peer) -> None:
    peer.plug_in()
    said: list[str] = []
    with reading(peer, said) as source:
        wait_until(lambda: fifty(source))
        peer.kmh = 51
        wait_until(lambda: source.speed(0.0).kmh == pytest.approx(51.0))
    assert said == []


def test_missing_at_the_start_it_is_said_once_and_read_when_it_comes(peer: Peer) -> None:
    said: list[str] = []
    with reading(peer, said) as source:
        wait_until(lambda: said != [])
        assert source.speed(0.0) == UNKNOWN
        assert "until then the speed is unknown" in said[0]
        peer.plug_in()
        wait_until(lambda: fifty(source))
        assert len(said) == 2
        assert "gives the speed again" in said[1]


def test_unplugged_it_is_unknown_and_it_comes_back(peer: Peer) -> None:
    peer.plug_in()
    said: list[str] = []
    with reading(peer, said) as source:
        wait_until(lambda: fifty(source))
        peer.pull_out()
        wait_until(lambda: source.speed(0.0) == UNKNOWN)
        wait_until(lambda: said != [])
        peer.plug_in()
        wait_until(lambda: fifty(source))


def test_silence_grows_stale_and_is_said(peer: Peer) -> None:
    peer.plug_in()
    said: list[str] = []
    with reading(peer, said) as source:
        wait_until(lambda: fifty(source))
        peer.kmh = None
        wait_until(lambda: source.speed(0.0) == UNKNOWN)
        wait_until(lambda: said != [], 30)
        peer.kmh = 50
        wait_until(lambda: fifty(source), 30)


def test_garbage_is_no_speed_and_does_no_harm(peer: Peer) -> None:
    peer.plug_in()
    with reading(peer, []) as source:
        wait_until(lambda: fifty(source))
        peer.garbled = True
        wait_until(lambda: source.speed(0.0) == UNKNOWN)
        peer.garbled = False
        wait_until(lambda: fifty(source), 30)


@pytest.mark.parametrize("there", [True, False])
def test_it_closes_at_once_and_may_be_closed_twice(peer: Peer, there: bool) -> None:
    if there:
        peer.plug_in()
    peer.kmh = None
    with reading(peer, []) as source:
        begun_s = time.monotonic()
        source.close()
        source.close()
        assert time.monotonic() - begun_s < 1.5


def test_gpsd_is_read_by_a_process_of_its_own_that_ends_with_the_source(tmp_path: Path) -> None:
    gpsd = Gpsd(tmp_path)
    gpsd.plug_in()
    gpsd.start()
    said: list[str] = []
    try:
        with open_speed(gpsd.config, report=said.append) as source:
            wait_until(lambda: source.speed(0.0).kmh == pytest.approx(50.0))
            gpsd.kmh = None
            wait_until(lambda: source.speed(0.0) == UNKNOWN)
            wait_until(lambda: said != [])
    finally:
        gpsd.close()
    assert "says nothing of a speed" in said[0]


SEALED = """
import errno, socket, sys, time
from driver_monitor.config.vehicle import SpeedConfig
from driver_monitor.privacy import seal_monitor
from driver_monitor.vehicle.open import open_speed

with open_speed(SpeedConfig.model_validate_json(sys.argv[1])) as source:
    seal_monitor(required=True, report=print)
    until_s = time.monotonic() + 20
    while source.speed(0.0).kmh is None and time.monotonic() < until_s:
        time.sleep(0.05)
    try:
        socket.socket()
    except OSError as error:
        print(round(source.speed(0.0).kmh), errno.errorcode[error.errno])
"""


def test_the_sealed_monitor_has_the_speed_and_no_socket(tmp_path: Path) -> None:
    gpsd = Gpsd(tmp_path)
    gpsd.plug_in()
    gpsd.start()
    try:
        told = subprocess.run(
            [sys.executable, "-c", SEALED, gpsd.config.model_dump_json()],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
    finally:
        gpsd.close()
    assert told.stdout == "50 EACCES\n"
