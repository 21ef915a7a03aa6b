"""The rule engine: states in, alerts out, driven only by the time in the data.

The words mean what they mean in Prometheus: a rule whose condition holds is *pending* until it has held for ``for``,
then *firing*; once the condition has gone for ``keep_firing_for`` it is *cleared*, and rests for ``cooldown``.
A condition that is *not known* (no face) neither starts a rule nor ends one: a pending rule's clock stands still and
a firing rule goes on firing, for ``UNKNOWN_HOLD_S`` at most; a critical one until the driver is seen to be well, for
a head that falls out of sight must not silence the alarm.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from driver_monitor.classifiers.state import DriverState
from driver_monitor.config.rules import RuleConfig
from driver_monitor.rules.alert import Alert, AlertState, Level
from driver_monitor.rules.condition import Condition, compile_condition
from driver_monitor.vehicle.speed import SpeedKnowledge

UNKNOWN_HOLD_S: Final = 10.0  # by then "I cannot see" has been said in its place (R12)
ROUNDING_S: Final = 1e-6  # sums of frame times
GAP_S: Final = 1.0  # a longer step in time is a gap: nothing was seen in it, so it counts towards no "for"


@dataclass(slots=True)
class _Rule:
    """One rule and where it stands. ``held_s`` is the time the condition has been seen to hold."""

    name: str
    config: RuleConfig
    condition: Condition
    level: Level
    pending_since_s: float | None = None
    held_s: float = 0.0
    firing_since_s: float | None = None
    last_true_s: float = -math.inf
    last_known_s: float = -math.inf
    cleared_s: float = -math.inf


class RuleEngine:
    """Holds every rule's state; :meth:`update` takes one :class:`DriverState` and returns the transitions it caused.

    A state whose ``t_s`` does not advance is ignored.
    """

    def __init__(self, rules: Mapping[str, RuleConfig]) -> None:
        self._rules = {
            name: _Rule(name, rule, compile_condition(rule.when), Level[rule.level.upper()])
            for name, rule in rules.items()
            if rule.enabled
        }
        self._t_s = -math.inf
        self._firing: dict[str, Alert] = {}

    @property
    def firing(self) -> tuple[Alert, ...]:
        """The alerts that fire now, most urgent first."""
        return tuple(sorted(self._firing.values(), key=lambda alert: (-alert.level, alert.t_s)))

    def update(self, state: DriverState) -> list[Alert]:
        t_s = state.t_s
        if not t_s > self._t_s:
            return []
        step_s = t_s - self._t_s
        self._t_s = t_s
        if step_s > GAP_S:
            step_s = 0.0
        alerts = []
        for rule in self._rules.values():
            alert = self._step(rule, state, step_s)
            if alert is not None:
                alerts.append(alert)
        return alerts

    def reconfigured(self, rules: Mapping[str, RuleConfig], t_s: float) -> tuple["RuleEngine", list[Alert]]:
        """An engine with new rules. Rules that did not change keep their state; what fired and is gone is cleared."""
        engine = RuleEngine(rules)
        engine._t_s = self._t_s
        for name, old in self._rules.items():
            new = engine._rules.get(name)
            if new is not None and new.config == old.config:
                engine._rules[name] = old
                if name in self._firing:
                    engine._firing[name] = self._firing[name]
        gone = [alert for name, alert in self._firing.items() if name not in engine._firing]
        cleared = [
            Alert(t_s, a.rule, a.level, AlertState.CLEARED, a.message, a.outputs, {"because": "rule changed"})
            for a in gone
        ]
        return engine, cleared

    def _step(self, rule: _Rule, state: DriverState, step_s: float) -> Alert | None:
        t_s = state.t_s
        answer = rule.condition.evaluate(state) if self._applies(rule.config, state) else False
        if answer is not None:
            rule.last_known_s = t_s
        if answer:
            if rule.pending_since_s is None:
                rule.pending_since_s, rule.held_s = t_s, 0.0
            else:
                rule.held_s += step_s
            rule.last_true_s = t_s
        elif answer is False:
            rule.pending_since_s = None
        if rule.firing_since_s is None:
            due = rule.pending_since_s is not None and answer and rule.held_s >= rule.config.for_s - ROUNDING_S
            if due and t_s - rule.cleared_s >= rule.config.cooldown_s:
                return self._fire(rule, state)
            if answer is None and t_s - rule.last_known_s > UNKNOWN_HOLD_S:
                rule.pending_since_s = None
            return None
        if answer is None:
            over = rule.level < Level.CRITICAL and t_s - rule.last_known_s > UNKNOWN_HOLD_S
        else:
            over = not answer and t_s - rule.last_true_s >= rule.config.keep_firing_for_s
        return self._clear(rule, state) if over else None

    @staticmethod
    def _applies(config: RuleConfig, state: DriverState) -> bool:
        """Whether the rule's speed gate is open; an unknown speed means what the rule says it means."""
        gate, kmh = config.speed, state.speed.kmh
        if state.speed.knowledge is SpeedKnowledge.UNKNOWN or kmh is None:
            return gate.when_unknown == "apply"
        return gate.from_kmh <= kmh < gate.below_kmh

    def _fire(self, rule: _Rule, state: DriverState) -> Alert:
        rule.firing_since_s = state.t_s
        alert = self._alert(rule, state, AlertState.FIRING, rule.condition.true_terms(state))
        self._firing[rule.name] = alert
        return alert

    def _clear(self, rule: _Rule, state: DriverState) -> Alert:
        alert = self._alert(rule, state, AlertState.CLEARED, [])
        alert.evidence["fired_s"] = state.t_s - (rule.firing_since_s or state.t_s)
        rule.firing_since_s = rule.pending_since_s = None
        rule.cleared_s = state.t_s
        self._firing.pop(rule.name, None)
        return alert

    @staticmethod
    def _alert(rule: _Rule, state: DriverState, to: AlertState, terms: list[dict[str, Any]]) -> Alert:
        signals, config = state.signals, rule.config
        evidence = {
            "terms": terms,
            "since_s": rule.pending_since_s,
            "for_s": config.for_s,
            "speed_kmh": state.speed.kmh,
            "speed": state.speed.knowledge.value,
            "tracking": signals.tracking,
            "quality": signals.quality,
            "quality_eyes": signals.quality_eyes,
            "baseline": signals.baseline,
        }
        return Alert(state.t_s, rule.name, rule.level, to, config.message, config.outputs, evidence)
