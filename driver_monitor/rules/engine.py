"""The rule engine: states in, alerts out, driven only by the time in the data.

One frame goes round like this: the attention ladder and the alert budget look at the state, every distinct term of all
rules is looked at once, and then each rule takes its step, inhibitors first. A rule that is inactive and whose terms
gave no new answer is passed over: what it waits for cannot have come.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from driver_monitor.config.alerts import AlertsConfig, OutputsConfig
from driver_monitor.config.attention import AttentionConfig
from driver_monitor.config.config import Config
from driver_monitor.config.messages import MessagesConfig
from driver_monitor.config.rules import RuleConfig
from driver_monitor.rules.attention import AttentionLadder
from driver_monitor.rules.budget import AlertBudget
from driver_monitor.rules.condition import Condition, leaves, terms_of_rule, watch
from driver_monitor.rules.facts import Facts
from driver_monitor.rules.gate import Gate
from driver_monitor.rules.rule import Rule
from driver_monitor.state.alert import Alert, AlertState, News
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.policy import NOTHING_YET, PolicyState
from driver_monitor.state.speed import Speed
from driver_monitor.state.terms import GAP_S
from driver_monitor.state.vehicle import VehicleInputs

__all__ = ["RuleEngine", "inhibitors_first"]


@dataclass(slots=True)
class EngineCourse:
    """What an engine remembers, whatever its rules are; each rule has its own. ``outputs`` is where alerts go."""

    ladder: AttentionLadder
    budget: AlertBudget
    outputs: OutputsConfig
    policy: PolicyState = NOTHING_YET
    t_s: float = -math.inf


class RuleEngine:
    """Holds every rule's state; :meth:`update` takes one :class:`DriverState` and returns the alerts it caused.

    A state whose ``t_s`` does not advance is ignored.
    """

    def __init__(
        self,
        rules: Mapping[str, RuleConfig],
        *,
        attention: AttentionConfig | None = None,
        alerts: AlertsConfig | None = None,
        messages: MessagesConfig | None = None,
        course: EngineCourse | None = None,
    ) -> None:
        """``course`` is where another engine stands, to go on from; it has its attention and alerts settings.

        Raises ValueError where rules inhibit each other in a circle; loading a config refuses that before.
        """
        self._messages = messages or MessagesConfig()
        self._course = course or _beginning(
            attention or AttentionConfig(), alerts or AlertsConfig(), self._messages.text("rule_quiet")
        )
        enabled = {name: rules[name] for name in inhibitors_first(rules) if rules[name].enabled}
        self.facts = Facts(term for rule in enabled.values() for term in terms_of_rule(rule))
        self._due: set[int] = set()
        self._rules = {
            name: Rule(name, rule, self.facts, place, self._due) for place, (name, rule) in enumerate(enabled.items())
        }
        gates: dict[tuple[float, float, bool], Gate] = {}
        for rule in self._rules.values():
            rule.inhibitors = tuple(self._rules[name] for name in rule.config.inhibited_by if name in self._rules)
            for condition in rule.conditions:
                watch(condition, rule.touch)
            gate = Gate.of(rule.config.speed)
            gates.setdefault(gate.key, gate).rules.append(rule)
        self._gates = tuple(gates.values())
        self._steps = tuple(self._rules.values())
        self._speed: Speed | None = None
        self._vehicle: VehicleInputs | None = None
        self._firing: dict[str, Alert] = {}
        self._urgent_first: tuple[Alert, ...] = ()

    @classmethod
    def of(cls, config: Config) -> Self:
        """The engine of a whole config."""
        return cls(config.rules, attention=config.attention, alerts=config.alerts, messages=config.messages)

    @property
    def firing(self) -> tuple[Alert, ...]:
        """The alerts that fire now, most urgent first, each as it was last told."""
        return self._urgent_first

    @property
    def policy(self) -> PolicyState:
        """What the rules could know beside the last state."""
        return self._course.policy

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Where every enabled rule stands, inhibitors first."""
        return self._rules

    def acknowledge(self) -> None:
        """The driver pressed the button; it counts in the next frame."""
        self._course.ladder.acknowledge()

    def quiet(self, on: bool) -> None:
        """Only critical alerts and rules with ``never_muted`` make a sound from the next frame on, or all do again."""
        self._course.budget.quiet = on

    def update(self, state: DriverState) -> list[Alert]:
        t_s, course = state.t_s, self._course
        if not t_s > course.t_s:
            return []
        step_s = t_s - course.t_s
        course.t_s = t_s
        if step_s > GAP_S:
            step_s = 0.0
        course.ladder.update(state)
        alerts = course.budget.update(state)
        for notice in alerts:
            self._keep(notice)
        self.facts.update(state, self._policy())
        if state.speed is not self._speed or state.vehicle is not self._vehicle:
            self._speed, self._vehicle = state.speed, state.vehicle
            for gate in self._gates:
                gate.update(state.speed, state.vehicle)
        for place in sorted(self._due):
            rule = self._steps[place]
            news = rule.step(t_s, step_s)
            if news is not None:
                alerts.append(self._tell(rule, news, state))
        return alerts

    def reconfigured(
        self,
        rules: Mapping[str, RuleConfig],
        t_s: float,
        *,
        attention: AttentionConfig | None = None,
        messages: MessagesConfig | None = None,
    ) -> tuple["RuleEngine", list[Alert]]:
        """An engine with new rules. Rules that did not change keep their state; what fired and is gone is cleared.

        Attention and alert counts go on; ``attention`` and ``messages`` stay as they are where they are not given.
        """
        ladder = self._course.ladder
        course = replace(self._course, ladder=ladder if attention is None else ladder.reconfigured(attention))
        engine = RuleEngine(rules, messages=messages or self._messages, course=course)
        engine.facts.keep(self.facts)
        kept = {alert.rule for alert in self._firing.values() if alert.rule not in self._rules}  # the budget's notices
        for name, old in self._rules.items():
            new = engine._rules.get(name)
            if new is not None and new.config.without_why == old.config.without_why:
                new.course = old.course
                kept.add(name)
        cleared = []
        for name, alert in self._firing.items():
            if name in kept:
                engine._keep(alert)
            else:
                outputs = tuple(self._rules[name].course.told_to)
                evidence = {"news": News.ENDED.value, "because": "rule changed"}
                cleared.append(Alert(t_s, name, alert.level, AlertState.CLEARED, alert.message, outputs, evidence))
        return engine, cleared

    def _policy(self) -> PolicyState:
        """The policy's state now; the same object as long as nothing changes."""
        ladder, budget, known = self._course.ladder, self._course.budget, self._course.policy
        if (
            ladder.awareness != known.awareness
            or ladder.latched is not known.attention_latched
            or ladder.answered is not known.answered
            or budget.audible_1h != known.audible_alerts_1h
            or budget.quiet is not known.quiet
        ):
            self._course.policy = PolicyState(
                awareness=ladder.awareness,
                attention_level=ladder.level,
                attention_latched=ladder.latched,
                answered=ladder.answered,
                attention_used_up=ladder.used_up,
                attention_lockout=ladder.lockout,
                audible_alerts_1h=budget.audible_1h,
                quiet=budget.quiet,
            )
        return self._course.policy

    def _tell(self, rule: Rule, news: News, state: DriverState) -> Alert:
        course = rule.course
        evidence = self._evidence(rule, news, state)
        message, level = self._messages.text(rule.message), rule.level
        if news is News.ENDED:
            evidence["fired_s"] = state.t_s - (course.firing_since_s or state.t_s)
            outputs = tuple(sorted(course.told_to))
            rule.end(state.t_s)
            alert = Alert(state.t_s, rule.name, level, AlertState.CLEARED, message, outputs, evidence)
        else:
            wanted = rule.config.outputs
            outputs = self._course.outputs.of(level.word) if wanted is None else wanted
            alert = Alert(state.t_s, rule.name, level, AlertState.FIRING, message, outputs, evidence)
            alert = self._course.budget.take(alert, never_muted=rule.config.never_muted)
            course.told_to.update(alert.outputs)
        self._keep(alert)
        return alert

    def _keep(self, alert: Alert) -> None:
        if alert.state is AlertState.FIRING:
            self._firing[alert.rule] = alert
        else:
            self._firing.pop(alert.rule, None)
        self._urgent_first = tuple(sorted(self._firing.values(), key=lambda alert: (-alert.level, alert.t_s)))

    def _evidence(self, rule: Rule, news: News, state: DriverState) -> dict[str, Any]:
        signals = state.signals
        evidence: dict[str, Any] = {
            "news": news.value,
            "terms": [] if news is News.ENDED else self._true_terms(rule.when),
        }
        if rule.channels and news is not News.ENDED:
            agreeing = {name: self._true_terms(channel) for name, channel in rule.channels.items() if channel.truth}
            evidence["channels"] = agreeing
        if signals.last_seen:
            evidence["last_seen"] = signals.last_seen
        named = {"speed_source": state.speed.source} if state.speed.source else {}
        return evidence | {
            "since_s": rule.course.pending_since_s,
            "for_s": rule.config.for_s,
            "speed_kmh": state.speed.kmh,
            "speed": state.speed.knowledge.value,
            **named,
            "tracking": signals.tracking,
            "quality": signals.quality,
            "quality_eyes": signals.quality_eyes,
            "baseline": signals.baseline,
        }

    def _true_terms(self, condition: Condition) -> list[dict[str, Any]]:
        """The terms that make the condition true, with their values; under a ``not`` those that do not hold."""
        found = []
        for fact, negated in leaves(condition):
            if fact.truth is not None and fact.truth is not negated:
                term = fact.term
                threshold = list(term.threshold) if isinstance(term.threshold, tuple) else term.threshold
                record = {"signal": term.signal, "op": term.op, "threshold": threshold, "value": self.facts.value(fact)}
                covered = self.facts.covered(fact)
                if covered is not None:
                    record["known"] = covered
                if negated:
                    record["not"] = True
                found.append({**record, "since_s": fact.since_s})
        return found


def _beginning(attention: AttentionConfig, alerts: AlertsConfig, quiet: str) -> EngineCourse:
    """``quiet`` is what a notice says of a rule that has lost its sound."""
    budget = AlertBudget(alerts.budget, quiet, alerts.outputs.info)
    return EngineCourse(AttentionLadder(attention), budget, alerts.outputs)


def inhibitors_first(rules: Mapping[str, RuleConfig]) -> list[str]:
    """The rules' names, each after those that inhibit it: by the length of the chain of inhibitors, else in their own
    order, so that a further rule does not change the order of the others.

    Raises ValueError that names the circle where rules inhibit each other.
    """
    chains: dict[str, int] = {}

    def chain(name: str, path: tuple[str, ...] = ()) -> int:
        if name in path:
            raise ValueError(f"rules inhibit each other in a circle: {' -> '.join((*path[path.index(name) :], name))}")
        if name not in chains:
            inhibitors = [inhibitor for inhibitor in rules[name].inhibited_by if inhibitor in rules]
            chains[name] = max((1 + chain(inhibitor, (*path, name)) for inhibitor in inhibitors), default=0)
        return chains[name]

    return sorted(rules, key=chain)
