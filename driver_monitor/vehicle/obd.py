"""Speed from the car's diagnostic socket, by an ELM327 adapter on a serial port or over WiFi."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Unpack

import serial

from driver_monitor.config.vehicle import TCP, SpeedConfig
from driver_monitor.parameter import judged
from driver_monitor.serial_port import PORT_ERRORS, PortError, open_port
from driver_monitor.vehicle.device import DeviceSpeed, LostError, Timing
from driver_monitor.vehicle.elm327 import Elm327, NoAnswerError, Word
from driver_monitor.vehicle.source import Reading

logger = logging.getLogger(__name__)

PERIOD_S: Final = judged(0.2, "between two questions: often enough, and the bus is left alone")
_WRITE_S: Final = judged(1.0, "a question that the adapter does not take for this long is lost, and the adapter")
_READ_S: Final = judged(0.25, "a read waits this long, as on serial ports")
# The adapter must be set up anew: the others are the car's answers.
_AFRESH: Final = (Word.SILENT, Word.NOT_ELM, Word.RESET, Word.UNCLEAR)


class ObdSpeed(DeviceSpeed):
    """Asks for PID 0x0D five times a second; nothing else is ever asked of the car."""

    def __init__(self, config: SpeedConfig, report: Callable[[str], None], **timing: Unpack[Timing]) -> None:
        super().__init__("obd", f"the OBD adapter on {config.obd.address}", config.stale_s, report, **timing)
        self._obd = config.obd
        self._start()

    def _listen(self) -> None:
        try:
            with self._open() as line:
                self._hear_out(Elm327(line, self._stop.is_set))
        except PortError as error:
            raise LostError(str(error)) from error
        except PORT_ERRORS as error:
            logger.debug("obd %s: %s", self._obd.address, error)
            raise LostError(f"lost {self._device}; plug it in again") from error

    def _open(self) -> AbstractContextManager[serial.Serial]:
        address = self._obd.address
        if not address.startswith(TCP):
            return open_port(
                address, self._obd.baud, setting="vehicle.speed.obd", key="address", write_timeout_s=_WRITE_S
            )
        try:
            line: serial.Serial = serial.serial_for_url(f"socket://{address.removeprefix(TCP)}", timeout=_READ_S)
        except (OSError, ValueError) as error:
            logger.debug("obd %s: %s", address, error)
            raise PortError(f"{self._device} cannot be reached; join its WiFi or set vehicle.speed.obd.address") from (
                error
            )
        return line

    def _hear_out(self, adapter: Elm327) -> None:
        """Raises one of PORT_ERRORS when the line goes away, LostError where the adapter is to be opened again."""
        self._begin()
        try:
            adapter.begin()
            while not self._stop.is_set():
                asked_s = self._clock()
                try:
                    kmh = adapter.speed_kmh()
                except NoAnswerError as none:
                    if none.word in _AFRESH:
                        raise
                    self._say(none.word, f"{self._device} {none}")
                    self._stop.wait(self._reconnect_s)
                else:
                    self._take(Reading(kmh, asked_s))
                    self._stop.wait(PERIOD_S)
        except NoAnswerError as none:
            if self._stop.is_set():
                return
            if none.word is Word.RESET:
                logger.debug("obd %s: %s", self._obd.address, none)
                return
            self._say(none.word, f"{self._device} {none}; the speed is unknown")
