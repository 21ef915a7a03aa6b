"""Inputs on the pins of a board."""

import importlib
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from driver_monitor.closing import Closing
from driver_monitor.config.vehicle import SwitchConfig
from driver_monitor.parameter import judged
from driver_monitor.pip import install_self

logger = logging.getLogger(__name__)

POLL_S: Final = judged(0.05, "how often pins are looked at: a pressed button lasts longer")
RECONNECT_S: Final = judged(5.0, "between attempts to get pins that were refused")


class Pins(Closing):
    """Looks at the pins of ``switches`` in a thread of its own and tells what it finds.

    Pins that cannot be had, or fail, are asked for again every RECONNECT_S; ``report`` gets one sentence when they are
    lost and when they are back.
    """

    def __init__(
        self,
        switches: Mapping[str, SwitchConfig],
        pins: str,
        tell: Callable[[str, bool], None],
        report: Callable[[str], None],
        factory: Any = None,
    ) -> None:
        """``factory`` is gpiozero's pin factory, in place of the one that ``pins`` names."""
        self._switches = switches
        self._pins = pins
        self._tell = tell
        self._report = report
        self._given = factory
        self._down = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="vehicle-pins", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stop.is_set():
            devices: dict[str, Any] = {}
            try:
                factory = self._given or _factory(self._pins)
                self._open(devices, factory)
                self._look(devices)
            except Exception as error:  # pins fail in as many ways as there are libraries below
                logger.debug("vehicle pins: %s", error, exc_info=True)
                self._lose(error)
            finally:
                for device in devices.values():
                    device.close()
            self._stop.wait(RECONNECT_S)

    def _open(self, devices: dict[str, Any], factory: Any) -> None:
        gpiozero = importlib.import_module("gpiozero")
        for name, switch in self._switches.items():
            devices[name] = gpiozero.DigitalInputDevice(switch.pin, pull_up=not switch.active_high, pin_factory=factory)
        if self._down:
            self._down = False
            self._report("vehicle.inputs: the pins can be read again")

    def _look(self, devices: Mapping[str, Any]) -> None:
        while not self._stop.is_set():
            for name, device in devices.items():
                self._tell(name, bool(device.value))
            self._stop.wait(POLL_S)

    def _lose(self, error: Exception) -> None:
        if not self._down:
            self._down = True
            why = " ".join(str(error).split()) or type(error).__name__
            self._report(
                f"vehicle.inputs: the pins cannot be read ({why}); what they tell is not known until they can, and it "
                f"is tried again every {RECONNECT_S:g} s"
            )


def _factory(pins: str) -> Any:
    """Raises RuntimeError with what to install, or whatever the library below says of a machine without pins."""
    try:
        if pins == "mock":
            return importlib.import_module("gpiozero.pins.mock").MockFactory()
        return importlib.import_module("gpiozero.pins.lgpio").LGPIOFactory()
    except ImportError as error:
        raise RuntimeError(f"{error.name} is not installed: {install_self('gpio')}") from error
