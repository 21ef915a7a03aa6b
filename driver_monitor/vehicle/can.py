"""Speed from a signal on the car's CAN bus."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Unpack

from driver_monitor.can_bus import BusError, open_bus, socket_families, why
from driver_monitor.config.vehicle import SpeedConfig
from driver_monitor.parameter import judged
from driver_monitor.vehicle.dbc import SpeedSignal
from driver_monitor.vehicle.device import DeviceSpeed, LostError, Timing
from driver_monitor.vehicle.source import Reading

if TYPE_CHECKING:
    import can

logger = logging.getLogger(__name__)

_READ_S: Final = judged(0.25, "a read waits this long, as on serial ports")


class CanSpeed(DeviceSpeed):
    """Listens for one message and sends nothing: an slcan adapter is opened listen-only."""

    def __init__(self, config: SpeedConfig, report: Callable[[str], None], **timing: Unpack[Timing]) -> None:
        """Raises UsageError for a DBC file or a signal that cannot be had."""
        super().__init__("can", f"{config.can.signal} on {config.can.channel}", config.stale_s, report, **timing)
        self._can = config.can
        self._signal = SpeedSignal(config.can)
        self.socket_families = socket_families(config.can.interface)
        self._start()

    def _listen(self) -> None:
        config = self._can
        mask = 0x1FFFFFFF if self._signal.extended else 0x7FF
        only = {"can_id": self._signal.number, "can_mask": mask, "extended": self._signal.extended}
        options: dict[str, Any] = {"can_filters": [only]}
        if config.interface == "slcan":
            options |= {"bitrate": config.bitrate, "sleep_after_open": config.settle_s, "listen_only": True}
        try:
            bus = open_bus(config.interface, config.channel, "vehicle.speed.can", **options)
        except BusError as error:
            raise LostError(str(error)) from error
        try:
            self._hear_out(bus)
        finally:
            _shut(bus)

    def _hear_out(self, bus: "can.BusABC") -> None:
        import can  # noqa: PLC0415  (there by now)

        self._begin()
        unreadable = False
        while not self._stop.is_set():
            try:
                message = bus.recv(_READ_S)
            except (can.CanError, OSError, ValueError) as error:  # ValueError: an slcan line that is none
                what = "is gone or sends what cannot be read"
                raise LostError(
                    why(error, what, self._can.interface, self._can.channel, "vehicle.speed.can")
                ) from error
            if message is not None and not (message.is_error_frame or message.is_remote_frame):
                kmh = self._signal.kmh(bytes(message.data))
                unreadable = kmh is None
                if kmh is not None:
                    self._take(Reading(kmh, self._clock()))
            if self._overdue:
                cause = "says that it has no speed; is the DBC file this car's?" if unreadable else "is not on the bus"
                self._say(cause, f"{self._device} {cause}; until then the speed is unknown")


def _shut(bus: "can.BusABC") -> None:
    """A bus that is gone cannot be closed well; python-can then leaves the port of an slcan adapter open."""
    for close in (bus.shutdown, getattr(getattr(bus, "serialPortOrig", None), "close", None)):
        with suppress(Exception):
            if close is not None:
                close()
