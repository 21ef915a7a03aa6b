"""What the rules are told for each way to configure the speed."""

from pathlib import Path

import pytest

from driver_monitor.config.vehicle import SpeedConfig
from driver_monitor.errors import UsageError
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.vehicle.open import open_speed
from driver_monitor.vehicle.source import SpeedSource


def test_with_no_source_the_car_counts_as_moving() -> None:
    with open_speed(SpeedConfig(assumed_kmh=80)) as source:
        assert source.speed(0.0) == Speed(80, SpeedKnowledge.ASSUMED)


def test_a_fixed_speed_is_given() -> None:
    with open_speed(SpeedConfig(source="fixed", fixed_kmh=30)) as source:
        assert source.speed(1e6) == Speed(30, SpeedKnowledge.GIVEN)


@pytest.mark.parametrize("config", [SpeedConfig(), SpeedConfig(source="nmea", port="/nonexistent")])
def test_a_speed_from_the_command_line_wins(config: SpeedConfig) -> None:
    with open_speed(config, override_kmh=0) as source:
        assert source.speed(0.0) == Speed(0, SpeedKnowledge.GIVEN)


@pytest.mark.parametrize("kmh", [-1, 251, float("nan"), float("inf")])
def test_an_impossible_speed_from_the_command_line_is_refused(kmh: float) -> None:
    with pytest.raises(UsageError, match="out of range"):
        open_speed(SpeedConfig(), override_kmh=kmh)


def test_a_gps_that_is_not_there_means_unknown_and_is_reported(tmp_path: Path) -> None:
    config = SpeedConfig(source="nmea", port=str(tmp_path / "ttyACM0"))
    with open_speed(config, report=lambda _: None) as source:
        assert source.speed(0.0) == Speed(None, SpeedKnowledge.UNKNOWN)


@pytest.mark.parametrize("config", [SpeedConfig(), SpeedConfig(source="fixed"), SpeedConfig(source="nmea", port="/x")])
def test_every_source_may_be_closed_twice(config: SpeedConfig) -> None:
    source: SpeedSource = open_speed(config, report=lambda _: None)
    source.close()
    source.close()
