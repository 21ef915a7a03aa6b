"""A score as one HTML page that needs nothing else: figures, confusion, and each drive's labels over its alerts."""

from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from markupsafe import Markup

from driver_monitor.labels.label import KSS
from driver_monitor.output import write_whole
from driver_monitor.report.errors import cannot_write
from driver_monitor.report.lanes import Bar, Lane
from driver_monitor.report.page import page
from driver_monitor.report.svg import Scale, element, line, rect, text, time_axis
from driver_monitor.score.confusion import NOTHING, Confusion, confusion
from driver_monitor.score.match import AUDIBLE, DriveScore, Verdict
from driver_monitor.score.outcome import DriveOutcome
from driver_monitor.score.rows import HEAD, alert_words, event_words, false, missed, remarks, rows, summary
from driver_monitor.score.score import Score
from driver_monitor.score.target import DANGERS, HARMLESS
from driver_monitor.timecode import clock

_WIDTH_PX: Final = 1120
_X0_PX, _X1_PX = 196, 1096  # the last time stands to both sides of its line
_ROW_PX: Final = 18
_BAR_PX: Final = 10
_KEY: Final = (
    ("danger", "an event that asks for an alert"), ("missed", "missed"), ("harmless", "harmless"),
    ("other", "other label"), ("right", "right alert"), ("false", "false alert"), ("open", "not judged"),
)  # fmt: skip


class Kind(NamedTuple):
    """A row of what was labelled and what fired, empty in ``name`` and ``labels`` where nothing was labelled."""

    name: str
    labels: str
    counts: list[int]


class Drive(NamedTuple):
    """``told``: what was missed in it and what was false."""

    outcome: DriveOutcome
    chart: Markup
    told: list[str]


def write_page(path: Path, score: Score, header: dict[str, str]) -> None:
    """Raises :class:`~driver_monitor.report.errors.ReportError` where the file cannot be written."""
    try:
        write_whole(path, render(score, header))
    except OSError as error:
        raise cannot_write(path, error.strerror or str(error), "the score was not saved") from error


def render(score: Score, header: dict[str, str]) -> str:
    """``header``: where drives and alerts come from, in the order to be shown."""
    mixed = confusion(score.drives)
    return page(
        "score/score.html",
        styles=["score/score.css"],
        title="Alerts against labels",
        header=header,
        summary=summary(score),
        remarks=remarks(score),
        head=HEAD,
        groups=[(group, [row.cells for row in own]) for group, own in groupby(rows(score), key=lambda row: row.group)],
        rules=[*mixed.rules, NOTHING],
        kinds=_kinds(mixed),
        key=_KEY,
        drives=[Drive(each.outcome, timeline(each), [*missed(each), *false(each)]) for each in score.drives],
    )


def _kinds(mixed: Confusion) -> list[Kind]:
    """Empty where there is neither a label nor an alert."""
    if not mixed.kinds and not mixed.rules:
        return []
    return [
        Kind(
            kind or "",
            str(mixed.labels[kind]) if kind else "",
            [mixed.counts.get((kind, rule), 0) for rule in [*mixed.rules, NOTHING]],
        )
        for kind in [*mixed.kinds, NOTHING]
    ]


def timeline(drive: DriveScore) -> Markup:
    """The drive's labels over what fired, as SVG."""
    outcome = drive.outcome
    x = Scale(outcome.start_s, max(outcome.end_s, outcome.start_s + 1.0), _X0_PX, _X1_PX)
    parts, y_px = [], 2.0
    for group, members in groupby([*_labels(drive), *_alerts(drive)], key=lambda lane: lane.group):
        parts.append(text(0, y_px + 13, group, "group"))
        for lane in members:
            short = lane.label if len(lane.label) < 22 else lane.label[:21] + "\u2026"
            parts.append(text(_X0_PX - 8, y_px + 13, short, anchor="end", title=lane.label))
            parts.append(line(_X0_PX, y_px + _ROW_PX - 0.5, _X1_PX, y_px + _ROW_PX - 0.5, "hair"))
            top = y_px + (_ROW_PX - _BAR_PX) / 2
            parts += [
                rect(x(bar.start_s), top, max(x(bar.end_s) - x(bar.start_s), 2.0), _BAR_PX, bar.cls, title=bar.title)
                for bar in lane.bars
            ]
            y_px += _ROW_PX
    return element(
        "svg", *time_axis(x, y_px, y_px + 14), *parts,
        viewBox=f"0 0 {_WIDTH_PX} {y_px + 20:g}", role="img", aria_label="labels over alerts",
    )  # fmt: skip


def _labels(drive: DriveScore) -> list[Lane]:
    words = {event.label: event_words(event) for event in drive.events}
    gone = {event.label for event in drive.events if event.first(AUDIBLE) is None}
    found = []
    for kind in dict.fromkeys(label.kind for label in drive.labels):
        colour = "danger" if kind in DANGERS else "harmless" if kind in HARMLESS else "other"
        bars = []
        for label in (label for label in drive.labels if label.kind == kind):
            value = f" {label.value:g}" if kind == KSS and label.value is not None else ""
            title = words.get(label, f"{kind}{value} at {clock(label.start_s, 1)} for {label.length_s:.1f} s")
            bars.append(Bar(label.start_s, label.end_s, colour, title))
            if label in gone:
                bars.append(Bar(label.start_s, label.end_s, "missed", title))
        found.append(Lane("Labels", kind, "", bars))
    return found


def _alerts(drive: DriveScore) -> list[Lane]:
    colours = {Verdict.RIGHT: "right", Verdict.FALSE: "false"}
    begun = drive.begun()
    return [
        Lane(
            "Alerts",
            rule,
            "",
            [
                Bar(a.t_s, a.firing.end_s, colours.get(a.verdict, "open"), f"{alert_words(a)}: {a.verdict}")
                for a in begun
                if a.firing.rule == rule
            ],
        )
        for rule in dict.fromkeys(alert.firing.rule for alert in begun)
    ]
