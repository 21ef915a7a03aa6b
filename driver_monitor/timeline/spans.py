"""A stretch of a scripted drive whose truth is known."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScriptedSpan:
    """What the script did from ``start_s`` to ``end_s`` (media time), and what is expected of the monitor.

    ``kss`` is how sleepy the driver is at the start and at the end, where the script says so.
    """

    name: str
    start_s: float
    end_s: float
    note: str = ""
    kss: tuple[float, float] | None = None
