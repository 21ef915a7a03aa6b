"""One speed out of several sources."""

import pytest

from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.vehicle.fused import FusedSpeed
from driver_monitor.vehicle.source import UNKNOWN, MeasuringSource, Reading


class Told(MeasuringSource):
    """A source that is told what it has measured."""

    def __init__(self, name: str, reading: Reading | None = None) -> None:
        self.name = name
        self.reading = reading
        self.closed = False

    def fresh(self) -> Reading | None:
        return self.reading

    def close(self) -> None:
        self.closed = True


def by(kmh: float, name: str) -> Speed:
    return Speed(kmh, SpeedKnowledge.MEASURED, name)


@pytest.mark.parametrize(
    ("first", "second", "speed"),
    [
        (None, None, UNKNOWN),
        (Reading(50, 100), None, by(50, "can")),
        (None, Reading(48, 98), by(48, "nmea")),
        (Reading(50, 99), Reading(48, 100), by(50, "can")),
        (Reading(50, 98), Reading(48, 99), by(48, "nmea")),
        (Reading(50, 98), Reading(48, 97.5), by(50, "can")),
        (Reading(0, 100), Reading(80, 99), by(80, "nmea")),
        (Reading(80, 100), Reading(0, 100), by(80, "can")),
    ],
)
def test_trust_then_freshness_and_nobody_is_silenced_by_a_zero(
    first: Reading | None, second: Reading | None, speed: Speed
) -> None:
    fused = FusedSpeed([Told("can", first), Told("nmea", second)], lambda _: None, clock=lambda: 100.0)
    assert fused.speed(0.0) == speed


def test_a_contradiction_is_told_once() -> None:
    said: list[str] = []
    fused = FusedSpeed([Told("obd", Reading(0, 100)), Told("nmea", Reading(80, 100))], said.append, clock=lambda: 100.0)
    for _ in range(3):
        fused.speed(0.0)
    assert said == ["speed: obd says 0 km/h, nmea 80 km/h; the higher one counts"]


def test_closing_closes_all() -> None:
    sources = [Told("obd"), Told("nmea")]
    FusedSpeed(sources, lambda _: None).close()
    assert all(source.closed for source in sources)
