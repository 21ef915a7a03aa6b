"""Speed from a GPS receiver on a serial port."""

import logging
import threading
import time
from collections.abc import Callable

import pynmea2
import serial

from driver_monitor.config.vehicle import SpeedConfig
from driver_monitor.serial_port import PORT_ERRORS, PortError, open_port
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.vehicle.receiver import Reading, Receiver, Trouble
from driver_monitor.vehicle.sentence import frames, read_sentence
from driver_monitor.vehicle.source import SpeedSource

logger = logging.getLogger(__name__)

RECONNECT_S = 2.0
PATIENCE_S = 10.0  # a receiver that has never told a speed may be at its cold start; one that did is missed sooner

UNKNOWN = Speed(None, SpeedKnowledge.UNKNOWN)


class NmeaSpeed(SpeedSource):
    """Listens for RMC and VTG sentences in its own thread; a lost port is opened again every 2 s.

    Live, media time runs with the monotonic clock but from another origin, and a frame is asked about while it is
    fresh. So staleness is judged by the reader's own clock at the moment of asking, and ``t_s`` is not used: this
    source is for live cameras only. A recorded drive brings its speed along or is given one.

    A speed counts once its epoch is over: when the next one begins, or after a pause of 0.25 s.

    ``report`` gets one sentence, from the reader's thread, when the speed is lost and when it comes back.
    """

    def __init__(
        self,
        config: SpeedConfig,
        report: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        reconnect_s: float = RECONNECT_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._config = config
        self._report = report
        self._clock = clock
        self._reconnect_s = reconnect_s
        self._patience_s = patience_s
        self._reading: Reading | None = None
        self._said: Trouble | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="speed-nmea", daemon=True)
        self._thread.start()

    def speed(self, t_s: float) -> Speed:
        reading = self._reading
        if reading is None or self._clock() - reading.at_s > self._config.stale_s:
            return UNKNOWN
        return Speed(reading.kmh, SpeedKnowledge.MEASURED)

    def close(self) -> None:
        self._stop.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with open_port(self._config.port, self._config.baud, setting="vehicle.speed") as port:
                    self._listen(port)
            except PortError as error:
                self._say(Trouble.NO_PORT, str(error))
            except PORT_ERRORS as error:
                logger.debug("reading %s: %s", self._config.port, error)
                self._say(Trouble.NO_PORT, f"lost the GPS receiver on {self._config.port}; plug it in again")
            self._stop.wait(self._reconnect_s)

    def _listen(self, port: serial.Serial) -> None:
        """Hear the receiver out until told to stop. Raises one of PORT_ERRORS when the port goes away."""
        receiver, rest, since_s, told = Receiver(self._config.stale_s), b"", self._clock(), False
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
            before, self._reading = self._reading, receiver.reading
            if self._reading is not None and self._reading is not before:
                since_s, told = now_s, True
                self._recover()
            if now_s - since_s > (self._config.stale_s if told else self._patience_s):
                self._say(receiver.trouble)

    def _say(self, trouble: Trouble, detail: str = "") -> None:
        """Report trouble once: again only when it is another kind of trouble or after a recovery."""
        if trouble is not self._said:
            self._said = trouble
            sentence = trouble.value.format(port=self._config.port, baud=self._config.baud, detail=detail)
            self._report(f"speed: {sentence}")

    def _recover(self) -> None:
        if self._said is not None:
            self._said = None
            self._report(f"speed: the GPS receiver on {self._config.port} gives the speed again")
