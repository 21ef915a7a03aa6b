"""A time on the command line."""

import argparse
import math

from driver_monitor.timecode import seconds


def time_argument(words: str) -> float:
    """The ``type=`` of an option that takes a time in a drive: seconds, ``m:ss`` or ``h:mm:ss``, with fractions."""
    try:
        found = seconds(words)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not math.isfinite(found) or found < 0:
        raise argparse.ArgumentTypeError(f"{words!r} is not a time; write 0 or more seconds (83.5) or m:ss.s (1:23.5)")
    return found
