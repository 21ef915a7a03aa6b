"""What the scripts' command lines share: numbers within bounds, and errors told in a line."""

import argparse
import contextlib
import math
import sys
from collections.abc import Callable

from driver_monitor.errors import DriverMonitorError


def told(work: Callable[[], int]) -> int:
    """The exit code of ``work``. An error that a user can meet is its sentence on stderr, not a stack trace."""
    try:
        return work()
    except DriverMonitorError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


def above_zero(words: str) -> float:
    """The ``type=`` of an option that takes a finite number above 0."""
    with contextlib.suppress(ValueError):
        if 0 < (number := float(words)) < math.inf:
            return number
    raise argparse.ArgumentTypeError(f"takes a number above 0, got {words!r}")


def at_least(least: int) -> Callable[[str], int]:
    """The ``type=`` of an option that takes a whole number of ``least`` or more."""

    def whole(words: str) -> int:
        with contextlib.suppress(ValueError):
            if (number := int(words)) >= least:
                return number
        raise argparse.ArgumentTypeError(f"takes a whole number of {least} or more, got {words!r}")

    return whole
