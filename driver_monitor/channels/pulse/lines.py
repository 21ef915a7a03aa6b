"""The line format of a heart sensor on a serial port.

ASCII, a line for each thing that is known, ended by ``\\n`` or ``\\r\\n``:

    HR,72          the heart rate, beats a minute
    RR,833         the interval between the last two beats, ms
    PPG,51234      the light that a pulse sensor sees, any unit, 25 to 500 a second and evenly
    PPG,51234,8040 the same with the sensor's own clock, ms

Anything else is ignored.
"""

import math
from dataclasses import dataclass
from typing import Final

from driver_monitor.parameter import judged

_LONGEST: Final = judged(64, "bytes; a longer line is none of ours", unit="bytes")


@dataclass(frozen=True, slots=True)
class Line:
    """``kind`` is HR (beats a minute), RR (ms) or PPG; ``clock_ms`` is the sensor's, None where it sends none."""

    kind: str
    value: float
    clock_ms: float | None = None


def lines(data: bytes) -> tuple[list[Line], bytes]:
    """The whole lines in ``data``, and what may be the beginning of the next one."""
    *whole, rest = data.replace(b"\r", b"\n").split(b"\n")
    found = [line for line in map(_line, whole) if line is not None]
    return found, rest if len(rest) <= _LONGEST else b""


def _line(raw: bytes) -> Line | None:
    if len(raw) > _LONGEST:
        return None
    match raw.decode("ascii", errors="replace").strip().split(","):
        case ["HR" | "RR" | "PPG" as kind, text]:
            value, clock = _number(text), None
        case ["PPG" as kind, text, at]:
            value, clock = _number(text), _number(at)
            if clock is None:
                return None
        case _:
            return None
    return Line(kind, value, clock) if value is not None else None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
