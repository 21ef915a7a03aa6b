"""Times as people write them."""

import re
from typing import Final

_CLOCK: Final = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:\.\d*)?)")


def seconds(words: str) -> float:
    """``83.5``, ``1:23.5`` or ``0:01:23.5``. Raises ValueError with the end of a sentence: "... is no time; write"."""
    text = words.strip()
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, rest = clock.groups()
        if float(rest) < 60 and (hours is None or int(minutes) < 60):
            return int(hours or 0) * 3600 + int(minutes) * 60 + float(rest)
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{words!r} is no time; write seconds (83.5) or m:ss.s (1:23.5)") from None
