"""What the car tells beside its speed."""

from dataclasses import dataclass
from typing import Final

from driver_monitor.state.signal import declared, signal


@dataclass(frozen=True, slots=True)
class VehicleInputs:
    """Each is None where it is not connected, or has not been heard of for a while: never "off"."""

    ignition: bool | None = signal("", "the ignition is on")
    reverse: bool | None = signal("", "the reverse gear is in")
    indicator: str | None = signal("", "the direction indicator: left, right, both or off")
    steering_angle_deg: float | None = signal("deg", "angle of the steering wheel, positive to the left")
    wipers: bool | None = signal("", "the wipers are on")
    hands_on: bool | None = signal("", "hands are on the steering wheel")


NO_INPUTS: Final = VehicleInputs()
INPUT_FIELDS: Final = declared(VehicleInputs)
INPUT_NAMES: Final = tuple(field.name for field in INPUT_FIELDS)
