"""The matrix as a table: on the terminal, and as markdown for the README."""

from collections.abc import Iterator, Sequence

from rich.table import Table

from scripts.acceptance.judge import Outcome
from scripts.acceptance.rows import MatrixRow

UNCLAIMED = "-"


def terminal(rows: Sequence[MatrixRow], outcomes: Sequence[Outcome], profiles: Sequence[str], title: str) -> Table:
    found = {(outcome.row, outcome.profile): outcome for outcome in outcomes}
    drawn = Table(title=title)
    for column in ("row", "situation", "warned", "not warned", *profiles):
        drawn.add_column(column)
    for row in rows:
        cells = []
        for profile in profiles:
            outcome = found.get((row.id, profile))
            text = outcome.measured if outcome else UNCLAIMED
            cells.append(text if not outcome or outcome.holds else f"[red]{text} FAILS[/red]")
        drawn.add_row(row.id, row.situation, row.due, row.never, *cells)
    return drawn


def markdown(rows: Sequence[MatrixRow], outcomes: Sequence[Outcome], profiles: Sequence[str]) -> str:
    found = {(outcome.row, outcome.profile): outcome for outcome in outcomes}

    def lines() -> Iterator[str]:
        yield f"| row | situation | warning due | must not warn | modelled on | {' | '.join(profiles)} |"
        yield f"|{'---|' * (5 + len(profiles))}"
        for row in rows:
            cells = []
            for profile in profiles:
                outcome = found.get((row.id, profile))
                text = outcome.measured if outcome else UNCLAIMED
                cells.append(text if not outcome or outcome.holds else f"**{text} (fails)**")
            facts = (row.id, row.situation, row.due or UNCLAIMED, row.never or UNCLAIMED, row.source)
            yield f"| {' | '.join((*facts, *cells))} |"

    return "\n".join(lines()) + "\n"
