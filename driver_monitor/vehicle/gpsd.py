"""Speed from gpsd, the GPS daemon, in its JSON protocol (gpsd_json(5))."""

import json
import logging
import math
import socket
from collections.abc import Callable
from enum import Enum
from typing import Any, Final, Unpack

from driver_monitor.config.vehicle import SpeedConfig
from driver_monitor.parameter import defined, judged
from driver_monitor.vehicle.dbc import KMH_PER_M_S
from driver_monitor.vehicle.device import DeviceSpeed, LostError, Timing
from driver_monitor.vehicle.sentence import MAX_KMH
from driver_monitor.vehicle.source import Reading

logger = logging.getLogger(__name__)

_CONNECT_S: Final = judged(3.0, "gpsd answers a connection by then")
_READ_S: Final = judged(0.25, "a read waits this long, as on serial ports")
_MOST_BYTES: Final = judged(65536, "of one line: more is no gpsd", unit="count")
_FIX_2D: Final = defined(2, "mode of a fix without height", "gpsd_json(5): TPV.mode", unit="")
_SIMULATED: Final = defined(8, "status of a receiver that makes believe", "gpsd_json(5): TPV.status", unit="")
_WATCH: Final = b'?WATCH={"enable":true,"json":true};\n'


class Trouble(Enum):
    """Why there is no speed."""

    SILENT = "{device} says nothing of a speed; check its receiver"
    NO_RECEIVER = "{device} has no receiver; plug it in, or give it to gpsd in /etc/default/gpsd"
    NO_FIX = "{device} has no fix; give its antenna a view of the sky"
    SIMULATED = "the receiver of {device} simulates its position; switch that off in its settings"
    FROZEN = "the clock of the receiver of {device} stands still; unplug it and plug it in again"
    NOT_GPSD = "what answers at {device} is not gpsd; check vehicle.speed.gpsd"


class GpsdSpeed(DeviceSpeed):
    """Listens for TPV reports. A report without a fix takes the speed back, and so does one whose clock stands."""

    def __init__(self, config: SpeedConfig, report: Callable[[str], None], **timing: Unpack[Timing]) -> None:
        gpsd = config.gpsd
        super().__init__("gpsd", f"gpsd at {gpsd.host}:{gpsd.port}", config.stale_s, report, **timing)
        self._address = gpsd.host, gpsd.port
        self._times: dict[str, str] = {}  # what each receiver's clock showed last
        self._trouble = Trouble.SILENT
        self._start()

    def _listen(self) -> None:
        try:
            with socket.create_connection(self._address, _CONNECT_S) as line:
                line.settimeout(_READ_S)
                line.sendall(_WATCH)
                self._hear_out(line)
        except OSError as error:
            logger.debug("gpsd: %s", error)
            advice = "is it running? 'systemctl status gpsd'"
            raise LostError(f"{self._device} cannot be reached ({error.strerror or error}); {advice}") from error

    def _hear_out(self, line: socket.socket) -> None:
        """Raises OSError when the connection goes."""
        self._begin()
        self._trouble = Trouble.SILENT
        rest = b""
        while not self._stop.is_set():
            try:
                data = line.recv(_MOST_BYTES)
            except TimeoutError:
                pass
            else:
                if not data:
                    raise LostError(f"{self._device} has hung up")
                *lines, rest = (rest + data).split(b"\n")
                for each in lines:
                    self._hear(each)
                if len(rest) > _MOST_BYTES:
                    self._trouble, rest = Trouble.NOT_GPSD, b""
            if self._overdue:
                self._say(self._trouble, self._trouble.value.format(device=self._device))

    def _hear(self, line: bytes) -> None:
        try:
            report = json.loads(line)
        except ValueError:  # not UTF-8 either
            report = None
        match report:
            case {"class": "TPV"}:
                self._hear_fix(report)
            case {"class": "DEVICES", "devices": []}:
                self._trouble = Trouble.NO_RECEIVER
            case {"class": str()}:
                pass
            case _:
                self._trouble = Trouble.NOT_GPSD

    def _hear_fix(self, report: dict[str, Any]) -> None:
        receiver, mode, told, at = (report.get(key) for key in ("device", "mode", "speed", "time"))
        if report.get("status") == _SIMULATED or not isinstance(mode, int) or mode < _FIX_2D:
            self._trouble = Trouble.SIMULATED if report.get("status") == _SIMULATED else Trouble.NO_FIX
            self._take(None)
        elif not isinstance(at, str) or self._times.get(str(receiver)) == at:
            self._trouble = Trouble.FROZEN
        elif isinstance(told, int | float) and math.isfinite(told) and 0 <= told * KMH_PER_M_S <= MAX_KMH:
            self._times[str(receiver)] = at
            self._trouble = Trouble.SILENT
            self._take(Reading(told * KMH_PER_M_S, self._clock()))
