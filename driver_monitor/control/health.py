"""How the monitor itself does, for those who look at it over the local socket."""

import contextlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Health:
    """``latency_p99_ms``: of each stage since the start. ``outputs``: each with whether it works. ``standing``: what
    must not be missed. ``recording`` is None where nothing is recorded."""

    frames: int = 0
    dropped: int = 0
    bad: int = 0
    restarts: int = 0
    latency_p99_ms: dict[str, float] = field(default_factory=dict)
    outputs: dict[str, bool] = field(default_factory=dict)
    standing: tuple[str, ...] = ()
    recording: dict[str, Any] | None = None


class Load:
    """CPU time of this process and of its children between two readings. :meth:`percent` is for one thread."""

    def __init__(self) -> None:
        self._at_s, self._used_s = time.monotonic(), _used_s()

    def percent(self) -> float:
        """100 is one core, since the last time it was asked."""
        now_s, used_s = time.monotonic(), _used_s()
        share = (used_s - self._used_s) / max(now_s - self._at_s, 1 / _TICKS_PER_S)
        self._at_s, self._used_s = now_s, used_s
        return round(100 * max(share, 0.0), 1)


def _used_s() -> float:
    own = Path("/proc/self")
    children: list[str] = []
    for thread in own.glob("task/*/children"):
        with contextlib.suppress(OSError):  # a thread that has ended
            children += thread.read_text().split()
    ticks = 0
    for process in (own, *(Path("/proc", child) for child in children)):
        with contextlib.suppress(OSError):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])  # utime and stime, see proc(5)
    return ticks / _TICKS_PER_S
