"""Plays a story through signals and rules at signal level: scripted geometry with measurement noise, no pictures."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from driver_monitor.config.config import Config
from driver_monitor.conformance.hearing import Subject, subjects
from driver_monitor.conformance.play import geometric
from driver_monitor.conformance.rows import SPOTTY
from driver_monitor.conformance.stimulus import Actions, Stimulus
from driver_monitor.conformance.variants import VARIANTS, Variant
from driver_monitor.rules.condition import terms_of
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.speed import Speed, SpeedKnowledge

__all__ = ["SPOTTY", "VARIANTS", "Story", "limit", "played"]

DEFAULT = Config()


@dataclass(frozen=True)
class Story:
    """``t = 0`` is where the story's actions begin; an attentive lead came before. ``awareness`` is a frame's."""

    states: tuple[DriverState, ...]
    alerts: tuple[Alert, ...]
    awareness: tuple[float, ...]
    begin_s: float

    def told(self, rule: str = "", *, about: Iterable[Subject] = ()) -> list[float]:
        """When a rule (or anything about these subjects) fired, grew or was told again."""
        return [
            round(alert.t_s - self.begin_s, 3)
            for alert in self.alerts
            if alert.state is AlertState.FIRING
            and (not rule or alert.rule == rule)
            and (not about or subjects(alert) & set(about))
        ]

    def heard(self) -> list[str]:
        """Rules that made a sound, in order."""
        return [alert.rule for alert in self.alerts if alert.state is AlertState.FIRING and "audio" in alert.outputs]

    def levels(self) -> list[tuple[Level, float]]:
        """Each rise of the highest level told so far, with its time."""
        found: list[tuple[Level, float]] = []
        for alert in self.alerts:
            if alert.state is AlertState.FIRING and (not found or alert.level > found[-1][0]):
                found.append((alert.level, alert.t_s - self.begin_s))
        return found

    def cleared(self, rule: str) -> list[float]:
        return [
            alert.t_s - self.begin_s
            for alert in self.alerts
            if alert.rule == rule and alert.state is AlertState.CLEARED
        ]

    def at(self, t_s: float) -> DriverState:
        """The last state at or before a time."""
        return [state for state in self.states if state.t_s <= self.begin_s + t_s + 1e-9][-1]

    def between(self, from_s: float, to_s: float) -> list[DriverState]:
        return [state for state in self.states if from_s <= state.t_s - self.begin_s <= to_s]

    def aware(self, t_s: float) -> float:
        return self.awareness[self.states.index(self.at(t_s))]


def played(
    actions: Actions | list[dict[str, Any]], length_s: float, *, speed_kmh: float | Callable[[float], float] = 80.0,
    config: Config = DEFAULT, variant: Variant = VARIANTS[3], **more: Any,
) -> Story:  # fmt: skip
    """``speed_kmh`` may be a function of the story's time; ``more`` goes to the stimulus."""
    take = geometric(Stimulus("story", tuple(actions), length_s, (), **more), variant, config)
    engine = RuleEngine.of(config)
    states, alerts, awareness = [], [], []
    for state in take.states:
        kmh = speed_kmh(state.t_s - take.begin_s) if callable(speed_kmh) else speed_kmh
        driven = replace(state, speed=Speed(kmh, SpeedKnowledge.MEASURED))
        alerts += engine.update(driven)
        states.append(driven)
        awareness.append(engine.policy.awareness)
    return Story(tuple(states), tuple(alerts), tuple(awareness), take.begin_s)


def limit(rule: str, signal: str, config: Config = DEFAULT) -> float:
    """The least number that a rule of the config compares a signal with."""
    found = [getattr(term, "threshold", None) for term in terms_of(config.rules[rule].when) if term.signal == signal]
    return min(float(number) for number in found if isinstance(number, int | float))
