"""A score as JSON."""

from dataclasses import asdict
from typing import Any

from driver_monitor.score.confusion import NOTHING, confusion
from driver_monitor.score.figures import Figure, Figures
from driver_monitor.score.match import AUDIBLE, DriveScore, Event, Judged, Verdict
from driver_monitor.score.score import Score
from driver_monitor.state.alert import Level


def score_record(score: Score) -> dict[str, Any]:
    """Everything there is; times in seconds, rounded to the millisecond."""
    mixed = confusion(score.drives)
    return {
        "drives": len(score.drives),
        "grouped_by": score.grouped_by,
        "groups": score.groups,
        "judged_s": round(score.judged_s, 3),
        "labelled_only": score.labelled_only,
        "not_judged": score.audible(Verdict.NOT_JUDGED),
        "unlabelled": score.audible(Verdict.UNLABELLED),
        "audible": _figures(score.total),
        "levels": {level.word: _figures(row) for level, row in score.levels.items()},
        "kinds": {kind: _figures(row) for kind, row in score.kinds.items()},
        "rules": {rule: _figures(row) for rule, row in score.rules.items()},
        "confusion": [
            {"label": kind or None, "rule": rule or None, "count": count}
            for (kind, rule), count in sorted(mixed.counts.items())
        ],
        "outcomes": [_drive(drive) for drive in score.drives],
    }


def _figures(row: Figures) -> dict[str, Any]:
    tally = row.tally
    counts = {
        "events": tally.events,
        "caught": tally.caught,
        "by_others": tally.by_others,
        "alerts": tally.alerts,
        "false": tally.false,
    }
    return counts | {
        "surely_false": tally.surely_false,
        "sensitivity": _figure(row.sensitivity),
        "false_per_hour": _figure(row.false_per_hour),
        "latency_median_s": _figure(row.latency_median_s),
        "latency_90_s": _figure(row.latency_90_s),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    interval = figure.interval
    return {
        "value": _round(figure.value),
        "interval": None if interval is None else [_round(interval.low), _round(interval.high)],
    }


def _drive(drive: DriveScore) -> dict[str, Any]:
    outcome = drive.outcome
    return {
        "drive": outcome.drive_id,
        "driver": outcome.driver,
        "duration_s": _round(outcome.duration_s),
        "judged_s": _round(drive.judged_s),
        "labels": [asdict(label) for label in drive.labels],
        "events": [_event(event) for event in drive.events],
        "alerts": [_alert(alert) for alert in drive.begun()],
    }


def _event(event: Event) -> dict[str, Any]:
    first = event.first(AUDIBLE)
    return {
        "kind": event.label.kind,
        "start_s": _round(event.label.start_s),
        "end_s": _round(event.label.end_s),
        "caught": first is not None,
        "latency_s": _round(event.latency_s(AUDIBLE)),
        "rule": first.firing.rule if first else None,
        "silent": sorted({a.firing.rule for a in event.answers if a.latency_s(AUDIBLE) is None}),
        "still_firing": list(event.still_firing),
    }


def _alert(alert: Judged) -> dict[str, Any]:
    firing = alert.firing
    return {
        "rule": firing.rule,
        "steps": [[_round(step.t_s), Level(step.level).word] for step in firing.steps],
        "end_s": _round(firing.end_s),
        "verdict": alert.verdict.value,
        "during": [kind for kind in alert.during if kind != NOTHING],
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
