"""How fast the car goes, and how we know."""

from dataclasses import dataclass
from enum import StrEnum


class SpeedKnowledge(StrEnum):
    """Drives recorded before there was GIVEN call such a speed measured."""

    MEASURED = "measured"  # by a receiver in the car, just now
    GIVEN = "given"  # somebody said so: on the command line, as fixed_kmh, in a scripted drive
    ASSUMED = "assumed"  # no speed source configured: the car counts as moving
    UNKNOWN = "unknown"  # a source is configured but silent


@dataclass(frozen=True, slots=True)
class Speed:
    """``kmh`` is None exactly when the knowledge is UNKNOWN.

    ``source`` is who measured it, as ``vehicle.speed.source`` names it; empty in drives recorded before it was told,
    and for a speed that nobody measured.
    """

    kmh: float | None
    knowledge: SpeedKnowledge
    source: str = ""

    def __str__(self) -> str:
        return speed_words(self.kmh, self.knowledge, self.source)


def speed_words(kmh: float | None, knowledge: str, source: str = "") -> str:
    """A speed as people are told it, never without how it is known: ``80 km/h measured by obd``, ``80 km/h given``,
    ``speed unknown``."""
    by = f" by {source}" if source else ""
    return "speed unknown" if kmh is None else f"{kmh:.0f} km/h {knowledge}".rstrip() + by
