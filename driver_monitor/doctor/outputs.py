"""Outputs beside sound and serial port: CAN, MQTT, pins; and whether a critical alert would reach anybody."""

import getpass
import os
import shutil
import socket
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from driver_monitor.config.config import Config
from driver_monitor.doctor.check import Check, Subject, ok, warn
from driver_monitor.doctor.devices import join_group, sound_cards
from driver_monitor.native_path import file_path
from driver_monitor.pip import install_self

ALERTS: Final = "alerts"  # the check that outweighs the others
_AF_CAN: Final = 29
_INTERFACES: Final = Path("/sys/class/net")
_ANSWER_S: Final = 3.0


def can(subject: Subject) -> Check:
    """``run`` goes on without it and opens it when it comes."""
    config = subject.config.alerts.can
    if not config.enabled:
        return ok("can", "switched off (alerts.can)")
    if find_spec("can") is None:
        return warn("can", "python-can is not installed, so no alert reaches the bus", install_self("can"))
    trouble = can_trouble(config.interface, config.channel)
    if trouble:
        return warn("can", f"{trouble[0]}: until then no alert reaches the bus", trouble[1])
    return ok("can", f"{config.channel} ({config.interface}) is there")


def mqtt(subject: Subject) -> Check:
    """The one output that leaves the device: said whether or not it works."""
    config = subject.config.alerts.mqtt
    if not config.enabled:
        return ok("mqtt", "switched off (alerts.mqtt); nothing leaves this device")
    broker = f"{config.host}:{config.port}"
    on = f"ON: alerts and the driver's state leave this device for {broker}, {_secured(subject.config)}"
    if find_spec("paho") is None:
        return warn("mqtt", f"{on}; but paho-mqtt is not installed, so nothing is published", install_self("mqtt"))
    for key in ("password_file", "ca_file", "cert_file", "key_file"):
        file = getattr(config, key)
        if file and not os.access(file_path(file), os.R_OK):
            return warn("mqtt", f"{on}; but {file} cannot be read", f"correct alerts.mqtt.{key}")
    try:
        socket.create_connection((config.host, config.port), _ANSWER_S).close()
    except OSError as error:
        why = error.strerror or str(error)
        return warn("mqtt", f"{on}; but nobody answers there ({why})", "start the broker or correct alerts.mqtt")
    return ok("mqtt", on)


def gpio(subject: Subject) -> Check:
    config = subject.config.alerts.gpio
    if not config.enabled:
        return ok("gpio", "switched off (alerts.gpio)")
    trouble = gpio_trouble(config.pins)
    if trouble:
        return warn("gpio", f"{trouble[0]}, so nothing is shown or sounded on pins", trouble[1])
    if config.pins == "mock":
        return warn("gpio", "pins: mock are pretended ones", "set alerts.gpio.pins to lgpio on a board")
    return ok("gpio", "the board's pins can be used")


def critical_alerts(subject: Subject) -> Check:
    """Whether one of the outputs that critical alerts go to is there, and in the car."""
    config = subject.config
    levels = (config.alerts.outputs.critical, config.alerts.outputs.unresponsive)
    reached = [[name for name in outputs if _reaches(name, config)] for outputs in levels]
    if all(reached):
        return ok(ALERTS, f"critical ones go to {', '.join(reached[0])}")
    terminal = config.alerts.console.enabled and all("console" in outputs for outputs in levels)
    whom = "ONLY SOMEBODY WHO LOOKS AT A TERMINAL" if terminal else "NOBODY"
    finding = f"A CRITICAL ALERT WOULD REACH {whom}: no sound, bus or pin that it goes to is ready"
    return warn(ALERTS, finding, "make one of the outputs above work before you drive")


def _reaches(name: str, config: Config) -> bool:
    """Whether the output is on and its device seems to be there. A terminal is only where somebody looks at it."""
    alerts = config.alerts
    match name:
        case "audio":
            return alerts.audio.enabled and bool(sound_cards() and (shutil.which("aplay") or find_spec("sounddevice")))
        case "serial":
            return alerts.serial.enabled and os.access(file_path(alerts.serial.port), os.R_OK | os.W_OK)
        case "can":
            here = alerts.can.enabled and alerts.can.interface != "virtual" and find_spec("can") is not None
            return here and not can_trouble(alerts.can.interface, alerts.can.channel)
        case "gpio":
            return alerts.gpio.enabled and alerts.gpio.pins != "mock" and not gpio_trouble(alerts.gpio.pins)
    return False


def can_trouble(interface: str, channel: str, section: str = "alerts.can") -> tuple[str, str] | None:
    """What is wrong and what to do, None where nothing is; ``section`` of the config names the bus."""
    match interface:
        case "virtual":
            return f"{section}.interface: virtual reaches nobody outside the program", "set it to socketcan or slcan"
        case "slcan":
            return _port_trouble(file_path(channel.partition("@")[0]), section)
    return _interface_trouble(channel, section)


def _port_trouble(port: Path, section: str) -> tuple[str, str] | None:
    if not port.exists():
        return f"{port} is not there", f"plug the adapter in or correct {section}.channel"
    if not os.access(port, os.R_OK | os.W_OK):
        return f"{port} may not be opened by {getpass.getuser()}", join_group(port)
    return None


def _interface_trouble(channel: str, section: str) -> tuple[str, str] | None:
    try:
        socket.socket(_AF_CAN, socket.SOCK_RAW, 1).close()
    except OSError:
        return "this kernel has no CAN (no AF_CAN)", "use a kernel with the module can_raw, or an slcan adapter"
    if not (_INTERFACES / channel).exists():
        return f"there is no interface {channel}", f"connect the adapter or correct {section}.channel"
    if (_INTERFACES / channel / "operstate").read_text().strip() == "down":
        return f"{channel} is down", f"sudo ip link set {channel} up type can bitrate 500000 restart-ms 100"
    return None


def gpio_trouble(pins: str) -> tuple[str, str] | None:
    for library in ("gpiozero", *(("lgpio",) if pins == "lgpio" else ())):
        if find_spec(library) is None:
            return f"{library} is not installed", install_self("gpio")
    chips = sorted(Path("/dev").glob("gpiochip*"))
    if pins == "lgpio" and not chips:
        return "this machine has no pins (no /dev/gpiochip0)", "use a board that has, or do without pins"
    if pins == "lgpio" and not any(os.access(chip, os.R_OK | os.W_OK) for chip in chips):
        who = getpass.getuser()
        return f"{chips[0]} may not be opened by {who}", join_group(chips[0])
    return None


def _secured(config: Config) -> str:
    mqtt_config = config.alerts.mqtt
    how = "encrypted" if mqtt_config.tls else "NOT encrypted"
    return f"{how}, as user {mqtt_config.username}" if mqtt_config.username else f"{how}, without a password"
