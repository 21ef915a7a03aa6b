"""Opening a serial port, with errors a driver can act on; and finding it again under another name."""

import grp
import os
import stat
import termios
from dataclasses import dataclass
from typing import Literal

import serial

from driver_monitor.errors import DriverMonitorError
from driver_monitor.native_path import file_path, system_name

# What pyserial lets through when a device goes away between two calls.
PORT_ERRORS = (OSError, termios.error)
Rs485 = Literal["off", "rts_high", "rts_low"]


class PortError(DriverMonitorError):
    """A serial port that cannot be opened."""


@dataclass(frozen=True, slots=True)
class UsbIdentity:
    """What a USB adapter says of itself, whatever name the kernel gives its port. Cheap ones have no serial number."""

    vendor: int
    product: int
    serial_number: str | None


def open_port(
    port: str,
    baud: int,
    *,
    setting: str,
    key: str = "port",
    write_timeout_s: float | None = None,
    rs485: Rs485 = "off",
) -> serial.Serial:
    """Open ``port`` for this program alone. A read waits at most 0.25 s.

    ``setting`` is the config section that names the port, under ``key``: for :class:`PortError`. ``rs485`` has the
    driver hold RTS at that level while it sends, which turns the transceiver round.
    """
    try:
        opened = serial.Serial(system_name(port), baud, timeout=0.25, write_timeout=write_timeout_s, exclusive=True)
    except PORT_ERRORS as error:
        raise PortError(f"cannot open serial port {port}: {_advice(error, port, f'{setting}.{key}')}") from error
    except ValueError as error:
        raise PortError(f"serial port {port} does not take {baud} Bd: choose another {setting}.baud") from error
    if rs485 != "off":
        _switch_direction(opened, port, rs485, setting)
    return opened


def usb_identity(port: str) -> UsbIdentity | None:
    """None for what is not on the USB, or not there."""
    path = os.path.realpath(file_path(port))
    return next((identity for device, identity in _adapters() if os.path.realpath(device) == path), None)


def found_again(port: str, identity: UsbIdentity | None) -> str:
    """The port on which the adapter of ``identity`` is now; ``port`` where nothing, or not one alone, speaks for it."""
    if identity is None or usb_identity(port) == identity:
        return port
    found = [device for device, each in _adapters() if each == identity]
    return found[0] if len(found) == 1 else port


def _adapters() -> list[tuple[str, UsbIdentity]]:
    from serial.tools.list_ports import comports  # noqa: PLC0415  (walks /sys when imported for some systems)

    return [
        (port.device, UsbIdentity(port.vid, port.pid, port.serial_number))
        for port in comports()
        if port.vid is not None and port.pid is not None
    ]


def _switch_direction(opened: serial.Serial, port: str, rs485: Rs485, setting: str) -> None:
    """Raises PortError, with the port closed again, where the driver of the port cannot."""
    from serial.rs485 import RS485Settings  # noqa: PLC0415  (few need it)

    high = rs485 == "rts_high"
    try:
        opened.rs485_mode = RS485Settings(rts_level_for_tx=high, rts_level_for_rx=not high)
    except (ValueError, *PORT_ERRORS) as error:
        opened.close()
        raise PortError(
            f"the driver of serial port {port} cannot switch the direction of RS-485: set {setting}.rs485 to off and "
            "use an adapter that does it by itself"
        ) from error


def _advice(error: BaseException, port: str, setting: str) -> str:
    text = str(error)
    if isinstance(error, FileNotFoundError) or "No such file" in text:
        return f"it does not exist; plug the device in or set {setting}"
    if isinstance(error, PermissionError) or "Permission denied" in text:
        return f"permission denied; add the user to the group {_group(port)} and log in again"
    if "exclusively lock" in text or "busy" in text:
        return f"another program holds it; stop that program or set {setting}"
    return f"{text}; check the cable and {setting}"


def _group(port: str) -> str:
    """The group that may open it; Debian's for serial ports where there is none."""
    try:
        status = file_path(port).stat()
        if status.st_mode & stat.S_IRGRP and status.st_mode & stat.S_IWGRP:
            return grp.getgrgid(status.st_gid).gr_name
    except (OSError, KeyError):
        pass
    return "dialout"
