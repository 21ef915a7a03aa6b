"""Events and alerts of one drive held against each other.

An alert counts from the moment it begins, or reaches a level; that it goes on firing answers no further event, so that
an alarm that never ends is not a perfect one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from driver_monitor.labels.label import KSS, Label
from driver_monitor.score.firing import Firing
from driver_monitor.score.outcome import DriveOutcome
from driver_monitor.score.target import DANGERS, HARMLESS, Target, window
from driver_monitor.state.alert import Level

AUDIBLE: Final = Level.WARNING
_NO_TARGET: Final = Target()


class Verdict(StrEnum):
    RIGHT = "right"
    FALSE = "false"
    UNLABELLED = "unlabelled"  # with labelled_only: nobody said what happened there
    NOT_JUDGED = "not judged"  # no kind of label speaks of what the rule says


@dataclass(frozen=True, slots=True)
class Answer:
    """A firing that belongs to an event, with what each of its steps took; negative: before the labelled start."""

    firing: Firing
    label: Label

    def latency_s(self, level: Level) -> float | None:
        """From the event's start to the firing's reaching this level, None where that was not in time."""
        t_s = self.firing.reached_s(level)
        return t_s - self.label.start_s if t_s is not None and _belongs(t_s, self.label) else None


@dataclass(frozen=True, slots=True)
class Event:
    """A label that asks for an alert. ``still_firing``: rules whose alert was on already when it began."""

    label: Label
    answers: tuple[Answer, ...]
    still_firing: tuple[str, ...] = ()

    def first(self, level: Level, rule: str | None = None) -> Answer | None:
        """The first answer at this level or above, from this rule or any; None: not caught."""
        found = [
            (latency_s, place)
            for place, answer in enumerate(self.answers)
            if (rule is None or answer.firing.rule == rule) and (latency_s := answer.latency_s(level)) is not None
        ]
        return self.answers[min(found)[1]] if found else None

    def latency_s(self, level: Level, rule: str | None = None) -> float | None:
        """How long the first answer took."""
        answer = self.first(level, rule)
        return None if answer is None else answer.latency_s(level)


@dataclass(frozen=True, slots=True)
class Judged:
    """A firing at one level: when it reached that level, and whether it was right to."""

    firing: Firing
    level: Level
    t_s: float
    verdict: Verdict
    during: tuple[str, ...] = ()

    @property
    def surely_false(self) -> bool:
        """False in a stretch that somebody labelled as harmless, not only where nothing is labelled."""
        return self.verdict is Verdict.FALSE and not HARMLESS.isdisjoint(self.during)


@dataclass(frozen=True, slots=True)
class DriveScore:
    """``labels`` as cut to the drive. ``alerts``: each firing once for every level that it reached, and once for the
    lower ones that those stand for."""

    outcome: DriveOutcome
    labels: tuple[Label, ...]
    judged_s: float
    events: tuple[Event, ...]
    alerts: tuple[Judged, ...]

    def at(self, level: Level) -> list[Judged]:
        """Every firing that reached this level, judged at the moment it did."""
        return [alert for alert in self.alerts if alert.level is level]

    def begun(self) -> list[Judged]:
        """Every firing, judged at the moment it began."""
        return self.at(Level.INFO)


def match(outcome: DriveOutcome, *, labelled_only: bool = False) -> DriveScore:
    """Labels are cut to the drive.

    ``labelled_only``: only labelled time says anything; else a drive was watched whole, and where nothing is labelled
    nothing happened.
    """
    labels = [inside for label in outcome.labels if (inside := label.within(outcome.start_s, outcome.end_s))]
    stretches = [label for label in labels if label.kind != KSS]
    driven_s = outcome.duration_s if outcome.driven_s is None else outcome.driven_s
    judged_s = min(_covered_s(stretches), driven_s) if labelled_only else driven_s
    events = tuple(_event(label, outcome) for label in stretches if label.kind in DANGERS)
    spans = [(label, *_window(label)) for label in stretches]
    alerts = []
    for firing in outcome.firings:
        target = outcome.targets.get(firing.rule, _NO_TARGET)
        judged: dict[float, tuple[Verdict, tuple[str, ...]]] = {}  # most firings begin at their highest level
        for level in Level:
            t_s = firing.reached_s(level)
            if t_s is None:
                break
            if t_s not in judged:
                judged[t_s] = _verdict(t_s, target, spans, labelled_only)
            alerts.append(Judged(firing, level, t_s, *judged[t_s]))
    return DriveScore(outcome, tuple(labels), judged_s, events, tuple(alerts))


def _event(label: Label, outcome: DriveOutcome) -> Event:
    fitting = [f for f in outcome.firings if label.kind in outcome.targets.get(f.rule, _NO_TARGET).detects]
    answers = [f for f in fitting if any(_belongs(step.t_s, label) for step in f.steps)]
    still = {f.rule for f in fitting if f not in answers and f.start_s < label.start_s <= f.end_s}
    return Event(label, tuple(Answer(firing, label) for firing in answers), tuple(sorted(still)))


def _belongs(t_s: float, label: Label) -> bool:
    first_s, last_s = _window(label)
    return first_s <= t_s <= last_s


def _window(label: Label) -> tuple[float, float]:
    near = window(label.kind)
    return label.start_s - near.tolerance_s, label.end_s + near.grace_s


def _verdict(
    t_s: float, target: Target, spans: Sequence[tuple[Label, float, float]], labelled_only: bool
) -> tuple[Verdict, tuple[str, ...]]:
    near = [label for label, first_s, last_s in spans if first_s <= t_s <= last_s]
    during = tuple(dict.fromkeys(label.kind for label in near if label.start_s <= t_s <= label.end_s))
    if any(label.kind in target.explained_by for label in near):
        return Verdict.RIGHT, during
    if not HARMLESS.isdisjoint(during):
        return Verdict.FALSE, during
    if not target.explained_by:
        return Verdict.NOT_JUDGED, during
    if labelled_only and not during:
        return Verdict.UNLABELLED, during
    return Verdict.FALSE, during


def _covered_s(labels: Iterable[Label]) -> float:
    """The time that at least one of them covers."""
    covered_s, until_s = 0.0, 0.0
    for label in sorted(labels, key=lambda label: label.start_s):
        covered_s += max(0.0, label.end_s - max(label.start_s, until_s))
        until_s = max(until_s, label.end_s)
    return covered_s
