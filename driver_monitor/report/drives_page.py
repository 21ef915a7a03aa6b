"""Many drives as one HTML page: what each was like, who drove, which rules fired when."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

from driver_monitor.counted import counted
from driver_monitor.report import tables
from driver_monitor.report.html import NOT_THIS
from driver_monitor.report.page import page, write
from driver_monitor.state.alert import Level
from driver_monitor.timecode import clock
from driver_monitor.timeline.drive_summary import UNKNOWN, DriveSummary, added
from driver_monitor.timeline.judged import fine_percent
from driver_monitor.timeline.what_if import RuleCount, Stretch, WhatIf

_COURSES: Final = 300  # drawn; a page with more would not open at once
_ALERTS: Final = 4000  # listed on the whole page, a fair share a drive
_LEVELS: Final = tuple(level.word for level in sorted(Level, reverse=True))


def write_drives(
    path: Path,
    drives: Sequence[DriveSummary],
    header: Mapping[str, str],
    *,
    broken: Mapping[str, str] | None = None,
    what_if: WhatIf | None = None,
) -> None:
    """``broken``: why a drive could not be read, by its name. ``what_if`` names the two configs compared, no matches.

    Raises :class:`~driver_monitor.report.errors.ReportError` where the file cannot be written.
    """
    write(path, render(drives, header, broken=broken, what_if=what_if))


def render(
    drives: Sequence[DriveSummary],
    header: Mapping[str, str],
    *,
    broken: Mapping[str, str] | None = None,
    what_if: WhatIf | None = None,
) -> str:
    """The page's text; see :func:`write_drives`."""
    compared = ""
    if what_if is not None:
        compared = f"<h2>Two configs</h2>{tables.what_if_names(what_if)}{_compared(drives)}{tables.changes(what_if)}"
    lacking = [f"{name}: {reason}" for name, reason in (broken or {}).items()]
    body = f"""{tables.facts(header)}
{tables.problems(lacking, "These drives could not be read")}
{_tiles(drives)}
<h2>By driver</h2>
{_by_driver(drives)}
{compared}
<h2>Alerts by rule and hour of the day <small>UTC; how often each rule fired, and how long was driven</small></h2>
{_by_hour(drives)}
<h2>Drives</h2>
{_table(drives)}
<h2>Course of each drive</h2>
{_courses(drives)}
<footer><h2>What this is not</h2><p>{NOT_THIS}</p></footer>"""
    return page(counted(len(drives), "drive"), body)


def _tiles(drives: Sequence[DriveSummary]) -> str:
    driven_s = sum(drive.duration_s for drive in drives)
    told = sum(drive.told for drive in drives)
    judged_s = sum(drive.judged_s for drive in drives)
    levels = _sum(drive.levels for drive in drives)
    found = [
        tables.tile("Drives", f"{len(drives):,}", counted(len(added(drives)), "driver")),
        tables.tile("Driven", f"{driven_s / 3600:.1f} h", counted(sum(drive.frames for drive in drives), "frame")),
        tables.tile("Driver judged", _percent(judged_s, driven_s), "face tracked, nothing degraded"),
        tables.tile("Alerts an hour", _rate(told, driven_s), "warnings and above"),
    ]
    found += [
        tables.tile(f"{level.capitalize()} alerts", f"{levels[level]:,}", _rate(levels[level], driven_s) + " an hour",
                    level if levels[level] else "")
        for level in _LEVELS
    ]  # fmt: skip
    return f'<ul class="tiles">{"".join(found)}</ul>'


def _by_driver(drives: Sequence[DriveSummary]) -> str:
    head = tables.head(
        ("Driver", ""), ("Drives", "n"), ("Hours", "n"), ("Alerts an hour", "n"), ("Critical", "n"),
        ("PERCLOS mean", "n"), ("highest", "n"), ("Blinks a minute", "n"), ("Blink length", "n"), ("Judged", "n"),
    )  # fmt: skip
    rows = ""
    for name, own in added(drives).items():
        driven_s = sum(drive.duration_s for drive in own)
        levels = _sum(drive.levels for drive in own)
        said = '<span class="muted">unknown</span>' if name == UNKNOWN else escape(name)
        rows += _row(
            said,
            f"{len(own):,}",
            f"{driven_s / 3600:.2f}",
            _rate(sum(drive.told for drive in own), driven_s),
            f"{levels['critical'] + levels['unresponsive']:,}",
            fine_percent(_mean(own, lambda d: d.perclos_60s_mean, lambda d: d.perclos_known_s)),
            fine_percent(max((d.perclos_60s_max for d in own if d.perclos_60s_max is not None), default=None)),
            _figure(_mean(own, lambda d: d.blinks_per_min, lambda d: d.eyes_known_s), "{:.1f}"),
            _figure(_mean(own, lambda d: d.blink_duration_s, lambda d: float(d.blinks)), "{:.2f} s"),
            _percent(sum(drive.judged_s for drive in own), driven_s),
        )
    return f"<table>{head}<tbody>{rows}</tbody></table>"


def _by_hour(drives: Sequence[DriveSummary]) -> str:
    """One row a rule, one column an hour in which was driven; the darker, the more often an hour."""
    rules = _sum(drive.alerts for drive in drives)
    if not rules:
        return "<p>No alert fired.</p>"
    hours_s: Counter[int] = Counter()
    fired: dict[int, Counter[str]] = {}
    for drive in drives:
        hours_s.update(drive.hours_s)
        for hour, counts in drive.at_hours.items():
            fired.setdefault(hour, Counter()).update(counts)
    hours = sorted(hours_s)
    driven_s = sum(drive.duration_s for drive in drives)
    rates = {
        (rule, hour): fired.get(hour, Counter())[rule] / max(hours_s[hour], 360) for rule in rules for hour in hours
    }
    most = max(rates.values(), default=0.0) or 1.0
    head = tables.head(
        ("Rule", ""), *((f"{hour}", "n") for hour in hours), ("all", "n"), ("an hour", "n"), ("drives", "n")
    )
    rows = ""
    for rule, count in rules.most_common():
        cells = ""
        for hour in hours:
            number = fired.get(hour, Counter())[rule]
            shade = f" warm{min(4, 1 + int(4 * rates[rule, hour] / most))}" if number else ""
            cells += f'<td class="n{shade}">{number or ""}</td>'
        share = sum(rule in drive.alerts for drive in drives)
        rows += (
            f'<tr><td><code>{escape(rule)}</code></td>{cells}<td class="n">{count:,}</td>'
            f'<td class="n">{_rate(count, driven_s)}</td><td class="n">{share:,}</td></tr>'
        )
    driven = "".join(f'<td class="n">{hours_s[hour] / 3600:.1f}</td>' for hour in hours)
    last = (
        f'<tr class="sum"><td>hours driven</td>{driven}<td class="n">{driven_s / 3600:.1f}</td><td></td><td></td></tr>'
    )
    return f'<div class="scroll"><table class="tight">{head}<tbody>{rows}{last}</tbody></table></div>'


def _table(drives: Sequence[DriveSummary]) -> str:
    head = tables.head(
        ("Drive", ""), ("Driver", ""), ("Vehicle", ""), ("Length", "n"), ("Gaps", "n"), ("Judged", "n"),
        ("Alerts an hour", "n"), ("Alerts by rule", ""), ("PERCLOS highest", "n"),
    )  # fmt: skip
    rows = ""
    for number, drive in enumerate(drives):
        name = escape(drive.drive_id)
        rules = ", ".join(f"{escape(rule)} {count}" for rule, count in Counter(drive.alerts).most_common())
        gaps = f"{drive.gaps}, {drive.unseen_s:.0f} s" if drive.gaps else "0"
        rows += _row(
            f'<a href="#drive-{number}">{name}</a>' if number < _COURSES else name,
            escape(drive.driver),
            escape(drive.vehicle),
            clock(drive.duration_s),
            gaps,
            _percent(drive.judged_s, drive.duration_s),
            _rate(drive.told, drive.duration_s),
            rules or '<span class="muted">none</span>',
            fine_percent(drive.perclos_60s_max),
            words=(0, 1, 2, 7),
        )
    return f'<div class="scroll"><table class="tight">{head}<tbody>{rows}</tbody></table></div>'


def _courses(drives: Sequence[DriveSummary]) -> str:
    listed = max(3, _ALERTS // max(len(drives), 1))
    parts = []
    for number, drive in enumerate(drives[:_COURSES]):
        lacks = "".join(f"<li>{escape(problem)}</li>" for problem in (*drive.problems, *drive.notes))
        parts.append(
            f'<section class="drive" id="drive-{number}"><h3>{escape(drive.drive_id)}</h3>'
            f'<p class="muted">{escape(drive.driver)} in {escape(drive.vehicle)}, {clock(drive.duration_s)}, '
            f"{_percent(drive.judged_s, drive.duration_s)} judged</p>"
            f"{f'<ul class=muted>{lacks}</ul>' if lacks else ''}<figure>{drive.course}</figure>"
            f"{_fired(drive, listed)}</section>"
        )
    rest = len(drives) - _COURSES
    if rest > 0:
        further = counted(rest, "further drive is", "further drives are")
        parts.append(f'<p class="muted">{further} in the table and not drawn.</p>')
    return "".join(parts)


def _fired(drive: DriveSummary, most: int) -> str:
    total = sum(drive.alerts.values())
    if not total:
        return '<p class="muted">No alert fired.</p>'
    shown = drive.kept[:most]
    rows = "".join(_firing(each) for each in shown)
    more = f'<p class="muted">and {total - len(shown):,} more</p>' if total > len(shown) else ""
    words = counted(total, "alert")
    return f"<details><summary>{words}</summary><table class=stack><tbody>{rows}</tbody></table>{more}</details>"


def _firing(each: Stretch) -> str:
    return (
        f'<tr><td class="n">{clock(each.start_s, 1)}</td><td class="n">{each.end_s - each.start_s:.1f} s</td>'
        f"<td>{tables.level(each.level)}</td><td><code>{escape(each.rule)}</code></td>"
        f'<td class="long">{escape(tables.because(each.evidence))}</td></tr>'
    )


def _compared(drives: Sequence[DriveSummary]) -> str:
    """Both configs' firings by rule over all drives, then the drives in which they differ."""
    totals: dict[str, RuleCount] = {}
    for drive in drives:
        for count in drive.compared:
            total = totals.setdefault(count.rule, RuleCount(count.rule))
            total.both += count.both
            total.only_first += count.only_first
            total.only_second += count.only_second
            total.later_s += count.later_s
    if not totals:
        return "<p>Neither config raises an alert in these drives.</p>"
    differing = [
        (number, drive, sum(c.only_first for c in drive.compared), sum(c.only_second for c in drive.compared))
        for number, drive in enumerate(drives)
    ]
    differing = [each for each in differing if each[2] or each[3]]
    by_rule = tables.rule_counts([totals[rule] for rule in sorted(totals)])
    if not differing:
        return f"{by_rule}<p>Both configs raise the same alerts in every drive.</p>"
    head = tables.head(("Drive", ""), ("only in A", "n"), ("only in B", "n"), ("Rules", ""))
    rows = ""
    for number, drive, first, second in sorted(differing, key=lambda each: -(each[2] + each[3]))[:_COURSES]:
        rules = ", ".join(escape(c.rule) for c in drive.compared if c.only_first or c.only_second)
        name = escape(drive.drive_id)
        link = f'<a href="#drive-{number}">{name}</a>' if number < _COURSES else name
        rows += _row(link, str(first or ""), str(second or ""), rules, words=(0, 3))
    return f"{by_rule}<h3>Drives in which they differ</h3><table>{head}<tbody>{rows}</tbody></table>"


def _row(*cells: str, words: Sequence[int] = (0,)) -> str:
    """Cells of HTML; those not in ``words`` are figures."""
    tds = "".join(f"<td{'' if place in words else ' class=n'}>{cell}</td>" for place, cell in enumerate(cells))
    return f"<tr>{tds}</tr>"


def _sum(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return total


def _mean(
    drives: Sequence[DriveSummary],
    value: Callable[[DriveSummary], float | None],
    weight: Callable[[DriveSummary], float],
) -> float | None:
    """Weighted, over the drives in which the value is known."""
    known = [(found, weight(drive)) for drive in drives if (found := value(drive)) is not None]
    whole = sum(each for _, each in known)
    return sum(found * each for found, each in known) / whole if whole else None


def _rate(count: int, duration_s: float) -> str:
    """Firings an hour; below ten minutes that would be a guess."""
    return f"{count / duration_s * 3600:.1f}" if duration_s >= tables.RATE_FROM_S else tables.NO_VALUE


def _percent(part: float, whole: float) -> str:
    return fine_percent(part / whole if whole > 0 else None)


def _figure(value: float | None, form: str) -> str:
    return tables.NO_VALUE if value is None else form.format(value)
