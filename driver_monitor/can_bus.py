"""Opening a CAN bus, with errors a driver can act on."""

import errno
import logging
import socket
from typing import TYPE_CHECKING, Any, Final

from driver_monitor.errors import DriverMonitorError
from driver_monitor.parameter import defined
from driver_monitor.pip import install_self
from driver_monitor.serial_port import PortError, open_port

if TYPE_CHECKING:
    import can

logger = logging.getLogger(__name__)

AF_CAN: Final = int(getattr(socket, "AF_CAN", 29))
_CAN_RAW: Final = defined(1, "protocol of a raw CAN socket", "linux/can.h: CAN_RAW")
_PROBE_BAUD: Final = defined(115200, "no matter: nothing is sent", "python-can's default", unit="Bd")


class BusError(DriverMonitorError):
    """A bus that cannot be opened."""


class NoPythonCanError(BusError):
    """The library is missing: no use in trying again."""


def socket_families(interface: str) -> frozenset[int]:
    """What opening a bus of this kind needs beside Unix sockets."""
    return frozenset({AF_CAN} if interface == "socketcan" else ())


def open_bus(interface: str, channel: str, setting: str, **options: Any) -> "can.BusABC":
    """``setting`` is the config section that names the channel. Raises BusError."""
    try:
        import can  # noqa: PLC0415  (an extra, and 80 ms)
    except ImportError as error:
        raise NoPythonCanError(f"python-can is not installed: {install_self('can')}") from error
    try:
        _probe(interface, channel, setting)
        return can.Bus(interface=interface, channel=channel, **options)
    except PortError as error:
        raise BusError(str(error)) from error
    except (can.CanError, OSError, ValueError) as error:
        raise BusError(why(error, "cannot be opened", interface, channel, setting)) from error


def why(error: Exception, what: str, interface: str, channel: str, setting: str) -> str:
    """What is wrong with a bus, and what to do."""
    number = getattr(error, "error_code", None) or getattr(error, "errno", None)
    if number is None and isinstance(error.__cause__, OSError):
        number = error.__cause__.errno
    logger.debug("can %s: %s", channel, error)
    match number:
        case errno.EAFNOSUPPORT:
            return "this kernel has no CAN (no AF_CAN): use one with the module can_raw, or an slcan adapter"
        case errno.ENODEV | errno.ENXIO if interface == "socketcan":
            return f"there is no interface {channel}: connect the adapter or set {setting}.channel"
        case errno.ENETDOWN:
            return f"{channel} is down: 'sudo ip link set {channel} up type can bitrate 500000 restart-ms 100'"
    return f"{channel} {what} ({' '.join(str(error).split())}); check the adapter and {setting}"


def _probe(interface: str, channel: str, setting: str) -> None:
    """Raises PortError or OSError where the bus cannot be opened: python-can says so less plainly, and leaves half a
    bus behind."""
    if interface == "slcan":
        open_port(channel.partition("@")[0], _PROBE_BAUD, setting=setting, key="channel").close()
    if interface == "socketcan":
        with socket.socket(AF_CAN, socket.SOCK_RAW, _CAN_RAW) as probe:
            probe.bind((channel,))
