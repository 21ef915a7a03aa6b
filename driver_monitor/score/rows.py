"""A score's rows in words: what the terminal and the page both show."""

from collections.abc import Iterator
from typing import NamedTuple

from driver_monitor.counted import counted
from driver_monitor.score.figures import Figure, Figures
from driver_monitor.score.match import AUDIBLE, DriveScore, Event, Judged, Verdict
from driver_monitor.score.score import Score
from driver_monitor.state.alert import Level
from driver_monitor.timecode import clock

HEAD = (
    "",
    "events",
    "caught",
    "by others",
    "sensitivity",
    "alerts",
    "false",
    "false an hour",
    "latency, median",
    "latency, 90 %",
)
UNKNOWN = "\u2013"
NOT_NEEDED = "not needed"
_BY_RULE = "by rule (silent alerts too; sensitivity of the events that no other rule caught in its place)"


class Row(NamedTuple):
    """Cells under :data:`HEAD`; ``group`` names the table it belongs to."""

    group: str
    cells: tuple[str, ...]


def rows(score: Score) -> Iterator[Row]:
    """What says nothing (no event, no alert) is left out, but for the levels."""
    for level, figures in score.levels.items():
        name = f"{level.word} and above" if level < max(Level) else level.word
        yield Row("by level", _cells(name + (" (audible)" if level is AUDIBLE else ""), figures))
    for kind, figures in score.kinds.items():
        yield Row("by what was labelled (audible alerts of the rules for it)", _cells(kind, figures))
    for rule, figures in score.rules.items():
        if figures.tally.events or figures.tally.alerts:
            yield Row(_BY_RULE, _cells(rule, figures))


def _cells(name: str, figures: Figures) -> tuple[str, ...]:
    tally = figures.tally
    share = NOT_NEEDED if tally.events and not tally.asked else _figure(figures.sensitivity, "{:.2f}")
    return (
        name, str(tally.events), str(tally.caught), str(tally.by_others or UNKNOWN), share, str(tally.alerts),
        str(tally.false), _figure(figures.false_per_hour, "{:.2f}"), _figure(figures.latency_median_s, "{:.1f}", " s"),
        _figure(figures.latency_90_s, "{:.1f}", " s"),
    )  # fmt: skip


def _figure(figure: Figure, form: str, unit: str = "") -> str:
    if figure.value is None:
        return UNKNOWN
    value = form.format(figure.value) + unit
    if figure.interval is None:
        return value
    return f"{value} [{form.format(figure.interval.low)}, {form.format(figure.interval.high)}]"


def summary(score: Score) -> str:
    """What the figures stand on, in one sentence."""
    drivers = len({drive.outcome.driver for drive in score.drives if drive.outcome.driver})
    of = f" of {counted(drivers, 'driver')}" if drivers > 1 else ""
    what = "labelled stretches alone" if score.labelled_only else "whole drives"
    drawn = f"intervals of 95 %, drawn by {score.grouped_by}"
    if score.groups < 2:
        drawn = f"one {score.grouped_by} only, so the intervals of 95 % take events as independent"
    count = len(score.drives)
    return f"{counted(count, 'drive')}{of}, {score.judged_s / 3600:.2f} h judged ({what}); {drawn}"


def remarks(score: Score) -> list[str]:
    """What the figures leave out."""
    found = []
    surely = score.total.tally.surely_false
    if surely:
        found.append(f"{surely} of the false alerts fell into stretches labelled attentive, mirror or talking")
    unlabelled = score.audible(Verdict.UNLABELLED)
    if unlabelled:
        found.append(f"{counted(unlabelled, 'audible alert')} fell into time without a label: not judged")
    other = score.audible(Verdict.NOT_JUDGED)
    if other:
        say = counted(other, "audible alert says", "audible alerts say")
        found.append(f"{say} what no label speaks of (a driver out of sight): not judged")
    if not score.total.tally.events:
        found.append("no label asks for an alert, so there is no sensitivity to speak of")
    return found


def event_words(event: Event) -> str:
    """``phone at 0:24.0 for 5.0 s: long_glance after 3.2 s``."""
    label = event.label
    what = f"{label.kind} at {clock(label.start_s, 1)} for {label.length_s:.1f} s"
    first = event.first(AUDIBLE)
    if first is not None:
        latency_s = first.latency_s(AUDIBLE) or 0.0
        when = f"after {latency_s:.1f} s" if latency_s >= 0 else f"{-latency_s:.1f} s ahead of the label"
        return f"{what}: {first.firing.rule} {when}"
    silent = sorted({answer.firing.rule for answer in event.answers})
    if silent:
        return f"{what}: missed ({', '.join(silent)} fired, silently)"
    if event.still_firing:
        return f"{what}: missed ({', '.join(event.still_firing)} was still firing from before)"
    return f"{what}: missed"


def alert_words(alert: Judged) -> str:
    """``long_glance at 1:10.0 (warning), during mirror``."""
    during = f", during {' and '.join(alert.during)}" if alert.during else ""
    return f"{alert.firing.rule} at {clock(alert.t_s, 1)} ({alert.firing.level.word}){during}"


def missed(drive: DriveScore) -> list[str]:
    """``missed: phone at 0:24.0 for 5.0 s`` for each."""
    gone = [event for event in drive.events if event.first(AUDIBLE) is None]
    return [f"missed: {event_words(event).replace(': missed', '', 1)}" for event in gone]


def false(drive: DriveScore) -> list[str]:
    """``false: long_glance at 1:10.0 (warning), during mirror`` for each."""
    return [f"false: {alert_words(alert)}" for alert in drive.at(AUDIBLE) if alert.verdict is Verdict.FALSE]
