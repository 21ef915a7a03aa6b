"""What a driver would have heard, and what it was about, told by the terms that were true and not by rules' names."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from driver_monitor.state.alert import Alert, AlertState, Level

TOP: Final = max(Level)  # nothing is more urgent


class Subject(StrEnum):
    CLOSURE = "closure"
    GAZE = "gaze"
    ATTENTION = "attention"  # awareness, which gaze and closure both take
    DROWSY = "drowsy"
    BLIND = "cannot see"
    OTHER = "other"


_SIGNALS: Final[tuple[tuple[Subject, tuple[str, ...]], ...]] = (
    (Subject.CLOSURE, ("eyes_closed_s",)),
    (Subject.GAZE, ("off_road_s", "driving_task_s", "away_30s", "attention_buffer_s", "on_road", "zone")),
    (Subject.ATTENTION, ("awareness", "attention_level", "attention_latched", "attention_lockout")),
    (Subject.DROWSY, ("perclos", "fatigue", "yawns", "nod", "blink_duration")),
    (Subject.BLIND, ("degraded", "face_lost_s", "tracking")),
)


def subjects(alert: Alert) -> frozenset[Subject]:
    """Everything its true terms speak of."""
    named = " ".join(str(term.get("signal", "")) for term in alert.evidence.get("terms", ()))
    found = {subject for subject, signals in _SIGNALS if any(signal in named for signal in signals)}
    return frozenset(found or {Subject.OTHER})


@dataclass(frozen=True, slots=True)
class Heard:
    """The alerts of one play, times from the stimulus' onset. ``until_s`` is where the play ended."""

    alerts: tuple[Alert, ...]
    onset_s: float
    until_s: float

    def warnings(
        self, about: Sequence[Subject] = (), level: Level = Level.WARNING, *, audible: bool = True
    ) -> list[tuple[float, Alert]]:
        """Alerts at a level and more that fired (or grew, or were told again), with their times."""
        return [
            (alert.t_s - self.onset_s, alert)
            for alert in self.alerts
            if alert.state is AlertState.FIRING
            and alert.level >= level
            and ("audio" in alert.outputs or not audible)
            and (not about or subjects(alert) & set(about))
        ]

    def cleared(self, rule: str, after_s: float) -> float | None:
        """When a rule's alert ended, first after ``after_s``."""
        ends = (
            alert.t_s - self.onset_s
            for alert in self.alerts
            if alert.rule == rule and alert.state is AlertState.CLEARED and alert.t_s - self.onset_s > after_s
        )
        return next(ends, None)
