"""Alerts on the pins of a board, and the driver's button."""

from typing import Literal

from driver_monitor.config.section import Section, setting

_MOST = 53  # the highest number that a Raspberry Pi's chip knows


def _pin(words: str) -> int | None:
    pin: int | None = setting(None, f"{words}; null: none", ge=0, le=_MOST)
    return pin


class GpioConfig(Section):
    """Pins are numbered as the chip does it (GPIO17 is 17), not by their place on the header."""

    enabled: bool = setting(False, "show and sound alerts on pins of the board (needs the extra 'gpio')")
    pins: Literal["lgpio", "mock"] = setting(
        "lgpio", "lgpio: the board's pins; mock: gpiozero's pretended ones, for trials on any machine"
    )
    active_high: bool = setting(True, "a device is switched on by a high pin; false: by a low one")
    buzzer_pin: int | None = _pin("active buzzer")
    vibration_pin: int | None = _pin("vibration motor, from warnings on")
    led_info_pin: int | None = _pin("light that is on while an info alert is the highest")
    led_warning_pin: int | None = _pin("light for warnings")
    led_critical_pin: int | None = _pin("light for critical alerts")
    led_unresponsive_pin: int | None = _pin("light for a driver who does not answer")
    button_pin: int | None = _pin("button to ground by which the driver answers, as SIGUSR1 does")
    hold_s: float = setting(
        2.0, "held down this long, it also says that the last alert was wrong, as 'wrong' on the socket does", unit="s",
        ge=0.5, le=10,
    )  # fmt: skip
    quiet_pin: int | None = _pin("second button to ground: quiet for this drive, and sound again, as SIGUSR2")
    bounce_s: float = setting(0.05, "a button counts once in this time", unit="s", ge=0, le=1)
    reconnect_s: float = setting(5.0, "wait between attempts to get pins that were refused", unit="s", ge=0.1, le=60)
