"""Many drives as one HTML page: what each was like, who drove, which rules fired when."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from driver_monitor.counted import counted
from driver_monitor.report import tables
from driver_monitor.report.page import page, write
from driver_monitor.state.alert import Level
from driver_monitor.timecode import clock
from driver_monitor.timeline.drive_summary import UNKNOWN, DriveSummary, added
from driver_monitor.timeline.judged import fine_percent
from driver_monitor.timeline.what_if import RuleCount, WhatIf

_COURSES: Final = 300  # drawn; a page with more would not open at once
_ALERTS: Final = 4000  # listed on the whole page, a fair share a drive
_SHADES: Final = 4  # of the table by hour
_SHORTEST_S: Final = 360.0  # a rate of less than a tenth of an hour would outshine all others
_LEVELS: Final = tuple(level.word for level in sorted(Level, reverse=True))


class Row(NamedTuple):
    """``figures`` are the cells that stand to the right."""

    name: str
    figures: list[str]


class Cell(NamedTuple):
    """How often a rule fired in one hour of the day; ``warmth``: how often an hour of driving, from 0 to 4."""

    fired: int
    warmth: int


class RuleHours(NamedTuple):
    """One row of the table by hour."""

    rule: str
    cells: list[Cell]
    total: str
    rate: str
    drives: str


class ByHour(NamedTuple):
    """One row a rule, one column an hour in which was driven. ``driven_h``: hours driven, in all of them last."""

    hours: list[int]
    rules: list[RuleHours]
    driven_h: list[str]


class Listed(NamedTuple):
    """A row of the table of drives; ``drawn``: its course is on the page."""

    drive: DriveSummary
    drawn: bool
    length: str
    gaps: str
    judged: str
    rate: str
    rules: list[tuple[str, int]]
    perclos: str


class Course(NamedTuple):
    """What is drawn and listed of one drive."""

    drive: DriveSummary
    length: str
    judged: str
    fired: tables.Alerts


class Differing(NamedTuple):
    """A drive in which two configs raise different alerts; ``number``: its place among all."""

    number: int
    drive_id: str
    only_first: int
    only_second: int
    rules: list[str]


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
    listed = max(3, _ALERTS // max(len(drives), 1))
    return page(
        "report/drives.html",
        title=counted(len(drives), "drive"),
        header=header,
        broken=[f"{name}: {reason}" for name, reason in (broken or {}).items()],
        tiles=_tiles(drives),
        drivers=_by_driver(drives),
        unknown=UNKNOWN,
        what_if=None if what_if is None else tables.what_if(what_if),
        counts=tables.rule_counts(_totals(drives)),
        differing=_differing(drives),
        by_hour=_by_hour(drives),
        drives=[_listed(drive, number < _COURSES) for number, drive in enumerate(drives)],
        courses=[_course(drive, listed) for drive in drives[:_COURSES]],
        not_drawn=len(drives) - _COURSES,
    )


def _tiles(drives: Sequence[DriveSummary]) -> list[tables.Tile]:
    driven_s = sum(drive.duration_s for drive in drives)
    told = sum(drive.told for drive in drives)
    judged_s = sum(drive.judged_s for drive in drives)
    levels = _sum(drive.levels for drive in drives)
    found = [
        tables.Tile("Drives", f"{len(drives):,}", counted(len(added(drives)), "driver")),
        tables.Tile("Driven", f"{driven_s / 3600:.1f} h", counted(sum(drive.frames or 0 for drive in drives), "frame")),
        tables.Tile("Driver judged", _percent(judged_s, driven_s), "face tracked, nothing degraded"),
        tables.Tile("Alerts an hour", _rate(told, driven_s), "warnings and above"),
    ]
    found += [
        tables.Tile(f"{level.capitalize()} alerts", f"{levels[level]:,}", _rate(levels[level], driven_s) + " an hour",
                    level if levels[level] else "")
        for level in _LEVELS
    ]  # fmt: skip
    return found


def _by_driver(drives: Sequence[DriveSummary]) -> list[Row]:
    rows = []
    for name, own in added(drives).items():
        driven_s = sum(drive.duration_s for drive in own)
        levels = _sum(drive.levels for drive in own)
        figures = [
            f"{len(own):,}",
            f"{driven_s / 3600:.2f}",
            _rate(sum(drive.told for drive in own), driven_s),
            f"{levels['critical'] + levels['unresponsive']:,}",
            fine_percent(_mean(own, lambda d: d.perclos_60s_mean, lambda d: d.perclos_known_s)),
            fine_percent(max((d.perclos_60s_max for d in own if d.perclos_60s_max is not None), default=None)),
            _figure(_mean(own, lambda d: d.blinks_per_min, lambda d: d.blinks_counted_s), "{:.1f}"),
            _figure(_mean(own, lambda d: d.blink_duration_s, lambda d: float(d.blinks or 0)), "{:.2f} s"),
            _percent(sum(drive.judged_s for drive in own), driven_s),
        ]
        rows.append(Row(name, figures))
    return rows


def _by_hour(drives: Sequence[DriveSummary]) -> ByHour:
    rules = _sum(drive.alerts for drive in drives)
    hours_s: Counter[int] = Counter()
    fired: dict[int, Counter[str]] = {}
    for drive in drives:
        hours_s.update(drive.hours_s)
        for hour, counts in drive.at_hours.items():
            fired.setdefault(hour, Counter()).update(counts)
    hours = sorted(hours_s)
    driven_s = sum(drive.duration_s for drive in drives)
    rates = {
        (rule, hour): fired.get(hour, Counter())[rule] / max(hours_s[hour], _SHORTEST_S)
        for rule in rules
        for hour in hours
    }
    most = max(rates.values(), default=0.0) or 1.0
    found = []
    for rule, count in rules.most_common():
        cells = []
        for hour in hours:
            number = fired.get(hour, Counter())[rule]
            warmth = min(_SHADES, 1 + int(_SHADES * rates[rule, hour] / most)) if number else 0
            cells.append(Cell(number, warmth))
        share = sum(rule in drive.alerts for drive in drives)
        found.append(RuleHours(rule, cells, f"{count:,}", _rate(count, driven_s), f"{share:,}"))
    return ByHour(hours, found, [f"{each / 3600:.1f}" for each in (*(hours_s[hour] for hour in hours), driven_s)])


def _listed(drive: DriveSummary, drawn: bool) -> Listed:
    return Listed(
        drive,
        drawn,
        clock(drive.duration_s),
        f"{drive.gaps}, {drive.unseen_s:.0f} s" if drive.gaps else "0",
        _percent(drive.judged_s, drive.duration_s),
        _rate(drive.told, drive.duration_s),
        Counter(drive.alerts).most_common(),
        fine_percent(drive.perclos_60s_max),
    )


def _course(drive: DriveSummary, most: int) -> Course:
    fired = [tables.fired(each, each.end_s) for each in drive.kept[:most]]
    rest = sum(drive.alerts.values()) - len(fired)
    judged = _percent(drive.judged_s, drive.duration_s)
    return Course(drive, clock(drive.duration_s), judged, tables.Alerts(fired, rest))


def _totals(drives: Sequence[DriveSummary]) -> list[RuleCount]:
    """Both configs' firings over all drives, one line a rule, by name."""
    totals: dict[str, RuleCount] = {}
    for drive in drives:
        for count in drive.compared:
            total = totals.setdefault(count.rule, RuleCount(count.rule))
            total.both += count.both
            total.only_first += count.only_first
            total.only_second += count.only_second
            total.later_s += count.later_s
    return [totals[rule] for rule in sorted(totals)]


def _differing(drives: Sequence[DriveSummary]) -> list[Differing]:
    """The drives in which two configs differ most, those first."""
    found = []
    for number, drive in enumerate(drives):
        counts = [count for count in drive.compared if count.only_first or count.only_second]
        if counts:
            first, second = sum(c.only_first for c in counts), sum(c.only_second for c in counts)
            found.append(Differing(number, drive.drive_id, first, second, [count.rule for count in counts]))
    return sorted(found, key=lambda each: -(each.only_first + each.only_second))[:_COURSES]


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
