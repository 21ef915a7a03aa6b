"""A speed that comes over an internet socket, which the sealed monitor cannot open.

A process of its own (:mod:`driver_monitor.vehicle.process`) is started before the monitor seals itself off. It holds
the socket. A number comes back from it; it is told nothing after its settings, so nothing can go out through it.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from driver_monitor.config.vehicle import Measuring, SpeedConfig
from driver_monitor.parameter import judged
from driver_monitor.privacy import python_path
from driver_monitor.vehicle.source import MeasuringSource, Reading

END_S: Final = judged(1.0, "the process has ended by then, once its input has")


class RemoteSpeed(MeasuringSource):
    """``report`` gets what the process has to say, from a thread."""

    def __init__(
        self,
        name: Measuring,
        config: SpeedConfig,
        report: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._stale_s = config.stale_s
        self._report = report
        self._clock = clock
        self._reading: Reading | None = None
        self._closing = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "driver_monitor.vehicle.process"],
            env=os.environ | {"PYTHONPATH": python_path()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        own = config.model_copy(update={"source": name, "fallback": ()})
        assert self._process.stdin is not None
        self._process.stdin.write(own.model_dump_json().encode() + b"\n")
        self._process.stdin.flush()
        self._thread = threading.Thread(target=self._read, name=f"speed-{name}", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """Of the process that holds the socket."""
        return self._process.pid

    def fresh(self) -> Reading | None:
        reading = self._reading
        return None if reading is None or self._clock() - reading.at_s > self._stale_s else reading

    def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join(END_S)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self._hear(json.loads(line))
        self._reading = None
        if not self._closing:
            self._report(
                f"speed: the process that reads {self.name} has ended; that speed is unknown until the monitor is "
                "started anew"
            )

    def _hear(self, told: dict[str, Any]) -> None:
        match told:
            case {"say": str(sentence)}:
                self._report(sentence)
            case {"kmh": float(kmh), "at_s": float(at_s)}:
                self._reading = Reading(kmh, at_s)
            case _:
                self._reading = None
