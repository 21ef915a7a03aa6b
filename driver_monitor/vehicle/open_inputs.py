"""From the config to what the car tells beside its speed."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from driver_monitor.config.vehicle import AngleConfig, InputsConfig, SwitchConfig, VehicleConfig
from driver_monitor.errors import UsageError
from driver_monitor.vehicle.can_bus import CanBus, Dbc, Heard, Wanted
from driver_monitor.vehicle.inputs import InputBoard, InputSource
from driver_monitor.vehicle.pins import Pins

logger = logging.getLogger(__name__)


def open_inputs(
    config: VehicleConfig,
    *,
    acknowledged: Callable[[], None] = lambda: None,
    report: Callable[[str], None] = logger.warning,
    factory: Any = None,
) -> InputSource:
    """The inputs that ``config`` connects; one that tells nothing where it connects none.

    ``acknowledged`` is called from a reader's thread where the driver presses the button, ``report`` with a sentence
    for each change for the worse or the better. ``factory`` is gpiozero's, in place of ``inputs.pins``. A bus or pins
    that are not there are waited for; UsageError is raised for what the DBC does not have.
    """
    inputs = config.inputs
    if not inputs.on("can") and not inputs.on("gpio"):
        return InputSource()
    board = InputBoard(inputs.stale_s, acknowledged)
    try:
        pins = _pinned(inputs)
        if inputs.on("can"):
            dbc = Dbc(config.can)
            board.owns(CanBus(config.can, dbc, wanted(config, dbc, board.tell), report))
        if pins:
            board.owns(Pins(pins, inputs.pins, board.tell, report, factory))
    except BaseException:
        board.close()
        raise
    return board


def check_inputs(config: VehicleConfig) -> None:
    """Raises UsageError for what cannot be read as ``config`` says, whether or not bus and pins are there."""
    _pinned(config.inputs)
    if config.inputs.on("can"):
        wanted(config, Dbc(config.can), lambda name, value: None)


def wanted(config: VehicleConfig, dbc: Dbc, tell: Callable[[str, bool | float | None], None]) -> list[Wanted]:
    """What is to be read from the bus. Raises UsageError for what the DBC does not have."""
    found = []
    for name, each in config.inputs.on("can").items():
        key = f"vehicle.inputs.{name}"
        asked = Wanted(each.message, each.signal, key, lambda value: None)
        dbc.message(asked)
        heard = _angle(each, partial(tell, name)) if isinstance(each, AngleConfig) else _switch(
            dbc.numbers(asked, each.active, "active"), dbc.numbers(asked, each.invalid, "invalid"), partial(tell, name)
        )  # fmt: skip
        found.append(Wanted(each.message, each.signal, key, heard))
    return found


def _angle(config: AngleConfig, tell: Callable[[float | None], None]) -> Heard:
    return lambda value: tell(None if value is None else value * config.factor)


def _switch(active: frozenset[float], invalid: frozenset[float], tell: Callable[[bool | None], None]) -> Heard:
    return lambda value: tell(None if value is None or value in invalid else value in active)


def _pinned(inputs: InputsConfig) -> dict[str, SwitchConfig]:
    found = {name: each for name, each in inputs.switches.items() if each.source == "gpio"}
    users: dict[int, str] = {}
    for name, each in found.items():
        if each.pin is None:
            raise UsageError(f"vehicle.inputs.{name} comes from gpio: say which pin (vehicle.inputs.{name}.pin)")
        if each.pin in users:
            raise UsageError(f"vehicle.inputs.{name} and {users[each.pin]} have the same pin {each.pin}: change one")
        users[each.pin] = name
    return found
