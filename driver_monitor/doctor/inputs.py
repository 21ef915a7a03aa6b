"""What the car is to tell beside its speed."""

from importlib.util import find_spec

from driver_monitor.config.vehicle import AngleConfig, SwitchConfig
from driver_monitor.doctor.check import Check, Subject, fail, ok, warn
from driver_monitor.doctor.outputs import can_trouble, gpio_trouble
from driver_monitor.errors import UsageError
from driver_monitor.pip import install_self
from driver_monitor.vehicle.open_inputs import check_inputs

_NAME = "vehicle inputs"


def inputs(subject: Subject) -> Check:
    """Each input that the config connects, and whether bus, DBC and pins are there. ``run`` waits for bus and pins."""
    vehicle = subject.config.vehicle
    on_bus, on_pins = vehicle.inputs.on("can"), vehicle.inputs.on("gpio")
    if not on_bus and not on_pins:
        return ok(_NAME, "none connected (vehicle.inputs)")
    if on_bus and find_spec("cantools") is None:
        return fail(_NAME, "cantools is not installed, so 'run' cannot start", install_self("can"))
    try:
        check_inputs(vehicle)
    except UsageError as error:
        return fail(_NAME, str(error), "correct it in the config")
    told = "; ".join(_told(name, each, vehicle.can.channel) for name, each in {**on_bus, **on_pins}.items())
    bus = can_trouble(vehicle.can.interface, vehicle.can.channel, "vehicle.can") if on_bus else None
    pins = gpio_trouble(vehicle.inputs.pins) if on_pins else None
    troubles = [trouble for trouble in (bus, pins) if trouble is not None]
    if on_pins and vehicle.inputs.pins == "mock" and pins is None:
        troubles.append(("pins: mock are pretended ones", "set vehicle.inputs.pins to lgpio on a board"))
    if troubles:
        why = "; ".join(finding for finding, _ in troubles)
        return warn(_NAME, f"{why}: until then not known: {told}", "; ".join(remedy for _, remedy in troubles))
    return ok(_NAME, told)


def _told(name: str, each: SwitchConfig | AngleConfig, channel: str) -> str:
    if isinstance(each, SwitchConfig) and each.source == "gpio":
        return f"{name} at pin {each.pin}"
    return f"{name} by {each.message}.{each.signal} on {channel}"
