"""From a drive that has been read to what is kept of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Final

from driver_monitor.recording.header import DriveHeader
from driver_monitor.replay.reading import Reading
from driver_monitor.report.course import draw
from driver_monitor.timeline.drive_summary import UNKNOWN, DriveSummary
from driver_monitor.timeline.what_if import by_rule, stretches

_ALERTS_KEPT: Final = 100


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
        frames=None if tally.of_lines else tally.frames,
        gaps=tally.gaps,
        unseen_s=tally.unseen_s,
        seen_share=tally.seen_share,
        judged_s=tally.judged_s,
        blinks_counted_s=tally.blinks_counted_s,
        perclos_known_s=tally.perclos_known_s,
        perclos_60s_mean=tally.perclos_60s_mean,
        perclos_60s_max=tally.perclos_60s_max,
        blinks=len(tally.blinks) if tally.blinks_known else None,
        blink_duration_s=tally.blink_duration_s,
        yawns=len(tally.yawns) // 2,
        measured=timeline.channels.shares,
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
