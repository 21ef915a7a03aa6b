"""The speeds at which rules apply: rules with the same gate share one."""

from typing import TYPE_CHECKING, Final, Self

from driver_monitor.config.rules import SpeedGate
from driver_monitor.rules.motion import known_kmh, parked
from driver_monitor.state.speed import Speed
from driver_monitor.state.vehicle import VehicleInputs

if TYPE_CHECKING:
    from driver_monitor.rules.rule import Rule


class Gate:
    """Opens and shuts its rules whenever the speed says so; an unknown speed means what the gate says it means.
    Those of a car whose ignition is off are shut."""

    def __init__(self, from_kmh: float, below_kmh: float, open_when_unknown: bool) -> None:
        self.key: Final = (from_kmh, below_kmh, open_when_unknown)
        self.rules: list[Rule] = []

    @classmethod
    def of(cls, config: SpeedGate) -> Self:
        return cls(config.from_kmh, config.below_kmh, config.when_unknown == "apply")

    def update(self, speed: Speed, vehicle: VehicleInputs | None = None) -> None:
        from_kmh, below_kmh, open_when_unknown = self.key
        kmh = known_kmh(speed, vehicle)
        open_now = open_when_unknown if kmh is None else from_kmh <= kmh < below_kmh
        open_now &= not parked(vehicle)
        for rule in self.rules:
            rule.set_gate(open_now)
