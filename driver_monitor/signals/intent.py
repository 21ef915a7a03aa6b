"""Where the car is about to go, as far as it tells: which looks away from the road ahead belong to driving."""

from enum import StrEnum
from typing import Final

from driver_monitor.parameter import judged
from driver_monitor.state.vehicle import VehicleInputs

TURNING_DEG: Final = judged(
    45.0, "a wheel turned this far turns the car off: on a motorway it stays within ten degrees"
)
TURN_LOOK_S: Final = judged(
    5.0, "so long the mirror, window and shoulder of the indicated side belong to driving, as a scan of mirrors does"
)


class Way(StrEnum):
    """Hazard lights tell no side."""

    AHEAD = "ahead"
    LEFT = "left"
    RIGHT = "right"
    BACK = "back"


def way(vehicle: VehicleInputs | None) -> Way:
    """By the reverse gear, else by the indicator, else by the steering wheel; AHEAD where nothing is known."""
    if vehicle is None:
        return Way.AHEAD
    if vehicle.reverse:
        return Way.BACK
    if vehicle.indicator in ("left", "right"):
        return Way(vehicle.indicator)
    angle_deg = vehicle.steering_angle_deg
    if angle_deg is None or abs(angle_deg) < TURNING_DEG:
        return Way.AHEAD
    return Way.LEFT if angle_deg > 0 else Way.RIGHT
