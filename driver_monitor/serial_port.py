"""Opening a serial port, with errors a driver can act on."""

import termios

import serial

from driver_monitor.errors import DriverMonitorError
from driver_monitor.native_path import system_name

# What pyserial lets through when a device goes away between two calls.
PORT_ERRORS = (OSError, termios.error)


class PortError(DriverMonitorError):
    """A serial port that cannot be opened."""


def open_port(
    port: str, baud: int, *, setting: str, key: str = "port", write_timeout_s: float | None = None
) -> serial.Serial:
    """Open ``port`` for this program alone. A read waits at most 0.25 s.

    ``setting`` is the config section that names the port, under ``key``: for :class:`PortError`.
    """
    try:
        return serial.Serial(system_name(port), baud, timeout=0.25, write_timeout=write_timeout_s, exclusive=True)
    except PORT_ERRORS as error:
        raise PortError(f"cannot open serial port {port}: {_advice(error, f'{setting}.{key}')}") from error
    except ValueError as error:
        raise PortError(f"serial port {port} does not take {baud} Bd: choose another {setting}.baud") from error


def _advice(error: BaseException, setting: str) -> str:
    text = str(error)
    if isinstance(error, FileNotFoundError) or "No such file" in text:
        return f"it does not exist; plug the device in or set {setting}"
    if isinstance(error, PermissionError) or "Permission denied" in text:
        return "permission denied; add the user to the group dialout and log in again"
    if "exclusively lock" in text or "busy" in text:
        return f"another program holds it; stop that program or set {setting}"
    return f"{text}; check the cable and {setting}"
