"""What the rules of a config do over a recorded drive: the alerts of the rule engine, without its frame-by-frame cost.

The rules themselves are the engine's (:class:`~driver_monitor.rules.rule.Rule`). A rule takes a step where something it
looks at changes and for as long as it is not idle, which is when the engine would have it take one; what it looks at
comes from :class:`~driver_monitor.tune.truths.Truths`. The nuisance guard is left out: it takes sounds away and moves
no alert.
"""

import hashlib
import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from driver_monitor.config.attention import AttentionConfig
from driver_monitor.config.config import Config
from driver_monitor.config.rules import RuleConfig
from driver_monitor.config.term import Window
from driver_monitor.rules.condition import terms_of_rule, watch
from driver_monitor.rules.engine import inhibitors_first
from driver_monitor.rules.facts import Facts
from driver_monitor.rules.rule import Rule
from driver_monitor.state.alert import Alert, AlertState, News
from driver_monitor.tune.table import StateTable
from driver_monitor.tune.truths import BUDGET_NAME, LADDER_NAMES, Remembered, Truths


@dataclass(frozen=True, slots=True)
class PlannedRule:
    """An enabled rule. ``key`` is the same for rules that do the same on every drive."""

    name: str
    rule: RuleConfig
    inhibitors: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The enabled rules of a config, inhibitors first, with the attention settings they are asked under."""

    rules: tuple[PlannedRule, ...]
    attention: AttentionConfig

    @classmethod
    def of(cls, config: Config) -> "Plan":
        enabled = {name: config.rules[name] for name in inhibitors_first(config.rules) if config.rules[name].enabled}
        attention = config.attention.model_dump_json()
        keys: dict[str, str] = {}
        for name, rule in enabled.items():
            inhibitors = [keys[other] for other in rule.inhibited_by if other in enabled]
            ladder = attention if names_of(rule).intersection(LADDER_NAMES) else ""
            text = "\n".join([name, rule.model_dump_json(), ladder, *inhibitors])
            keys[name] = hashlib.sha256(text.encode()).hexdigest()
        planned = (
            PlannedRule(name, rule, tuple(other for other in rule.inhibited_by if other in enabled), keys[name])
            for name, rule in enabled.items()
        )
        return cls(tuple(planned), config.attention)


def names_of(rule: RuleConfig) -> set[str]:
    """The signals a rule looks at, those inside windows too."""
    operands = (term.operand for term in terms_of_rule(rule))
    return {operand.signal if isinstance(operand, Window) else operand for operand in operands}


def counts_sounds(rules: Mapping[str, RuleConfig]) -> str | None:
    """The first enabled rule that asks how often the monitor was heard: it cannot be worked out rule by rule."""
    return next((name for name, rule in rules.items() if rule.enabled and BUDGET_NAME in names_of(rule)), None)


class Player:
    """Plays plans over one drive and remembers what a rule did."""

    def __init__(self, table: StateTable) -> None:
        self.table: Final = table
        self._truths: Final = Truths(table)
        self._played: Remembered[list[Alert]] = Remembered(256)

    def alerts(self, plan: Plan) -> list[Alert]:
        """The engine's alerts in its order; outputs are empty, and of the evidence there are ``news`` and ``since_s``.

        Messages are keys.
        """
        played: dict[str, list[Alert]] = {}
        for planned in plan.rules:
            inhibitors = {name: played[name] for name in planned.inhibitors}
            played[planned.name] = self._played.of(
                planned.key, partial(self._play, planned, inhibitors, plan.attention)
            )
        return list(heapq.merge(*played.values(), key=lambda alert: alert.t_s))

    def _play(
        self, planned: PlannedRule, inhibitors: Mapping[str, list[Alert]], attention: AttentionConfig
    ) -> list[Alert]:
        stage = _Stage(planned, inhibitors)
        events = stage.events(self._truths, attention)
        return list(_played(stage.rule, self.table, events))


Change = tuple[int, Callable[[Any, float], None], Any]  # frame, what to call with the value and the time, the value


class _Inhibitor:
    """A rule that has been played, as those see it that it inhibits."""

    def __init__(self, name: str, alerts: list[Alert]) -> None:
        self.name = name
        self.alerts = alerts
        self.firing = False

    def become(self, firing: bool, t_s: float) -> None:
        self.firing = firing


class _Stage:
    """A rule with the facts it looks at."""

    def __init__(self, planned: PlannedRule, inhibitors: Mapping[str, list[Alert]]) -> None:
        self.terms = list(dict.fromkeys(terms_of_rule(planned.rule)))
        self.facts = Facts(self.terms)
        self.rule = Rule(planned.name, planned.rule, self.facts)
        self.inhibitors = tuple(_Inhibitor(name, alerts) for name, alerts in inhibitors.items())
        self.rule.inhibitors = self.inhibitors
        for condition in self.rule.conditions:
            watch(condition, self.rule.touch)

    def events(self, truths: Truths, attention: AttentionConfig) -> list[Change]:
        """Everything that changes for the rule, in the order of the frames."""

        def gate(open_now: bool, t_s: float) -> None:
            self.rule.set_gate(open_now)

        found: list[Change] = [(frame, gate, answer) for frame, answer in truths.gate(self.rule.config.speed)]
        for term in self.terms:
            become = self.facts.of(term).become
            found += [(frame, become, answer) for frame, answer in truths.changes(term, attention)]
        for inhibitor in self.inhibitors:
            found += [
                (truths.table.frame_at(alert.t_s), inhibitor.become, alert.state is AlertState.FIRING)
                for alert in inhibitor.alerts
            ]
        found.sort(key=lambda change: change[0])
        return found


def _played(rule: Rule, table: StateTable, events: list[Change]) -> Iterator[Alert]:
    """The alerts of a rule, as the engine would have them told."""
    times_s, steps_s, count = table.times_s, table.steps_s, len(table)
    events.append((count, lambda value, t_s: None, None))
    following = iter(events)
    next_frame, change, value = next(following)
    frame = 0
    while frame < count:
        t_s = times_s[frame]
        while next_frame == frame:
            change(value, t_s)
            next_frame, change, value = next(following)
        if rule.touched:
            news = rule.step(t_s, steps_s[frame])
            if news is not None:
                yield _told(rule, news, t_s)
        frame = frame + 1 if rule.touched else next_frame


def _told(rule: Rule, news: News, t_s: float) -> Alert:
    evidence = {"news": news.value, "since_s": rule.course.pending_since_s}
    state = AlertState.FIRING
    if news is News.ENDED:
        state = AlertState.CLEARED
        evidence["fired_s"] = t_s - (rule.course.firing_since_s or t_s)
        rule.end(t_s)
    return Alert(t_s, rule.name, rule.level, state, rule.message, (), evidence)
