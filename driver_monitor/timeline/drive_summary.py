"""What is kept of one drive for a report on many: figures, its alerts, a small chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from markupsafe import Markup

from driver_monitor.state.alert import Level
from driver_monitor.timeline.what_if import RuleCount, Stretch

UNKNOWN: Final = "unknown"  # a driver or vehicle that the config did not name
_FIGURES: Final = (
    "duration_s", "frames", "gaps", "unseen_s", "coverage", "perclos_60s_mean", "perclos_60s_max", "blinks",
    "blinks_per_min", "blink_duration_s", "yawns",
)  # fmt: skip


@dataclass(slots=True)
class DriveSummary:
    """Times in seconds. ``alerts`` and ``at_hours`` count firings, escalations not counted again.

    ``hours_s`` is the time driven by hour of the day (UTC), ``at_hours`` the firings by hour and rule. ``kept`` are
    the first firings, ``course`` the drive's small chart as SVG; ``compared`` the counts of two configs by rule, empty
    where nothing was compared. ``problems`` is what is missing from the drive, ``notes`` what else one should know.
    ``measured``: of each sense beside the face that was on, the share of the frames in which it measured something.
    ``seen_share``: of the drive in which the driver's face was tracked. ``frames`` is None where the
    drive's level keeps none, ``blinks`` where they were not counted.
    """

    drive_id: str
    started: str
    driver: str
    vehicle: str
    duration_s: float
    frames: int | None
    gaps: int
    unseen_s: float
    seen_share: float
    judged_s: float
    blinks_counted_s: float
    perclos_known_s: float
    perclos_60s_mean: float | None
    perclos_60s_max: float | None
    blinks: int | None
    blink_duration_s: float | None
    yawns: int
    measured: dict[str, float] = field(default_factory=dict)
    alerts: dict[str, int] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    hours_s: dict[int, float] = field(default_factory=dict)
    at_hours: dict[int, dict[str, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    kept: list[Stretch] = field(default_factory=list)
    compared: list[RuleCount] = field(default_factory=list)
    course: Markup = field(default_factory=Markup)

    @property
    def coverage(self) -> float:
        """Share of the drive in which the driver could be judged."""
        return self.judged_s / self.duration_s if self.duration_s else 0.0

    @property
    def blinks_per_min(self) -> float | None:
        if self.blinks is None or self.blinks_counted_s < 15:
            return None
        return self.blinks / self.blinks_counted_s * 60

    @property
    def told(self) -> int:
        """Firings of warning and above: what a driver would call an alert."""
        return sum(count for level, count in self.levels.items() if Level.of(level) >= Level.WARNING)

    def figures(self) -> dict[str, Any]:
        """What one line of a table holds of it."""
        return {name: getattr(self, name) for name in _FIGURES} | {
            f"{level.word}_alerts": self.levels.get(level.word, 0) for level in Level
        }

    def to_json(self) -> dict[str, Any]:
        """One line of ``report --json``."""
        head = {name: getattr(self, name) for name in ("drive_id", "started", "driver", "vehicle")}
        record = {"type": "drive", **head, **self.figures(), "seen_share": self.seen_share, "alerts": self.alerts}
        record |= {"notes": self.notes, "problems": self.problems}
        if self.measured:
            record["measured"] = self.measured
        if self.compared:
            record["compared"] = {
                count.rule: {"both": count.both, "only_a": count.only_first, "only_b": count.only_second}
                for count in self.compared
            }
        return record


def added(summaries: Sequence[DriveSummary]) -> Mapping[str, list[DriveSummary]]:
    """The drives of each driver, by name, the unknown one last."""
    found: dict[str, list[DriveSummary]] = {}
    for each in summaries:
        found.setdefault(each.driver, []).append(each)
    return {name: found[name] for name in sorted(found, key=lambda name: (name == UNKNOWN, name))}
