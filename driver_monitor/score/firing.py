"""One rule's firing from its first word to its last, escalations included."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from driver_monitor.state.alert import Alert, AlertState, Level


class Step(NamedTuple):
    """From ``t_s`` on at this level."""

    t_s: float
    level: Level


@dataclass(frozen=True, slots=True)
class Firing:
    """``steps``: at least one, rising in time and level. ``end_s``: when it cleared, or the end of the drive."""

    rule: str
    steps: tuple[Step, ...]
    end_s: float

    @property
    def start_s(self) -> float:
        return self.steps[0].t_s

    @property
    def level(self) -> Level:
        """The highest it reached."""
        return self.steps[-1].level

    def reached_s(self, level: Level) -> float | None:
        """When it was at this level or above for the first time."""
        return next((step.t_s for step in self.steps if step.level >= level), None)


def firings(alerts: Iterable[Alert], end_s: float) -> tuple[Firing, ...]:
    """Alerts in the order of their time paired into firings; what still fires is closed at ``end_s``.

    A repetition changes nothing. An alert that the alert budget took the sound from counts as information.
    """
    found: list[Firing] = []
    running: dict[str, list[Step]] = {}
    for alert in alerts:
        level = Level.INFO if alert.evidence.get("lowered") else alert.level
        steps = running.setdefault(alert.rule, [])
        if alert.state is AlertState.FIRING:
            if not steps or level > steps[-1].level:
                steps.append(Step(alert.t_s, level))
            continue
        if not steps:  # it fired before this drive was recorded
            fired_s = alert.evidence.get("fired_s")
            steps.append(Step(alert.t_s - (fired_s if isinstance(fired_s, int | float) else 0.0), level))
        found.append(Firing(alert.rule, tuple(running.pop(alert.rule)), alert.t_s))
    found += [Firing(rule, tuple(steps), max(end_s, steps[-1].t_s)) for rule, steps in running.items()]
    return tuple(sorted(found, key=lambda firing: (firing.start_s, firing.rule)))
