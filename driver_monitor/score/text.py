"""A score on the terminal."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from driver_monitor.labels.label import KSS
from driver_monitor.score.match import DriveScore, Verdict
from driver_monitor.score.rows import HEAD, false, missed, remarks, rows, summary
from driver_monitor.score.score import Score
from driver_monitor.timecode import clock

_COLUMNS: Final = 72
_TOLD: Final = 10  # missed events and false alerts of a drive; the page has them all
_SIGNS: Final = {Verdict.RIGHT: "+", Verdict.FALSE: "!", Verdict.UNLABELLED: "?", Verdict.NOT_JUDGED: "?"}


def score_text(score: Score) -> str:
    """Tables of figures, then each drive's course: labels over alerts, what was missed, what was false."""
    lines = [summary(score), *(f"- {remark}" for remark in remarks(score))]
    found = list(rows(score))
    widths = [max(map(len, column)) for column in zip(HEAD, *(row.cells for row in found), strict=True)]
    lines += ["", _line(HEAD, widths)]
    for group, members in groupby(found, key=lambda row: row.group):
        lines += [group, *(_line(row.cells, widths) for row in members)]
    for drive in score.drives:
        lines += ["", *_drive(drive)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"  {first}  {'  '.join(rest)}".rstrip()


def _drive(drive: DriveScore) -> Iterator[str]:
    outcome = drive.outcome
    driver = f", {outcome.driver}" if outcome.driver else ""
    yield f"{outcome.drive_id}{driver}, {clock(outcome.duration_s)}  (= labelled, + right, ! false, ? not judged)"
    yield from course(drive)
    for said in (missed(drive), false(drive)):
        yield from (f"  {words}" for words in said[:_TOLD])
        if len(said) > _TOLD:
            yield f"  {said[0].partition(':')[0]}: {len(said) - _TOLD} more"


def course(drive: DriveScore, columns: int = _COLUMNS) -> Iterator[str]:
    """One line a kind of label and one a rule that fired, all on the drive's time from left to right."""
    kinds = list(dict.fromkeys(label.kind for label in drive.labels if label.kind != KSS))
    rules = list(dict.fromkeys(alert.firing.rule for alert in drive.begun()))
    width = max(map(len, [*kinds, *rules]), default=0)
    for place, kind in enumerate(kinds):
        spans = [(label.start_s, label.end_s, "=") for label in drive.labels if label.kind == kind]
        yield f"  {'' if place else 'labels':6}  {kind:{width}} |{_strip(drive, spans, columns)}|"
    for place, rule in enumerate(rules):
        firing = [alert for alert in drive.begun() if alert.firing.rule == rule]
        spans = [(alert.t_s, alert.firing.end_s, _SIGNS[alert.verdict]) for alert in firing]
        yield f"  {'' if place else 'alerts':6}  {rule:{width}} |{_strip(drive, spans, columns)}|"


def _strip(drive: DriveScore, spans: Sequence[tuple[float, float, str]], columns: int) -> str:
    """A false alert is never hidden behind a right one in the same column."""
    cells = [" "] * columns
    start_s, length_s = drive.outcome.start_s, max(drive.outcome.duration_s, 1e-9)
    for first_s, last_s, sign in sorted(spans, key=lambda span: span[2] == "!"):
        first = min(max(int((first_s - start_s) / length_s * columns), 0), columns - 1)
        last = min(max(int((last_s - start_s) / length_s * columns), first), columns - 1)
        cells[first : last + 1] = sign * (last + 1 - first)
    return "".join(cells)
