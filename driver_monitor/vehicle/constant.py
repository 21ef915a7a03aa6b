"""A speed that is told rather than measured."""

from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.vehicle.source import SpeedSource


class ConstantSpeed(SpeedSource):
    """The same answer at every instant."""

    def __init__(self, kmh: float, knowledge: SpeedKnowledge) -> None:
        self._speed = Speed(kmh, knowledge)

    def speed(self, t_s: float) -> Speed:
        return self._speed
