"""What is kept of one drive for a report on many: figures, its alerts, a small chart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from driver_monitor.recording.header import DriveHeader
from driver_monitor.report.course import draw
from driver_monitor.report.recorded import Reading
from driver_monitor.report.what_if import RuleCount, Stretch, by_rule, stretches
from driver_monitor.rules.alert import Level

UNKNOWN: Final = "unknown"  # a driver or vehicle that the config did not name
_ALERTS_KEPT: Final = 100
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
    ``seen_share``: of the drive in which the driver's face was tracked.
    """

    drive_id: str
    started: str
    driver: str
    vehicle: str
    duration_s: float
    frames: int
    gaps: int
    unseen_s: float
    seen_share: float
    judged_s: float
    eyes_known_s: float
    perclos_known_s: float
    perclos_60s_mean: float | None
    perclos_60s_max: float | None
    blinks: int
    blink_duration_s: float | None
    yawns: int
    alerts: dict[str, int] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    hours_s: dict[int, float] = field(default_factory=dict)
    at_hours: dict[int, dict[str, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    kept: list[Stretch] = field(default_factory=list)
    compared: list[RuleCount] = field(default_factory=list)
    course: str = ""

    @property
    def coverage(self) -> float:
        """Share of the drive in which the driver could be judged."""
        return self.judged_s / self.duration_s if self.duration_s else 0.0

    @property
    def blinks_per_min(self) -> float | None:
        return self.blinks / self.eyes_known_s * 60 if self.eyes_known_s >= 15 else None

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
        if self.compared:
            record["compared"] = {
                count.rule: {"both": count.both, "only_a": count.only_first, "only_b": count.only_second}
                for count in self.compared
            }
        return record


def summary_of(header: DriveHeader, found: Reading) -> DriveSummary:
    """Of a drive that has been read to its end."""
    timeline, what_if = found.timeline, found.what_if
    tally = timeline.tally
    fired = stretches(timeline.episodes.kept, tally.end_s)
    begun = header.started_at.astimezone(UTC)
    at_hours: dict[int, Counter[str]] = {}
    for each in fired:
        at_hours.setdefault((begun + timedelta(seconds=each.start_s)).hour, Counter())[each.rule] += 1
    return DriveSummary(
        drive_id=header.drive_id,
        started=header.started,
        driver=header.driver or UNKNOWN,
        vehicle=header.vehicle or UNKNOWN,
        duration_s=tally.duration_s,
        frames=tally.frames,
        gaps=tally.gaps,
        unseen_s=tally.unseen_s,
        seen_share=tally.seen_share,
        judged_s=tally.judged_s,
        eyes_known_s=tally.eyes_known_s,
        perclos_known_s=tally.perclos_known_s,
        perclos_60s_mean=tally.perclos_60s_mean,
        perclos_60s_max=tally.perclos_60s_max,
        blinks=len(tally.blinks),
        blink_duration_s=tally.blink_duration_s,
        yawns=len(tally.yawns) // 2,
        alerts=dict(Counter(each.rule for each in fired)),
        levels=dict(Counter(each.level.word for each in fired)),
        hours_s=_hours(begun, tally.start_s, tally.end_s),
        at_hours={hour: dict(counts) for hour, counts in at_hours.items()},
        notes=list(found.notes),
        problems=list(found.problems),
        kept=fired[:_ALERTS_KEPT],
        compared=by_rule(what_if.matches) if what_if is not None else [],
        course=draw(timeline, fired, what_if),
    )


def _hours(begun: datetime, start_s: float, end_s: float) -> dict[int, float]:
    """The time from ``start_s`` to ``end_s`` after ``begun``, by hour of the day."""
    found: dict[int, float] = {}
    at, end = begun + timedelta(seconds=start_s), begun + timedelta(seconds=end_s)
    while at < end:
        following = min(end, at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
        found[at.hour] = found.get(at.hour, 0.0) + (following - at).total_seconds()
        at = following
    return found


def added(summaries: Sequence[DriveSummary]) -> Mapping[str, list[DriveSummary]]:
    """The drives of each driver, by name, the unknown one last."""
    found: dict[str, list[DriveSummary]] = {}
    for each in summaries:
        found.setdefault(each.driver, []).append(each)
    return {name: found[name] for name in sorted(found, key=lambda name: (name == UNKNOWN, name))}
