"""A speed on the command line."""

import argparse
import math

MOST_KMH = 250.0  # the bound of every speed in the config


def speed_argument(words: str) -> float:
    """The ``type=`` of an option that takes a speed in km/h."""
    try:
        found = float(words)
    except ValueError:
        found = math.nan
    if not 0 <= found <= MOST_KMH:
        raise argparse.ArgumentTypeError(f"{words!r} is not a speed; give 0 to {MOST_KMH:g} km/h")
    return found
