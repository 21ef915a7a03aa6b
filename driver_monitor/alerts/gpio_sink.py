"""Alerts on a board's pins: a buzzer, a light for each level, a vibration motor; and the driver's button."""

import importlib
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from driver_monitor.alerts.firing import Firing
from driver_monitor.alerts.queued import QueuedSink
from driver_monitor.alerts.sink import SinkError
from driver_monitor.config.gpio import GpioConfig
from driver_monitor.parameter import judged
from driver_monitor.pip import install_self
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.state.request import Ask

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pattern:
    """On and off, so many times; None: until the alert ends."""

    on_s: float
    off_s: float
    times: int | None


# As for the tones: a critical pattern has gaps of at most 125 ms (NHTSA, ESV 2015, 15-0455), the others are no alarm.
PATTERNS: Final = judged(
    {
        Level.INFO: Pattern(0.08, 0.1, 1),
        Level.WARNING: Pattern(0.18, 0.12, 2),
        Level.CRITICAL: Pattern(0.12, 0.08, None),
        Level.UNRESPONSIVE: Pattern(0.06, 0.04, None),
    },
    "what buzzer and motor do at each level",
)
FAULT: Final = judged(Pattern(0.5, 0.2, 3), "what the buzzer does when the monitor has stopped by a fault")


class GpioSink(QueuedSink):
    """Drives the pins that the config names. The light of the highest level that fires is on; the buzzer sounds for
    each alert, and goes on while a critical one fires.

    Pins that cannot be had, or fail, are asked for again every ``reconnect_s``; what fires by then is shown. The button
    says what it asks for from gpiozero's own thread.
    """

    name = "gpio"
    FAULT_S = 2.2  # the pattern lasts 2.1 s

    def __init__(
        self,
        config: GpioConfig,
        report: Callable[[str], None],
        asked: Callable[[Ask], None] = lambda ask: None,
        factory: Any = None,
    ) -> None:
        """``factory`` is gpiozero's pin factory, in place of the one that ``config.pins`` names."""
        super().__init__(report)
        self._config = config
        self._asked = asked
        self._given = factory
        self._factory: Any = None
        self._lights: dict[Level, Any] = {}
        self._buzzer: Any = None
        self._motor: Any = None
        self._buttons: list[Any] = []
        self._firing = Firing()
        self._alarm: Level | None = None  # the critical pattern that goes on
        self._down = False
        self._open_at_s = time.monotonic()
        self._start()

    def _run(self) -> None:
        try:
            self._serve()
        finally:
            self._shut()

    def _serve(self) -> None:
        ended = False
        while not self._closing:
            self._tend()
            for alert in self._take(self._idle_s()):
                self._firing.take(alert)
                self._guarded(partial(self._show, alert))
            if self._failure is not None and not ended:
                ended = True
                self._guarded(self._show_fault)
        if ended and self._buzzer is not None:
            time.sleep((FAULT.on_s + FAULT.off_s) * (FAULT.times or 1))

    def _idle_s(self) -> float | None:
        return max(0.0, self._open_at_s - time.monotonic()) if self._factory is None else None

    def _tend(self) -> None:
        if self._factory is None and time.monotonic() >= self._open_at_s:
            self._guarded(self._open)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Pins fail in as many ways as there are libraries behind gpiozero; an outage is reported once."""
        try:
            work()
        except Exception as error:
            if not isinstance(error, (SinkError, OSError, RuntimeError, *_pin_errors())):
                raise
            logger.debug("gpio: %s", error, exc_info=True)
            self._shut()
            self._open_at_s = time.monotonic() + self._config.reconnect_s
            if not self._down:
                self._down = True
                self._report(
                    f"gpio: {' '.join(str(error).split()) or type(error).__name__}; tried again every "
                    f"{self._config.reconnect_s:g} s"
                )

    def _open(self) -> None:
        gpiozero = _gpiozero()
        config, factory = self._config, self._given or _factory(self._config.pins)

        def output(pin: int | None) -> Any:
            if pin is None:
                return None
            return gpiozero.DigitalOutputDevice(pin, active_high=config.active_high, pin_factory=factory)

        self._factory = factory
        self._buzzer, self._motor = output(config.buzzer_pin), output(config.vibration_pin)
        lights = {
            Level.INFO: config.led_info_pin,
            Level.WARNING: config.led_warning_pin,
            Level.CRITICAL: config.led_critical_pin,
            Level.UNRESPONSIVE: config.led_unresponsive_pin,
        }
        self._lights = {level: output(pin) for level, pin in lights.items() if pin is not None}

        def button(pin: int, pressed: Ask, held: Ask | None = None) -> None:
            made = gpiozero.Button(
                pin, bounce_time=config.bounce_s or None, hold_time=config.hold_s, pin_factory=factory
            )
            self._buttons.append(made)
            made.when_pressed = lambda: self._asked(pressed)
            if held is not None:
                made.when_held = lambda: self._asked(held)

        if config.button_pin is not None:
            button(config.button_pin, Ask.ACKNOWLEDGE, held=Ask.WRONG)
        if config.quiet_pin is not None:
            button(config.quiet_pin, Ask.QUIET)
        for alert in self._firing:
            self._show(alert)
        if self._down:
            self._down = False
            self._report("gpio: works again")

    def _show(self, alert: Alert) -> None:
        if self._factory is None:
            return
        level = self._firing.level
        for of_level, light in self._lights.items():
            light.value = of_level == level
        if level >= Level.CRITICAL:
            if self._alarm != level:  # a pattern that goes on is not begun anew
                self._alarm = Level(level)
                self._sound(self._alarm)
        elif self._alarm is not None:
            self._alarm = None
            for device in filter(None, (self._buzzer, self._motor)):
                device.off()
        if alert.state is AlertState.FIRING:
            if level < Level.CRITICAL and not alert.muted:
                self._sound(alert.level)
            if self._sounders(alert.level) or level in self._lights:
                self._came_out(alert)

    def _sound(self, level: Level) -> None:
        pattern = PATTERNS[level]
        for device in self._sounders(level):
            device.blink(pattern.on_s, pattern.off_s, pattern.times)

    def _sounders(self, level: Level) -> list[Any]:
        return list(filter(None, (self._buzzer, self._motor if level >= Level.WARNING else None)))

    def _show_fault(self) -> None:
        if self._factory is None:
            self._open()
        for light in self._lights.values():
            light.off()
        if self._motor is not None:
            self._motor.off()
        if self._buzzer is not None:
            self._buzzer.blink(FAULT.on_s, FAULT.off_s, FAULT.times)

    def _shut(self) -> None:
        devices = [self._buzzer, self._motor, *self._buttons, *self._lights.values()]
        factory, self._factory = self._factory, None
        self._buzzer = self._motor = None
        self._buttons = []
        self._lights = {}
        self._alarm = None
        for thing in [*devices, None if factory is self._given else factory]:
            try:
                if thing is not None:
                    thing.close()
            except Exception as error:  # noqa: BLE001  (pins that are gone cannot be given back)
                logger.debug("gpio: closing: %s", error)


def _gpiozero() -> Any:
    try:
        return importlib.import_module("gpiozero")
    except ImportError as error:
        raise SinkError(f"gpiozero is not installed: {install_self('gpio')}") from error


def _factory(pins: str) -> Any:
    """Raises SinkError where the board's pins cannot be had."""
    _gpiozero()
    if pins == "mock":
        return importlib.import_module("gpiozero.pins.mock").MockFactory()
    try:
        return importlib.import_module("gpiozero.pins.lgpio").LGPIOFactory()
    except ImportError as error:
        raise SinkError(f"the library lgpio is not installed: {install_self('gpio')}") from error
    except Exception as error:  # lgpio has its own errors for a board without pins
        raise SinkError(
            f"this machine's pins cannot be used ({error}): is it a board with GPIO, and the user in the group gpio?"
        ) from error


def _pin_errors() -> tuple[type[Exception], ...]:
    """The errors of those libraries that are loaded."""
    named = ((sys.modules.get("gpiozero"), "GPIOZeroError"), (sys.modules.get("lgpio"), "error"))
    return tuple(getattr(module, name) for module, name in named if module is not None)
