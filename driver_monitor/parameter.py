"""A decision put into a number: what it means, in which unit, and where it comes from.

    WINDOW_S: Final = norm(30.0, "time away adds up over this long (VATS)", "Euro NCAP 2026")
    FIRST_SHARE: Final = judged(1 / 3, "of the window, before which nothing is said")
    WIDER: Final = judged(1.15, "eyes this much wider than before", unit="ratio")

The constant is the plain number, at no cost where it is used. What stands beside it is for the reader, and for
``driver-monitor config show --parameters``, which reads it out of the source (:mod:`driver_monitor.parameter_table`).
The unit is left out where the name ends in it (``_S``, ``_DEG``, ``_KMH``, ...).
"""

from typing import TypeVar

T = TypeVar("T")


def norm(value: T, words: str, source: str, *, unit: str = "") -> T:
    """A norm or a test protocol asks for it."""
    return value


def paper(value: T, words: str, source: str, *, unit: str = "") -> T:
    """A published study found it."""
    return value


def measured(value: T, words: str, source: str, *, unit: str = "") -> T:
    """``source`` says what it was measured on, and by which script where there is one."""
    return value


def defined(value: T, words: str, source: str, *, unit: str = "") -> T:
    """No decision: a unit, the layout of a format or a model, or what follows from other parameters."""
    return value


def judged(value: T, words: str, *, unit: str = "") -> T:
    """Somebody found it sensible. Only the tests speak for it."""
    return value
