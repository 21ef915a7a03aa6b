"""A drive reduced to what is scored: what fired, and what a person saw."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from driver_monitor.labels.label import Label
from driver_monitor.score.firing import Firing
from driver_monitor.score.target import Target, default_targets


@dataclass(frozen=True, slots=True)
class DriveOutcome:
    """``driver`` is empty where nobody knows; ``duration_s`` runs from ``start_s`` to the end of the drive.

    ``targets``: the rules that were in force, by name. ``labels`` without one says that somebody watched and saw
    nothing; a drive that nobody labelled must not be scored. ``driven_s`` is what was recorded of ``duration_s``, None
    where that is all of it.
    """

    drive_id: str
    duration_s: float
    firings: tuple[Firing, ...]
    labels: tuple[Label, ...]
    driver: str = ""
    targets: Mapping[str, Target] = field(default_factory=default_targets)
    start_s: float = 0.0
    driven_s: float | None = None

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s
