"""The matrix as a table: on the terminal, and as markdown for ``scripts/README.md``."""

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table

from driver_monitor.conformance.hours import Tally
from driver_monitor.conformance.judge import Outcome
from driver_monitor.conformance.stimulus import MatrixRow

PER_HOUR = 1.0  # R16: not more than one audible alert in an hour of attentive driving

UNCLAIMED = "-"


def terminal(rows: Sequence[MatrixRow], outcomes: Sequence[Outcome], presets: Sequence[str], title: str) -> Table:
    found = {(outcome.row, outcome.preset): outcome for outcome in outcomes}
    drawn = Table(title=title)
    for column in ("row", "situation", "warned", "not warned", *presets):
        drawn.add_column(column)
    for row in rows:
        cells = []
        for preset in presets:
            outcome = found.get((row.id, preset))
            text = outcome.measured if outcome else UNCLAIMED
            cells.append(text if not outcome or outcome.holds else f"[red]{text} FAILS[/red]")
        drawn.add_row(row.id, row.situation, row.due, row.never, *cells)
    return drawn


def markdown(
    rows: Sequence[MatrixRow], outcomes: Sequence[Outcome], tallies: Mapping[str, Tally], presets: Sequence[str]
) -> str:
    found = {(outcome.row, outcome.preset): outcome for outcome in outcomes}

    def lines() -> Iterator[str]:
        yield f"| row | situation | warning due | must not warn | modelled on | {' | '.join(presets)} |"
        yield f"|{'---|' * (5 + len(presets))}"
        for row in rows:
            cells = []
            for preset in presets:
                outcome = found.get((row.id, preset))
                text = outcome.measured if outcome else UNCLAIMED
                cells.append(text if not outcome or outcome.holds else f"**{text} (fails)**")
            facts = (row.id, row.situation, row.due or UNCLAIMED, row.never or UNCLAIMED, row.source)
            yield f"| {' | '.join((*facts, *cells))} |"
        if tallies:
            yield ""
            yield f"| {' | '.join(_HOURS)} |"
            yield f"|{'---|' * len(_HOURS)}"
            for name, tally in tallies.items():
                yield f"| {' | '.join(_figures(name, tally))} |"

    return "\n".join(lines()) + "\n"


_HOURS = (
    "preset",
    "attentive hours",
    "audible alerts",
    "an hour (95 %)",
    "by rule",
    "microsleeps",
    "sleeps",
    "long looks",
)


def hours_table(tallies: Mapping[str, Tally]) -> Table:
    drawn = Table(title="R16: simulated hours of attentive driving with lapses put in")
    for column in _HOURS:
        drawn.add_column(column)
    for name, tally in tallies.items():
        drawn.add_row(*_figures(name, tally))
    return drawn


def _figures(name: str, tally: Tally) -> tuple[str, ...]:
    low, high = tally.interval
    rules = ", ".join(f"{rule} {count}" for rule, count in tally.false.most_common()) or UNCLAIMED
    kinds = (f"{tally.caught[kind]} of {tally.put_in[kind]}" for kind in ("microsleep", "sleep", "long_look"))
    rate = f"{tally.per_hour:.2f} ({low:.2f} to {high:.2f})"
    return (name, f"{tally.hours:.1f}", str(sum(tally.false.values())), rate, rules, *kinds)


def hours_row() -> MatrixRow:
    return MatrixRow(
        "R16", "hours of attentive driving", "lapses put in", "more than once an hour", "peers' figures", ()
    )


def hours_outcomes(tallies: Mapping[str, Tally]) -> list[Outcome]:
    """R16 holds where alerts come at most once an hour and every lapse put in was warned of."""
    found = []
    for name, tally in tallies.items():
        outcome = Outcome("R16", name, note=f"{tally.per_hour:.2f}/h")
        if tally.per_hour > PER_HOUR:
            outcome.wrong.append(f"{tally.per_hour:.2f} audible alerts an hour: {dict(tally.false)}")
        if not tally.all_caught:
            missed = [f"{kind} in hour {number} at {t_s:.0f} s" for number, t_s, kind in tally.missed]
            outcome.wrong.append(f"missed: {', '.join(missed)}")
        found.append(outcome)
    return found
