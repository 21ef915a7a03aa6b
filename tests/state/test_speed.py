"""Four words for how a speed is known, in every place that tells one."""

import json
from collections import Counter
from pathlib import Path

import pytest

from driver_monitor.config.vehicle import SpeedConfig
from driver_monitor.recording.mcap.codec import read_vehicle, vehicle_bytes
from driver_monitor.report.tables import coverage
from driver_monitor.rules.evidence import because
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge, speed_words
from driver_monitor.timeline.timeline import Timeline
from driver_monitor.vehicle.open import open_speed

SPEEDS = [
    Speed(80.0, SpeedKnowledge.MEASURED),
    Speed(80.0, SpeedKnowledge.GIVEN),
    Speed(80.0, SpeedKnowledge.ASSUMED),
    Speed(None, SpeedKnowledge.UNKNOWN),
]


def test_four_ways_to_know_a_speed_have_four_words() -> None:
    assert len({str(speed) for speed in SPEEDS}) == len({speed.knowledge for speed in SPEEDS}) == len(SpeedKnowledge)
    assert str(SPEEDS[1]) == "80 km/h given"
    assert str(SPEEDS[3]) == "speed unknown"


def test_an_alert_of_before_there_was_a_word_tells_its_speed_all_the_same() -> None:
    assert speed_words(80.0, "") == "80 km/h"


@pytest.mark.parametrize("speed", SPEEDS)
def test_an_alert_says_how_its_speed_is_known(speed: Speed) -> None:
    evidence = {"terms": [{"signal": "a", "value": 1}], "speed_kmh": speed.kmh, "speed": speed.knowledge.value}
    alert = Alert(1.0, "r", Level.WARNING, AlertState.FIRING, "m", (), evidence)
    assert str(speed) in because(alert)


@pytest.mark.parametrize("speed", SPEEDS)
def test_a_recorded_speed_comes_back_as_it_was_known(speed: Speed) -> None:
    assert read_vehicle(vehicle_bytes(speed)) == (speed, None)
    assert json.loads(vehicle_bytes(speed))["speed"] == speed.knowledge.value


def test_a_report_says_how_the_speed_was_known_the_usual_way_first() -> None:
    timeline = Timeline()
    for second, speed in enumerate([SPEEDS[3], SPEEDS[0], SPEEDS[0]]):
        timeline.add(DriverState(float(second), Signals(t_s=float(second)), speed))
    assert timeline.speed_known == Counter(measured=2, unknown=1)
    assert "speed (measured, unknown)" in [name for name, _ in coverage(timeline)]


@pytest.mark.parametrize(
    ("config", "override_kmh", "word"),
    [
        (SpeedConfig(), None, "assumed"),
        (SpeedConfig(source="fixed"), None, "given"),
        (SpeedConfig(), 50.0, "given"),
        (SpeedConfig(source="nmea", port="/nonexistent"), 50.0, "given"),
        (SpeedConfig(source="nmea", port="/nonexistent"), None, "unknown"),
    ],
)
def test_what_a_config_or_a_command_line_says_was_not_measured(
    config: SpeedConfig, override_kmh: float | None, word: str, tmp_path: Path
) -> None:
    with open_speed(config, override_kmh=override_kmh, report=lambda _: None) as source:
        assert source.speed(0.0).knowledge == word
