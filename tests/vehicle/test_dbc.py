"""The speed in a frame, by a DBC file."""

from pathlib import Path

import pytest

from driver_monitor.config.errors import ConfigError
from driver_monitor.config.loader import load_text
from driver_monitor.config.vehicle import CanSpeedConfig
from driver_monitor.errors import UsageError
from driver_monitor.vehicle.dbc import SpeedSignal

from .peers import DBC


def signal(folder: Path, name: str, text: str = DBC) -> SpeedSignal:
    path = folder / "car.dbc"
    path.write_text(text)
    return SpeedSignal(CanSpeedConfig(dbc=str(path), signal=name))


def test_a_speed_in_km_h(tmp_path: Path) -> None:
    road = signal(tmp_path, "ROAD.SPEED")
    assert (road.number, road.extended) == (291, False)
    assert road.kmh((5000).to_bytes(2, "little")) == pytest.approx(50.0)


def test_metres_a_second_in_an_extended_frame(tmp_path: Path) -> None:
    truck = signal(tmp_path, "TRUCK.SPEED")
    assert (truck.number, truck.extended) == (353, True)
    assert truck.kmh(b"\x0a\x00") == pytest.approx(36.0)


@pytest.mark.parametrize("data", [b"", b"\x10", b"\xff\xff"])
def test_short_frames_and_values_out_of_bounds_are_no_speed(tmp_path: Path, data: bytes) -> None:
    assert signal(tmp_path, "ROAD.SPEED").kmh(data) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("WHEELS.SPEED", "has no message 'WHEELS'; it has ROAD, TRUCK"),
        ("ROAD.KMH", "ROAD has no signal 'KMH'; it has SPEED"),
        ("ROAD", "has no signal ''"),
        ("TRUCK.FUEL", "is in 'l', which is no speed"),
    ],
)
def test_mistakes_are_told_with_what_there_is(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        signal(tmp_path, name)
    assert told in str(caught.value)


def test_a_file_that_is_no_dbc(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no DBC file"):
        signal(tmp_path, "ROAD.SPEED", "speed = 3")
    with pytest.raises(UsageError, match="cannot be read"):
        SpeedSignal(CanSpeedConfig(dbc=str(tmp_path / "none.dbc"), signal="ROAD.SPEED"))


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("source: can", "vehicle.speed.can.dbc: got nothing"),
        ("source: can\n    can: {dbc: car.dbc}", "vehicle.speed.can.signal: got nothing"),
        ("source: none\n    fallback: [nmea]", "vehicle.speed.fallback"),
        ("source: obd\n    fallback: [nmea, obd]", "'obd' is named twice"),
        ("source: obd\n    obd: {address: 'tcp://adapter'}", "accepted: a serial port or tcp://HOST:PORT"),
    ],
)
def test_mistakes_in_the_config_are_told(lines: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_text(f"vehicle:\n  speed:\n    {lines}\n", "car.yaml")
    assert told in str(caught.value)


def test_one_slcan_adapter_is_not_for_two() -> None:
    text = (
        "vehicle: {speed: {source: can, can: {interface: slcan, channel: /dev/x, dbc: a.dbc, signal: A.B}}}\n"
        "alerts: {can: {enabled: true, interface: slcan, channel: /dev/x}}\n"
    )
    with pytest.raises(ConfigError, match="cannot be shared"):
        load_text(text, "car.yaml")
