"""Times in a drive, as people read and write them: the one place that shows them and the one that reads them.

A moment is ``m:ss``, or ``h:mm:ss`` from an hour on, with tenths (or hundredths) where they matter: ``0:08``,
``1:23.5``. A length is seconds with their unit (``3.0 s``), and from a minute on a clock as well. What is shown can be
typed in again.
"""

import math
import re
from typing import Final

EXAMPLES: Final = "seconds (83.5) or m:ss.s (1:23.5)"
_CLOCK: Final = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:\.\d+)?)")
_SECONDS: Final = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*s?")
_MINUTE_S: Final = 60.0


def clock(t_s: float, digits: int = 0) -> str:
    """The moment ``t_s`` as ``m:ss`` or ``h:mm:ss``, with ``digits`` after the point."""
    scale = 10**digits
    units = round(abs(t_s) * scale)
    whole, part = divmod(units, scale)
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    text = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    return ("-" if t_s < 0 and units else "") + text + (f".{part:0{digits}d}" if digits else "")


def length(duration_s: float) -> str:
    """How long something took: ``3.0 s``, ``1:23.5``."""
    return f"{duration_s:.1f} s" if round(abs(duration_s), 1) < _MINUTE_S else clock(duration_s, 1)


def seconds(words: str) -> float:
    """``83.5``, ``83.5 s``, ``1:23.5`` or ``0:01:23.5`` in seconds. Raises ValueError with one sentence."""
    text = words.strip()
    if found := _CLOCK.fullmatch(text):
        hours, minutes, rest = found.groups()
        if float(rest) < 60 and (hours is None or int(minutes) < 60):
            return int(hours or 0) * 3600 + int(minutes) * 60 + float(rest)
    elif (found := _SECONDS.fullmatch(text)) and math.isfinite(value := float(found[1])):
        return value
    raise ValueError(f"{words!r} is not a time; write {EXAMPLES}")
