"""How fast the car goes, and how we know."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum

from driver_monitor.closing import Closing


class SpeedKnowledge(StrEnum):
    MEASURED = "measured"
    ASSUMED = "assumed"  # no speed source configured: the car counts as moving
    UNKNOWN = "unknown"  # a source is configured but silent


@dataclass(frozen=True, slots=True)
class Speed:
    """``kmh`` is None exactly when the knowledge is UNKNOWN."""

    kmh: float | None
    knowledge: SpeedKnowledge


class SpeedSource(Closing, ABC):
    """A context manager asked once a frame; never blocks. Readers run in their own thread."""

    @abstractmethod
    def speed(self, t_s: float) -> Speed:
        """The speed at media time ``t_s``; UNKNOWN when the last reading is older than the configured limit."""
