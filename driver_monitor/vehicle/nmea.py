"""Speed from a GPS receiver on a serial port."""

import logging
from collections.abc import Callable
from typing import Unpack

import pynmea2
import serial

from driver_monitor.config.vehicle import SpeedConfig
from driver_monitor.serial_port import PORT_ERRORS, PortError, open_port
from driver_monitor.vehicle.device import DeviceSpeed, LostError, Timing
from driver_monitor.vehicle.receiver import Receiver
from driver_monitor.vehicle.sentence import frames, read_sentence

logger = logging.getLogger(__name__)


class NmeaSpeed(DeviceSpeed):
    """Listens for RMC and VTG sentences. A speed counts once its epoch is over: when the next one begins, or after a
    pause of 0.25 s."""

    def __init__(self, config: SpeedConfig, report: Callable[[str], None], **timing: Unpack[Timing]) -> None:
        super().__init__("nmea", f"the GPS receiver on {config.port}", config.stale_s, report, **timing)
        self._port = config.port
        self._baud = config.baud
        self._start()

    def _listen(self) -> None:
        try:
            with open_port(self._port, self._baud, setting="vehicle.speed") as port:
                self._hear_out(port)
        except PortError as error:
            raise LostError(str(error)) from error
        except PORT_ERRORS as error:
            logger.debug("reading %s: %s", self._port, error)
            raise LostError(f"lost {self._device}; plug it in again") from error

    def _hear_out(self, port: serial.Serial) -> None:
        """Raises one of PORT_ERRORS when the port goes away."""
        receiver, rest = Receiver(self._stale_s), b""
        self._begin()
        while not self._stop.is_set():
            data = port.read(max(1, port.in_waiting))
            now_s = self._clock()
            found, rest = frames(rest + data)
            if data.strip() and not found and not rest:
                receiver.mishear()
            for frame in found:
                try:
                    receiver.hear(read_sentence(frame), now_s)
                except pynmea2.ParseError:
                    receiver.mishear()
            if not data:
                receiver.pause(now_s)
            self._take(receiver.reading)
            if self._overdue:
                trouble = receiver.trouble
                self._say(trouble, trouble.value.format(port=self._port, baud=self._baud))
