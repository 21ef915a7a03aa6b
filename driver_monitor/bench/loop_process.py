"""A bare loop (:mod:`driver_monitor.bench.loop`) from outside."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from driver_monitor.bench.footage import Footage
from driver_monitor.closing import Closing
from driver_monitor.errors import DriverMonitorError, UsageError


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds over all frames of one round, and how many frames a face was found in."""

    wall_s: float
    cpu_s: float
    faces: int


class LoopProcess(Closing):
    """The loop ``driver_monitor.bench.<name>``. Raises UsageError where it has no use for the model."""

    def __init__(self, name: str, model: Path, footage: Footage) -> None:
        self._name = name
        command = [sys.executable, "-m", f"driver_monitor.bench.{name}", str(model)]
        command += [str(footage.frames_file), str(footage.times_file)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            refused = self._answer().get("refused")
            if refused:
                raise UsageError(refused)
        except DriverMonitorError:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def round(self) -> Spent:
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write("go\n")
        stdin.flush()
        return Spent(**self._answer())

    def _answer(self) -> dict[str, Any]:
        stdout = self._process.stdout
        assert stdout is not None
        line = stdout.readline()
        if not line:
            raise DriverMonitorError(
                f"the process of the loop '{self._name}' died; 'driver-monitor doctor' says what is missing"
            )
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.kill()
        self._process.wait()
