"""Reversals of a wheel that swings as it is told."""

import math

import pytest

from driver_monitor.channels.steering import SteeringChannel
from driver_monitor.state.steering import SteeringSignals

MINUTE_S = 60.0


def driven(
    channel: SteeringChannel, minutes: float, begin_s: float = 0.0, *, swing_deg: float = 6.0, period_s: float = 6.0,
    kmh: float | None = 90.0, known: bool = True,
) -> SteeringSignals:  # fmt: skip
    found = SteeringSignals()
    for index in range(round(minutes * MINUTE_S * 20)):
        t_s = begin_s + index / 20
        angle = swing_deg / 2 * math.sin(2 * math.pi * t_s / period_s)
        found = channel.update(t_s, angle if known else None, kmh)
    return found


def test_a_wheel_reverses_twice_a_swing() -> None:
    assert driven(SteeringChannel(), 4).steering_reversals_per_min == pytest.approx(20, abs=1)


def test_swings_below_the_gap_are_none() -> None:
    assert driven(SteeringChannel(), 4, swing_deg=2.0).steering_reversals_per_min == 0


def test_the_rise_is_over_the_drivers_own_first_ten_minutes() -> None:
    channel = SteeringChannel()
    assert driven(channel, 9).steering_reversals_rise is None
    assert driven(channel, 2, 540.0).steering_reversals_rise == pytest.approx(1.0, abs=0.1)
    assert driven(channel, 4, 660.0, period_s=3.0).steering_reversals_rise == pytest.approx(2.0, abs=0.2)
    channel.new_driver()
    assert driven(channel, 2, 900.0).steering_reversals_rise is None


@pytest.mark.parametrize("told", [{"kmh": 30.0}, {"kmh": None}, {"known": False}])
def test_a_slow_car_and_an_unknown_angle_or_speed_count_for_nothing(told: dict[str, float | None]) -> None:
    assert driven(SteeringChannel(), 3, **told) == SteeringSignals()  # type: ignore[arg-type]
