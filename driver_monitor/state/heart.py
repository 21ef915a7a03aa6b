"""What a heart sensor says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeartReading:
    """What a heart sensor says now. ``intervals_s`` are the latest ones between beats, oldest first; ``trouble`` names
    why the rate is not to be believed, empty when it is."""

    source: str
    bpm: float | None
    intervals_s: tuple[float, ...] = ()
    trouble: str = ""
