"""How fast the car goes as far as rules are concerned, and whether it is driven at all."""

from typing import Final

from driver_monitor.parameter import judged
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.vehicle import VehicleInputs

REVERSING_KMH: Final = judged(9.0, "a car in reverse counts as no faster: drivers look everywhere but ahead")


def known_kmh(speed: Speed, vehicle: VehicleInputs | None = None) -> float | None:
    """The speed that gates go by; None while a configured source is silent."""
    kmh = None if speed.knowledge is SpeedKnowledge.UNKNOWN else speed.kmh
    if vehicle is not None and vehicle.reverse:
        return REVERSING_KMH if kmh is None else min(kmh, REVERSING_KMH)
    return kmh


def parked(vehicle: VehicleInputs | None) -> bool:
    """Nobody drives a car whose ignition is known to be off."""
    return vehicle is not None and vehicle.ignition is False
