"""A stretch of a scripted drive whose truth is known."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScriptedSpan:
    """What the script did from ``start_s`` to ``end_s`` (media time), and what is expected of the monitor."""

    name: str
    start_s: float
    end_s: float
    note: str = ""
