"""What every reader of a device has: a thread, a device that is opened again, and a word when the speed is lost."""

import threading
import time
from abc import abstractmethod
from collections.abc import Callable
from typing import Final, TypedDict, Unpack

from driver_monitor.errors import DriverMonitorError
from driver_monitor.parameter import judged
from driver_monitor.vehicle.source import MeasuringSource, Reading

RECONNECT_S: Final = judged(2.0, "between attempts to open a device that is not there")
PATIENCE_S: Final = judged(10.0, "a device that has never told a speed may still be starting: GPS without a fix yet")


class LostError(DriverMonitorError):
    """The device is not there, or has to be opened again; the message is for the driver."""


class Timing(TypedDict, total=False):
    """How a reader keeps time; the defaults are those of a car, others are for trials."""

    clock: Callable[[], float]
    reconnect_s: float
    patience_s: float


class DeviceSpeed(MeasuringSource):
    """Reads in its own thread; a lost device is opened again every ``reconnect_s``.

    ``report`` gets one sentence, from the reader's thread, when the speed is lost and when it comes back.
    """

    def __init__(
        self,
        name: str,
        device: str,
        stale_s: float,
        report: Callable[[str], None],
        **timing: Unpack[Timing],
    ) -> None:
        """``device`` is how the driver is told of it."""
        self.name = name
        self._device = device
        self._stale_s = stale_s
        self._report = report
        self._clock = timing.get("clock", time.monotonic)
        self._reconnect_s = timing.get("reconnect_s", RECONNECT_S)
        self._patience_s = timing.get("patience_s", PATIENCE_S)
        self._reading: Reading | None = None
        self._since_s = 0.0  # when it last told a speed, or was opened
        self._told = False  # since it was opened
        self._said: object = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"speed-{name}", daemon=True)

    def fresh(self) -> Reading | None:
        reading = self._reading
        return None if reading is None or self._clock() - reading.at_s > self._stale_s else reading

    def close(self) -> None:
        self._stop.set()
        self._thread.join(1.0)

    def _start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except LostError as lost:
                self._say(LostError, f"{lost}; until then the speed is unknown")
            self._stop.wait(self._reconnect_s)

    @abstractmethod
    def _listen(self) -> None:
        """Open the device and hear it out until told to stop. Raises LostError when it goes away."""

    def _begin(self) -> None:
        self._since_s, self._told = self._clock(), False

    def _take(self, reading: Reading | None) -> None:
        """None: what was told is taken back."""
        before, self._reading = self._reading, reading
        if reading is not None and reading is not before:
            self._since_s, self._told = self._clock(), True
            if self._said is not None:
                self._said = None
                self._report(f"speed: {self._device} gives the speed again")

    @property
    def _overdue(self) -> bool:
        """One that did tell a speed is missed sooner than one that never has."""
        return self._clock() - self._since_s > (self._stale_s if self._told else self._patience_s)

    def _say(self, kind: object, sentence: str) -> None:
        """Report trouble once: again only when it is of another kind or after a recovery."""
        if kind != self._said:
            self._said = kind
            self._report(f"speed: {sentence}")
