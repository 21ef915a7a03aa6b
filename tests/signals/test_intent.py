"""Looks aside of a driver who indicates, steers or reverses."""

import pytest

from driver_monitor.config.config import Config
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.signals.intent import TURN_LOOK_S
from driver_monitor.state.signals import Signals
from driver_monitor.state.vehicle import VehicleInputs

from .faces import Look, face

MIRROR = Look(yaw_deg=42, pitch_deg=-10)
LAP = Look(pitch_deg=-40)
LEFT = VehicleInputs(indicator="left")


def looks(look: Look, vehicle: VehicleInputs | None, seconds: float = 7.0) -> list[Signals]:
    """The signals of a look after 40 s at the road, at 15 Hz."""
    extractor, found = SignalExtractor(Config()), []
    for index in range(round((40 + seconds) * 15)):
        ahead = index < 600
        found.append(extractor.update(face(index / 15, Look() if ahead else look), vehicle=None if ahead else vehicle))
    return found[600:]


def warned_s(signals: list[Signals]) -> float | None:
    """When long_mirror_glance or long_glance would hold, from the look's beginning on."""
    for each in signals:
        task_s, off_s = each.driving_task_s or 0.0, each.off_road_s or 0.0
        if not each.scanning and (task_s >= 3.5 or (off_s >= 3.0 and task_s < 1.0)):
            return each.t_s - signals[0].t_s
    return None


NOT_THERE = [
    None, VehicleInputs(indicator="off"), VehicleInputs(indicator="both"), VehicleInputs(indicator="right"),
    VehicleInputs(steering_angle_deg=20.0),
]  # fmt: skip


@pytest.mark.parametrize("vehicle", NOT_THERE)
def test_a_mirror_is_warned_of_as_ever_where_the_car_does_not_go_there(vehicle: VehicleInputs | None) -> None:
    assert warned_s(looks(MIRROR, vehicle)) == pytest.approx(3.5, abs=0.3)


@pytest.mark.parametrize("vehicle", [LEFT, VehicleInputs(steering_angle_deg=60.0)])
def test_the_mirror_of_the_indicated_side_may_take_longer_and_not_for_ever(vehicle: VehicleInputs) -> None:
    assert warned_s(looks(MIRROR, vehicle)) == pytest.approx(TURN_LOOK_S, abs=0.3)


def test_an_indicator_excuses_no_look_at_the_lap() -> None:
    assert warned_s(looks(LAP, LEFT)) == pytest.approx(3.0, abs=0.3)


def test_in_reverse_everything_but_the_lap_is_the_road() -> None:
    back = VehicleInputs(reverse=True)
    assert {each.on_road for each in looks(MIRROR, back)[10:]} == {True}
    assert warned_s(looks(Look(yaw_deg=-30, pitch_deg=-24), back)) is None  # the screen
    assert warned_s(looks(LAP, back)) == pytest.approx(3.0, abs=0.3)
