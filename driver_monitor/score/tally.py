"""Counts behind one row of a score, for one drive or for several added up."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from driver_monitor.score.match import AUDIBLE, DriveScore, Event, Judged, Verdict
from driver_monitor.state.alert import Level


@dataclass(slots=True)
class Tally:
    """``alerts``: right or false; those that labels say nothing of are not among them.

    ``by_others``: of a rule's events those that it did not catch and need not, because another rule's audible alert
    did: eyes that open again after a microsleep alert are no task for the rule of a sleep.
    """

    events: int = 0
    caught: int = 0
    alerts: int = 0
    false: int = 0
    surely_false: int = 0
    judged_s: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    by_others: int = 0

    @property
    def asked(self) -> int:
        """The events that sensitivity is a share of."""
        return self.events - self.by_others

    def add(self, other: "Tally") -> None:
        self.events += other.events
        self.caught += other.caught
        self.by_others += other.by_others
        self.alerts += other.alerts
        self.false += other.false
        self.surely_false += other.surely_false
        self.judged_s += other.judged_s
        self.latencies_s += other.latencies_s


def of_level(drive: DriveScore, level: Level) -> Tally:
    """Every event, against alerts at this level or above."""
    return _tally(drive, drive.events, drive.at(level), level)


def of_kinds(drive: DriveScore, kinds: Collection[str]) -> Tally:
    """Events of these kinds, against the audible alerts of the rules that are there for one of them."""
    targets = drive.outcome.targets
    rules = {name for name, target in targets.items() if not target.detects.isdisjoint(kinds)}
    events = [event for event in drive.events if event.label.kind in kinds]
    return _tally(drive, events, [a for a in drive.at(AUDIBLE) if a.firing.rule in rules], AUDIBLE)


def of_rule(drive: DriveScore, rule: str) -> Tally:
    """Events of the kinds a rule is there for, against its alerts, silent ones included."""
    target = drive.outcome.targets.get(rule)
    events = [event for event in drive.events if target and event.label.kind in target.detects]
    return _tally(drive, events, [a for a in drive.begun() if a.firing.rule == rule], Level.INFO, rule)


def _tally(
    drive: DriveScore, events: Iterable[Event], alerts: Iterable[Judged], level: Level, rule: str | None = None
) -> Tally:
    tally = Tally(judged_s=drive.judged_s)
    for event in events:
        tally.events += 1
        latency_s = event.latency_s(level, rule)
        if latency_s is not None:
            tally.caught += 1
            tally.latencies_s.append(latency_s)
        elif rule is not None:
            tally.by_others += event.first(AUDIBLE) is not None
    for alert in alerts:
        tally.alerts += alert.verdict in (Verdict.RIGHT, Verdict.FALSE)
        tally.false += alert.verdict is Verdict.FALSE
        tally.surely_false += alert.surely_false
    return tally
