"""A drive reduced to what is scored: what fired, and what a person saw."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from driver_monitor.labels.label import Label
from driver_monitor.score.firing import Firing
from driver_monitor.score.target import DEFAULT_TARGETS, Target


@dataclass(frozen=True, slots=True)
class DriveOutcome:
    """``driver`` is empty where nobody knows; ``duration_s`` is the driven time that the firings come from.

    ``targets``: the rules that were in force, by name. ``labels`` without one says that somebody watched and saw
    nothing; a drive that nobody labelled must not be scored.
    """

    drive_id: str
    duration_s: float
    firings: tuple[Firing, ...]
    labels: tuple[Label, ...]
    driver: str = ""
    targets: Mapping[str, Target] = field(default_factory=lambda: DEFAULT_TARGETS)
