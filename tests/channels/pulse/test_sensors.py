"""Heart sensors: a strap's bytes, lines from the far end of a pseudo-terminal, and when they are believed."""

import os
import pty
import struct
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.channels.pulse.bluetooth import BluetoothHeart
from driver_monitor.channels.pulse.lines import Line, lines
from driver_monitor.channels.pulse.measurement import Measurement, read_measurement
from driver_monitor.channels.pulse.open import open_heart
from driver_monitor.channels.pulse.sensor import HeartJudge
from driver_monitor.channels.pulse.serial_heart import SerialHeart
from driver_monitor.config.pulse import PulseConfig
from driver_monitor.state.heart import HeartReading
from tests.channels.pulse.waves import heart


@pytest.mark.parametrize(
    ("data", "measured"),
    [
        (b"\x00\x48", Measurement(72, None, None, ())),
        (b"\x01\x2c\x01", Measurement(300, None, None, ())),
        (b"\x04\x48", Measurement(72, False, None, ())),
        (b"\x06\x48", Measurement(72, True, None, ())),
        (b"\x0e\x48\x10\x27", Measurement(72, True, 10000, ())),
        (b"\x10\x48\x00\x04\x00\x02", Measurement(72, None, None, (1.0, 0.5))),
        (b"\x19\x48\x00\x01\x00\x00\x04", Measurement(72, None, 1, (1.0,))),
        (b"\x10\x48\x00\x04\x07", Measurement(72, None, None, (1.0,))),  # half an interval
        (b"\x10\x48", Measurement(72, None, None, ())),
        (b"", None),
        (b"\x00", None),
        (b"\x01\x48", None),
        (b"\x08\x48\x01", None),
    ],
)
def test_the_fields_of_a_measurement(data: bytes, measured: Measurement | None) -> None:
    assert read_measurement(data) == measured


@given(st.binary(max_size=40))
def test_no_bytes_crash_the_parsers(data: bytes) -> None:
    measured = read_measurement(data)
    assert measured is None or 0 <= measured.bpm <= 65535
    found, rest = lines(data)
    assert len(rest) <= 64
    assert all(np.isfinite(line.value) for line in found)


@given(st.integers(0, 65535), st.booleans() | st.none(), st.lists(st.integers(0, 65535), max_size=8))
def test_what_a_sensor_packs_is_read(bpm: int, contact: bool | None, intervals: list[int]) -> None:
    flags = 1 | (16 if intervals else 0) | (0 if contact is None else 4 | 2 * contact)
    data = struct.pack(f"<BH{len(intervals)}H", flags, bpm, *intervals)
    assert read_measurement(data) == Measurement(bpm, contact, None, tuple(i / 1024 for i in intervals))


def test_lines_that_are_none_are_ignored_and_half_ones_kept() -> None:
    found, rest = lines(b"boot v1\r\nHR,72\r\nRR,833\nPPG,512\nPPG,513,40\nHR,nan\nHR,\nPPG,1,x\n,,\n\xff\xfe\nHR,7")
    assert found == [Line("HR", 72), Line("RR", 833), Line("PPG", 512), Line("PPG", 513, 40)]
    assert rest == b"HR,7"


@pytest.mark.parametrize("bpm", [0.0, 255.0, 29.0, 65535.0])
def test_a_rate_no_heart_has_is_said_not_believed(bpm: float) -> None:
    judge = HeartJudge("bluetooth", 5.0)
    judge.hear(1.0, bpm)
    assert judge.reading(1.0) == HeartReading("bluetooth", None, (), "impossible")


def test_the_same_rate_for_ever_is_said_not_believed() -> None:
    judge = HeartJudge("serial", 5.0)
    for second in range(120):
        judge.hear(float(second), 72.0)
        assert judge.reading(float(second)) == HeartReading("serial", 72.0)
    judge.hear(121.0, 72.0)
    assert judge.reading(121.0) == HeartReading("serial", None, (), "stuck")
    judge.hear(122.0, 73.0)
    assert judge.reading(122.0) == HeartReading("serial", 73.0)


def test_a_steady_rate_whose_intervals_vary_is_believed_and_one_whose_intervals_do_not_is_not() -> None:
    living, stuck = HeartJudge("serial", 5.0), HeartJudge("serial", 5.0)
    for second in range(200):
        living.hear(float(second), 60.0, (1.0 + 0.02 * np.sin(second),))
        stuck.hear(float(second), 60.0, (1.0,))
    said = [judge.reading(200.0) for judge in (living, stuck)]
    assert [reading.trouble for reading in said if reading is not None] == ["", "stuck"]


def test_without_contact_or_word_there_is_no_rate() -> None:
    judge = HeartJudge("bluetooth", 5.0)
    assert judge.reading(0.0) is None
    judge.hear(1.0, 70.0, contact=False)
    assert judge.reading(1.0) == HeartReading("bluetooth", None, (), "no_contact")
    judge.hear(2.0, 70.0)
    assert judge.reading(7.5) is None


def test_intervals_alone_tell_the_rate() -> None:
    judge = HeartJudge("serial", 5.0)
    judge.hear(1.0, None, (0.75,))
    assert judge.reading(1.0) == HeartReading("serial", 80.0, (0.75,))


class Far:
    """A sensor that appears under the path ``link`` as /dev/ttyUSB0 does."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        link.symlink_to(os.ttyname(self._slave))

    def say(self, data: bytes) -> None:
        os.write(self._master, data)

    def pull_out(self) -> None:
        self._link.unlink(missing_ok=True)
        for end in (self._master, self._slave):
            if end >= 0:
                os.close(end)
        self._master = self._slave = -1


def until(true: Callable[[], bool], meanwhile: Callable[[], None] = lambda: None) -> None:
    deadline_s = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline_s, "did not come true in time"
        meanwhile()
        time.sleep(0.01)


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "ttyUSB0"


@pytest.fixture
def far(link: Path) -> Iterator[Far]:
    sensor = Far(link)
    yield sensor
    sensor.pull_out()


def bpm_of(sensor: SerialHeart) -> float | None:
    reading = sensor.reading(0.0)
    return reading.bpm if reading is not None else None


def test_a_sensor_on_a_serial_port_is_heard_lost_and_heard_again(far: Far, link: Path) -> None:
    said: list[str] = []
    with SerialHeart(PulseConfig(port=str(link), stale_s=1.0), said.append, reconnect_s=0.05) as sensor:
        until(lambda: bpm_of(sensor) == 72.0, lambda: far.say(b"HR,72\n"))
        far.pull_out()
        until(lambda: len(said) == 1)
        assert "ttyUSB0" in said[0]
        until(lambda: sensor.reading(0.0) is None)
        again = Far(link)
        until(lambda: bpm_of(sensor) == 80.0, lambda: again.say(b"RR,750\r\n"))
        assert said[-1].endswith("is there again")
        again.pull_out()


def test_a_port_that_is_not_there_is_said_once(link: Path) -> None:
    said: list[str] = []
    with SerialHeart(PulseConfig(port=str(link)), said.append, reconnect_s=0.01) as sensor:
        until(lambda: bool(said))
        assert bpm_of(sensor) is None
    assert said == [
        f"pulse: cannot open serial port {link}: it does not exist; plug the device in or set channels.pulse.port"
    ]


@pytest.fixture
def quiet(link: Path) -> Iterator[SerialHeart]:
    """A sensor whose lines are given by hand."""
    with SerialHeart(PulseConfig(port=str(link)), lambda _: None, clock=lambda: 40.0) as sensor:
        yield sensor


def test_the_light_of_a_pulse_sensor_tells_rate_and_intervals(quiet: SerialHeart) -> None:
    intervals = 0.8 + 0.03 * np.sin(np.arange(60))
    times = np.arange(0, 40, 0.01)
    for at, value in zip(times.tolist(), heart(intervals, times).tolist(), strict=True):
        quiet.hear(Line("PPG", value, at * 1000), at)
    reading = quiet.reading(0.0)
    assert reading is not None
    assert reading.bpm == pytest.approx(75, abs=1)
    assert len(reading.intervals_s) > 25


def test_light_that_does_not_vary_is_no_heart(quiet: SerialHeart) -> None:
    for at in np.arange(0, 40, 0.02).tolist():
        quiet.hear(Line("PPG", 512.0, at * 1000), at)
    reading = quiet.reading(0.0)
    assert reading is not None
    assert (reading.bpm, reading.trouble) == (None, "impossible")


def test_a_strap_s_notifications_become_readings_even_where_there_is_no_bluetooth() -> None:
    said: list[str] = []
    with BluetoothHeart(PulseConfig(enabled=True, sensor="bluetooth"), said.append, clock=lambda: 5.0) as strap:
        assert strap.reading(0.0) is None
        strap.hear(b"\x16\x48\x00\x03")
        assert strap.reading(0.0) == HeartReading("bluetooth", 72.0, (0.75,))
        strap.hear(b"\x06\x00")
        assert strap.reading(0.0) == HeartReading("bluetooth", None, (), "impossible")


def test_the_config_says_which_sensor() -> None:
    assert open_heart(PulseConfig(enabled=True)) is None
    assert open_heart(PulseConfig(sensor="serial")) is None
    with open_heart(PulseConfig(enabled=True, sensor="serial", port="/dev/nowhere"), lambda _: None) as sensor:  # type: ignore[union-attr]
        assert isinstance(sensor, SerialHeart)
