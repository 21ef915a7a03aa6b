"""A heart sensor on a serial port."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
import serial

from driver_monitor.channels.pulse.beats import find_beats
from driver_monitor.channels.pulse.lines import Line, lines
from driver_monitor.channels.pulse.sensor import HeartJudge, HeartSensor
from driver_monitor.config.pulse import PulseConfig
from driver_monitor.parameter import judged
from driver_monitor.serial_port import PORT_ERRORS, PortError, open_port
from driver_monitor.state.heart import HeartReading

logger = logging.getLogger(__name__)

RECONNECT_S: Final = judged(2.0, "a lost port is opened again this often")
_WAVE_S: Final = judged(30.0, "of light that beats are looked for in")
_LEAST_S: Final = judged(8.0, "and the least")
_BEATS_EVERY_S: Final = judged(2.0, "so often")
_CLEAN: Final = judged(0.7, "share of sound intervals below which the wave is no pulse", unit="0..1")
_GAP_S: Final = judged(1.0, "a wave with a longer gap begins anew")


class SerialHeart(HeartSensor):
    """Listens for the lines of :mod:`driver_monitor.channels.pulse.lines` in its own thread.

    ``report`` gets one sentence, from that thread, when the port is lost and when it is there again.
    """

    def __init__(
        self,
        config: PulseConfig,
        report: Callable[[str], None] = logger.warning,
        *,
        clock: Callable[[], float] = time.monotonic,
        reconnect_s: float = RECONNECT_S,
    ) -> None:
        self._config = config
        self._report = report
        self._clock = clock
        self._reconnect_s = reconnect_s
        self._judge = HeartJudge("serial", config.stale_s)
        self._wave: deque[tuple[float, float]] = deque()
        self._worked_s = float("-inf")
        self._said = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heart-serial", daemon=True)
        self._thread.start()

    def reading(self, t_s: float) -> HeartReading | None:
        return self._judge.reading(self._clock())

    def close(self) -> None:
        self._stop.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with open_port(self._config.port, self._config.baud, setting="channels.pulse") as port:
                    self._say("")
                    self._listen(port)
            except PortError as error:
                self._say(str(error))
            except PORT_ERRORS as error:
                logger.debug("reading %s: %s", self._config.port, error)
                self._say(f"lost the heart sensor on {self._config.port}; plug it in again")
            self._stop.wait(self._reconnect_s)

    def _listen(self, port: serial.Serial) -> None:
        """Raises one of PORT_ERRORS when the port goes away."""
        rest = b""
        while not self._stop.is_set():
            found, rest = lines(rest + port.read(max(1, port.in_waiting)))
            for line in found:
                self.hear(line, self._clock())

    def hear(self, line: Line, now_s: float) -> None:
        match line.kind:
            case "HR":
                self._judge.hear(now_s, line.value)
            case "RR":
                self._judge.hear(now_s, None, (line.value / 1000,))
            case _:
                self._see(line, now_s)

    def _see(self, line: Line, now_s: float) -> None:
        """One value of a pulse sensor's light."""
        at_s = now_s if line.clock_ms is None else line.clock_ms / 1000
        if self._wave and not 0 < at_s - self._wave[-1][0] <= _GAP_S:
            if at_s == self._wave[-1][0]:
                return
            self._wave.clear()
        self._wave.append((at_s, line.value))
        while at_s - self._wave[0][0] > _WAVE_S:
            self._wave.popleft()
        if at_s - self._wave[0][0] >= _LEAST_S and now_s - self._worked_s >= _BEATS_EVERY_S:
            self._worked_s = now_s
            self._beat(now_s)

    def _beat(self, now_s: float) -> None:
        times, values = np.array(self._wave).T
        if np.ptp(values) == 0:
            self._judge.hear(now_s, 0.0)  # light that does not vary is no heart
            return
        beats = find_beats(times, values)
        if beats.clean < _CLEAN:
            self._judge.hear(now_s, 0.0)
            return
        self._judge.replace(now_s, 60 / float(np.mean(beats.interval_s[beats.sound])), tuple(beats.interval_s.tolist()))

    def _say(self, trouble: str) -> None:
        """Each trouble once, and that it is over."""
        if trouble != self._said:
            self._said, before = trouble, self._said
            if trouble or before:
                self._report(f"pulse: {trouble or f'the heart sensor on {self._config.port} is there again'}")
