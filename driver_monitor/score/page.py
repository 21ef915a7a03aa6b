"""A score as one HTML page that needs nothing else: figures, confusion, and each drive's labels over its alerts."""

from html import escape
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Final

from driver_monitor.labels.label import KSS
from driver_monitor.printable import ESCAPED
from driver_monitor.report.errors import cannot_write
from driver_monitor.report.svg import Scale, clock, line, rect, text, time_ticks
from driver_monitor.score.confusion import NOTHING, confusion
from driver_monitor.score.match import AUDIBLE, DriveScore, Verdict
from driver_monitor.score.rows import HEAD, UNKNOWN, alert_words, event_words, false, missed, remarks, rows, summary
from driver_monitor.score.score import Score
from driver_monitor.score.target import DANGERS, HARMLESS

_WIDTH_PX: Final = 1120
_X0_PX, _X1_PX = 196, 1108
_ROW_PX: Final = 18
_BAR_PX: Final = 10
_KEY: Final = (
    ("danger", "an event that asks for an alert"), ("missed", "missed"), ("harmless", "harmless"),
    ("other", "other label"), ("right", "right alert"), ("false", "false alert"), ("open", "not judged"),
)  # fmt: skip
_FOOT: Final = (
    "An event is caught when a rule that is there for it begins to fire, or to sound, from shortly before its label "
    "begins to shortly after it ends (0.5 s and 1 s; for drowsiness a minute either way). An alert is false when it "
    "begins outside every label that would explain it. Labels are what people saw, with people's mistakes. None of "
    "this is evidence of conformity with any regulation or protocol."
)


def write_page(path: Path, score: Score, header: dict[str, str]) -> None:
    """Raises :class:`~driver_monitor.report.errors.ReportError` where the file cannot be written."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(render(score, header), encoding="utf-8", errors=ESCAPED)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise cannot_write(path, error.strerror or str(error), "the score was not saved") from error


def render(score: Score, header: dict[str, str]) -> str:
    """``header``: where drives and alerts come from, in the order to be shown."""
    facts = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in header.items())
    said = "".join(f"<li>{escape(remark)}</li>" for remark in remarks(score))
    key = "".join(f'<li><i class="{cls}"></i>{escape(words)}</li>' for cls, words in _KEY)
    css = _resource("driver_monitor.report", "page.css") + _resource("driver_monitor.score", "score.css")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Alerts against labels</title>
<style>{css}</style>
</head>
<body>
<h1>Alerts against labels</h1>
<dl class="facts">{facts}</dl>
<p>{escape(summary(score))}.</p>
{f'<ul class="told">{said}</ul>' if said else ""}
<h2>Figures</h2>
{_figures(score)}
<h2>What was labelled, what fired <small>labels in which a rule began to fire</small></h2>
{_confusion(score)}
<h2>Drive by drive</h2>
<ul class="key">{key}</ul>
{"".join(_drive(drive) for drive in score.drives)}
<footer><h2>What this is</h2><p>{_FOOT}</p></footer>
</body>
</html>
"""


def _figures(score: Score) -> str:
    head = "".join(f'<th class="n">{escape(name)}</th>' if name else "<th></th>" for name in HEAD)
    body = ""
    for group, members in groupby(rows(score), key=lambda row: row.group):
        body += f'<tr class="head"><th colspan="{len(HEAD)}">{escape(group)}</th></tr>'
        for _, (name, *cells) in members:
            body += (
                f"<tr><td>{escape(name)}</td>"
                + "".join(f'<td class="n">{escape(cell)}</td>' for cell in cells)
                + "</tr>"
            )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _confusion(score: Score) -> str:
    mixed = confusion(score.drives)
    if not mixed.kinds and not mixed.rules:
        return "<p>Neither a label nor an alert.</p>"
    columns = [*mixed.rules, NOTHING]
    head = "<th></th><th class='n'>labels</th>" + "".join(
        f'<th class="n">{escape(c or "no alert")}</th>' for c in columns
    )
    body = ""
    for kind in [*mixed.kinds, NOTHING]:
        cells = [mixed.counts.get((kind, rule), 0) for rule in columns]
        shown = "".join(
            f'<td class="n hot">{cell}</td>' if cell else f'<td class="n muted">{UNKNOWN}</td>' for cell in cells
        )
        count = str(mixed.labels[kind]) if kind else ""
        body += f'<tr><td>{escape(kind or "nothing labelled")}</td><td class="n">{count}</td>{shown}</tr>'
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _drive(drive: DriveScore) -> str:
    outcome = drive.outcome
    driver = f", {escape(outcome.driver)}" if outcome.driver else ""
    told = [*missed(drive), *false(drive)]
    listed = "".join(f"<li>{escape(words)}</li>" for words in told)
    listed = f'<ul class="told">{listed}</ul>' if told else ""
    return (
        f"<section><h3>{escape(outcome.drive_id)}{driver} <small>{clock(outcome.duration_s)}</small></h3>"
        f"{timeline(drive)}{listed}</section>"
    )


def _resource(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")


def timeline(drive: DriveScore) -> str:
    """The drive's labels over what fired, as SVG."""
    outcome = drive.outcome
    x = Scale(outcome.start_s, max(outcome.end_s, outcome.start_s + 1.0), _X0_PX, _X1_PX)
    rows_ = [*_label_rows(drive, x), *_alert_rows(drive, x)]
    parts, y_px = [], 2.0
    for group, members in groupby(rows_, key=lambda row: row[0]):
        parts.append(text(0, y_px + 13, group, "group"))
        for _, name, bars in members:
            parts.append(
                text(_X0_PX - 8, y_px + 13, name if len(name) < 22 else name[:21] + "\u2026", anchor="end", title=name)
            )
            parts.append(line(_X0_PX, y_px + _ROW_PX - 0.5, _X1_PX, y_px + _ROW_PX - 0.5, "hair"))
            parts += [bar.replace('y="0"', f'y="{y_px + (_ROW_PX - _BAR_PX) / 2:g}"', 1) for bar in bars]
            y_px += _ROW_PX
    axis = ""
    for t_s in time_ticks(x.low, x.high):
        axis += line(x(t_s), 0, x(t_s), y_px, "grid")
        axis += text(x(t_s), y_px + 14, clock(t_s, 0 if t_s == int(t_s) else 1), "tick", anchor="middle")
    return (
        f'<figure><svg viewBox="0 0 {_WIDTH_PX} {y_px + 20:g}" role="img" aria-label="labels over alerts">'
        f"{axis}{''.join(parts)}</svg></figure>"
    )


_Rows = list[tuple[str, str, list[str]]]


def _label_rows(drive: DriveScore, x: Scale) -> _Rows:
    words = {event.label: event_words(event) for event in drive.events}
    gone = {event.label for event in drive.events if event.first(AUDIBLE) is None}
    found = []
    for kind in dict.fromkeys(label.kind for label in drive.labels):
        colour = "danger" if kind in DANGERS else "harmless" if kind in HARMLESS else "other"
        bars = []
        for label in (label for label in drive.labels if label.kind == kind):
            value = f" {label.value:g}" if kind == KSS and label.value is not None else ""
            title = words.get(label, f"{kind}{value} at {clock(label.start_s, 1)} for {label.length_s:.1f} s")
            bars.append(_bar(x, label.start_s, label.end_s, colour, title))
            if label in gone:
                bars.append(_bar(x, label.start_s, label.end_s, "missed", title))
        found.append(("Labels", kind, bars))
    return found


def _alert_rows(drive: DriveScore, x: Scale) -> _Rows:
    colours = {Verdict.RIGHT: "right", Verdict.FALSE: "false"}
    begun = drive.begun()
    return [
        (
            "Alerts",
            rule,
            [
                _bar(x, a.t_s, a.firing.end_s, colours.get(a.verdict, "open"), f"{alert_words(a)}: {a.verdict}")
                for a in begun
                if a.firing.rule == rule
            ],
        )
        for rule in dict.fromkeys(alert.firing.rule for alert in begun)
    ]


def _bar(x: Scale, start_s: float, end_s: float, cls: str, title: str) -> str:
    return rect(x(start_s), 0, max(x(end_s) - x(start_s), 2.0), _BAR_PX, cls, title=title)
