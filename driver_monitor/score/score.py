"""Alerts of any number of drives against what people saw in them. No file is read here, and nothing is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from driver_monitor.score.figures import Figures, figures
from driver_monitor.score.match import AUDIBLE, DriveScore, Verdict, match
from driver_monitor.score.outcome import DriveOutcome
from driver_monitor.score.tally import Tally, of_kinds, of_level, of_rule
from driver_monitor.state.alert import Level

RESAMPLES: Final = 2000


@dataclass(frozen=True, slots=True)
class Score:
    """``levels``: alerts at this level or above, against every event. ``kinds``: events of a kind, against audible
    alerts of the rules for it. ``rules``: each rule's alerts, silent ones included, against the events it is there for
    and that no other rule's audible alert answered in its place.

    ``grouped_by`` is what the intervals draw: drivers where there are two or more, else drives.
    """

    drives: tuple[DriveScore, ...]
    levels: dict[Level, Figures]
    kinds: dict[str, Figures]
    rules: dict[str, Figures]
    grouped_by: str
    groups: int
    labelled_only: bool = False

    @property
    def total(self) -> Figures:
        """Audible alerts, warnings and above, against every event."""
        return self.levels[AUDIBLE]

    @property
    def judged_s(self) -> float:
        return sum(drive.judged_s for drive in self.drives)

    def audible(self, verdict: Verdict) -> int:
        return sum(alert.verdict is verdict for drive in self.drives for alert in drive.at(AUDIBLE))


def score(drives: Sequence[DriveOutcome], *, labelled_only: bool = False, resamples: int = RESAMPLES) -> Score:
    """``labelled_only`` restricts it to labelled stretches, see :func:`match`; ``resamples=0`` leaves out intervals.

    Drives of an unknown driver are a driver each.
    """
    matched = tuple(match(drive, labelled_only=labelled_only) for drive in drives)
    names = [drive.driver or f"\0{drive.drive_id}" for drive in drives]
    by_driver = len({drive.driver for drive in drives if drive.driver}) > 1
    places = {name: place for place, name in enumerate(dict.fromkeys(names))} if by_driver else {}
    groups = len(places) if by_driver else len(drives)

    def row(tally: Callable[[DriveScore], Tally]) -> Figures:
        sums = [Tally() for _ in range(groups)]
        for index, drive in enumerate(matched):
            sums[places[names[index]] if by_driver else index].add(tally(drive))
        return figures(sums, resamples)

    kinds = sorted({event.label.kind for drive in matched for event in drive.events})
    rules = dict.fromkeys(name for drive in drives for name in drive.targets)
    rules |= dict.fromkeys(firing.rule for drive in drives for firing in drive.firings)
    return Score(
        matched,
        {level: row(lambda drive, level=level: of_level(drive, level)) for level in Level},  # type: ignore[misc]
        {kind: row(lambda drive, kind=kind: of_kinds(drive, (kind,))) for kind in kinds},  # type: ignore[misc]
        {rule: row(lambda drive, rule=rule: of_rule(drive, rule)) for rule in rules},  # type: ignore[misc]
        "driver" if by_driver else "drive",
        groups,
        labelled_only,
    )
