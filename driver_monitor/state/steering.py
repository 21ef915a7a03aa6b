"""What the steering channel tells of a frame."""

from dataclasses import dataclass

from driver_monitor.state.signal import SignalGroup, signal


@dataclass(frozen=True)
class SteeringSignals(SignalGroup):
    """How often the driver turns the wheel back; known only where its angle is (``vehicle.inputs``)."""

    steering_reversals_per_min: float | None = signal(
        "1/min", "steering reversals of 3 deg and more a minute, over the last 3 minutes above 50 km/h"
    )
    steering_reversals_rise: float | None = signal(
        "ratio", "the same over that of this driver's first 10 minutes above 50 km/h"
    )
