"""Where one drive ends and the next begins, by the ignition."""

from typing import Final

from driver_monitor.parameter import judged
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.vehicle import VehicleInputs

DRIVEN_KMH: Final = judged(10.0, "a car this fast is driven, whatever was last heard of its ignition")


class Ignition:
    """Feed it every frame. ``over``: the ignition has been off for ``off_s``, and the car stands.

    What is not known changes nothing: a bus that falls asleep after it has said "off" goes on meaning it, and a car
    whose ignition is not connected, or was never heard of, is on one drive for as long as the run.
    """

    def __init__(self, off_s: float) -> None:
        self.over = False
        self._off_s = off_s
        self._since_s: float | None = None

    def update(self, t_s: float, vehicle: VehicleInputs | None, speed: Speed) -> None:
        """Takes frames in the order of their time."""
        said = None if vehicle is None else vehicle.ignition
        driven = speed.knowledge is SpeedKnowledge.MEASURED and (speed.kmh or 0.0) >= DRIVEN_KMH
        if said or driven:
            self._since_s = None
        elif said is False and self._since_s is None:
            self._since_s = t_s
        self.over = self._since_s is not None and t_s - self._since_s >= self._off_s
