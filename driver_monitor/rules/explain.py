"""Why a rule did or did not fire around a moment: every term, gate and clock of it, frame by frame."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from driver_monitor.counted import counted
from driver_monitor.parameter import judged
from driver_monitor.rules.condition import Condition, Group, Negation
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.rules.evidence import short
from driver_monitor.rules.facts import Fact, Facts
from driver_monitor.rules.phrases import signal_words
from driver_monitor.rules.rule import Rule, Standing
from driver_monitor.state.alert import Alert
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.terms import ROUNDING_S
from driver_monitor.timecode import clock

AROUND_S: Final = judged(3.0, "told of before and after the moment asked for")
_AFTER_S: Final = judged(
    1.0, "that a moment may lie behind the last frame, which ends a drive a little before its time does"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing the rule looks at. ``truth`` True: it does not stand in the way; None: not known.

    ``depth`` is how deep it stands in its condition, ``since_s`` when the truth became what it is, ``words`` the value
    in plain words.
    """

    text: str
    truth: bool | None
    depth: int = 0
    value: str = ""
    since_s: float | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A rule in one frame. ``verdict`` says in a sentence where it stands; ``why`` is the reason for its numbers."""

    t_s: float
    standing: Standing
    verdict: str
    lines: tuple[Line, ...]
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What was different from the frame before."""

    t_s: float
    words: str


@dataclass(slots=True)
class Explanation:
    """Looks at one rule from ``at_s - AROUND_S`` to ``at_s + AROUND_S``; feed it every frame through :meth:`see`."""

    rule: str
    at_s: float
    around_s: float = AROUND_S
    look: Look | None = None  # the last frame not after at_s, or the first one seen
    changes: list[Change] = field(default_factory=list)
    last_s: float | None = None
    cut_short: bool = False  # what came after was not looked at
    gone: bool = False  # the rules have been read again, and it is not among them
    _before: Look | None = None

    @property
    def beyond_the_end(self) -> str:
        """Why there is nothing to explain at that moment; empty where there is."""
        if self.cut_short or (self.last_s is not None and self.at_s <= self.last_s + _AFTER_S):
            return ""
        end = "there are no frames" if self.last_s is None else f"the drive ends at {clock(self.last_s, 2)}"
        return f"{self.rule} at {clock(self.at_s, 2)}: {end}, so there is nothing to explain"

    def over(self, t_s: float) -> bool:
        """Whether there is nothing more to look at."""
        return t_s > self.at_s + self.around_s

    def see(self, engine: RuleEngine, state: DriverState, alerts: list[Alert]) -> None:
        """Call it after the engine has taken ``state``."""
        self.last_s = state.t_s
        if state.t_s < self.at_s - self.around_s or self.over(state.t_s):
            return
        look = look_at(engine, self.rule, state) if self.rule in engine.rules else None
        self.gone = look is None
        if look is not None:
            if look.t_s <= self.at_s or self.look is None:
                self.look = look
            if self._before is not None:
                self.changes += _changes(self._before, look)
        elif self._before is not None:
            self.changes.append(Change(state.t_s, "the rules were reloaded, and it is not among them"))
        self.changes += [Change(state.t_s, _news(alert)) for alert in alerts if alert.rule == self.rule]
        self._before = look

    def to_json(self) -> dict[str, Any]:
        """All of it for a machine; what a frame would have told is null where there is none to look at."""
        look = self.look
        return {
            "type": "explanation",
            "rule": self.rule,
            "at_s": self.at_s,
            "t_s": look and look.t_s,
            "standing": look and look.standing.value,
            "verdict": look and look.verdict,
            "why": look and look.why,
            "lines": [asdict(line) for line in look.lines] if look else [],
            "changes": [asdict(change) for change in self.changes],
            "last_s": self.last_s,
        }


def look_at(engine: RuleEngine, name: str, state: DriverState) -> Look:
    """The rule as it stands after ``state``. Raises KeyError for a rule that the engine does not have."""
    rule = engine.rules[name]
    lines = tuple(_lines(rule, engine.facts, state))
    return Look(state.t_s, rule.course.standing, _verdict(rule, engine.facts, state), lines, rule.config.why)


def _lines(rule: Rule, facts: Facts, state: DriverState) -> Iterator[Line]:
    config, course, t_s = rule.config, rule.course, state.t_s
    gate = config.speed
    if gate.from_kmh > 0 or gate.below_kmh < 1000 or gate.when_unknown == "suppress":
        upto = f", below {gate.below_kmh:g}" if gate.below_kmh < 1000 else ""
        yield Line(
            f"speed from {gate.from_kmh:g}{upto} km/h (unknown: {gate.when_unknown})",
            rule.gate_open,
            0,
            str(state.speed),
        )
    if rule.only_while is not None:
        yield Line("only while", rule.only_while.truth)
        yield from _tree(rule.only_while, facts, 1)
    yield Line("when", rule.when.truth)
    yield from _tree(rule.when, facts, 1)
    if rule.until is not None:
        yield Line("until (ends it)", rule.until.truth)
        yield from _tree(rule.until, facts, 1)
    held = f"{course.held_s:.2f} s" if course.pending_since_s is not None else "-"
    yield Line(
        f"held for {config.for_s:g} s",
        course.pending_since_s is not None and course.held_s >= config.for_s - ROUNDING_S,
        0,
        held,
        course.pending_since_s,
    )
    if rule.channels:
        need = config.requires_second_channel.at_least
        yield Line(f"at least {need} of {counted(len(rule.channels), 'second channel')}", rule.channels_agree)
        for name, channel in rule.channels.items():
            yield Line(name, channel.truth, 1)
            yield from _tree(channel, facts, 2)
    if rule.inhibitors:
        firing = [r.name for r in rule.inhibitors if r.firing]
        names = ", ".join(r.name for r in rule.inhibitors)
        yield Line(f"not inhibited by {names}", not firing, 0, f"{', '.join(firing)} fires" if firing else "")
    rest_s = _rest_s(rule, t_s)
    yield Line(
        f"cooldown of {config.cooldown_s:g} s over", rest_s <= 0, 0, f"{rest_s:.2f} s left" if rest_s > 0 else ""
    )


def _tree(condition: Condition, facts: Facts, depth: int) -> Iterator[Line]:
    if isinstance(condition, Fact):
        since_s = None if math.isnan(condition.since_s) else condition.since_s
        words = _words(condition, facts)
        yield Line(str(condition.term), condition.truth, depth, _value(condition, facts), since_s, words)
    elif isinstance(condition, Negation):
        yield Line("not", condition.truth, depth)
        yield from _tree(condition.part, facts, depth + 1)
    else:
        yield Line("any of" if condition.any else "all of", condition.truth, depth)
        for part in condition.parts:
            yield from _tree(part, facts, depth + 1)


def _words(fact: Fact, facts: Facts) -> str:
    term = fact.term
    return signal_words(term.signal, term.op, term.threshold, facts.value(fact), fact.truth)


def _value(fact: Fact, facts: Facts) -> str:
    value, covered = facts.value(fact), facts.covered(fact)
    text = "not known" if value is None else short(value) or "''"
    return text if covered is None else f"{text} (known in {100 * covered:.0f} %)"


def _verdict(rule: Rule, facts: Facts, state: DriverState) -> str:
    course, keep_s = rule.course, rule.config.keep_firing_for_s
    if course.standing is Standing.INACTIVE:
        return f"inactive: {_absent(rule, facts)}"
    if course.firing_since_s is None:
        return f"pending: {'; '.join(_waits(rule, state.t_s)) or 'due now'}"
    doubt = {
        True: "",
        False: f"; its condition has gone, it goes on for {keep_s:g} s",
        None: "; its condition is not known now, which does not end it",
    }[rule.holds]
    return f"fires since {clock(course.firing_since_s, 2)}, level {rule.level.word}{doubt}"


def _absent(rule: Rule, facts: Facts) -> str:
    """Why an inactive rule is that."""
    if not rule.gate_open:
        return "the speed is outside its gate"
    if rule.only_while is not None and rule.only_while.truth is not True:
        return f"'only_while' does not hold: {_missing(rule.only_while, facts)}"
    if rule.when.truth is True:
        return "'until' holds or is not known"
    return _missing(rule.when, facts)


def _waits(rule: Rule, t_s: float) -> Iterator[str]:
    """What a pending rule waits for."""
    course, config = rule.course, rule.config
    if rule.holds is None:
        yield "its condition is not known now, so this time does not count"
    if course.held_s < config.for_s - ROUNDING_S:
        yield f"it has held for {course.held_s:.2f} s of {config.for_s:g} s"
    if (rest_s := _rest_s(rule, t_s)) > 0:
        yield f"its cooldown lasts {rest_s:.2f} s more"
    firing = [inhibitor.name for inhibitor in rule.inhibitors if inhibitor.firing]
    if firing:
        yield f"inhibited by {' and '.join(firing)}"
    if not rule.channels_agree:
        yield "too few second channels agree" if len(rule.channels) > 1 else "the second channel does not agree"


def _missing(condition: Condition, facts: Facts) -> str:
    """What keeps the condition from being true, in words."""
    if isinstance(condition, Fact):
        term = condition.term
        if condition.truth is None:
            covered = facts.covered(condition)
            known = "" if covered is None else f" (known in {100 * covered:.0f} % of its time)"
            return f"{term.signal} is not known{known}"
        figures = f"{term.signal} is {short(facts.value(condition))}, not {term.op} {short(term.threshold)}"
        words = _words(condition, facts)
        return f"{words} ({figures})" if words else figures
    if isinstance(condition, Negation):
        return f"not: {condition.part.term}" if isinstance(condition.part, Fact) else "the condition under 'not' holds"
    assert isinstance(condition, Group)
    parts = [_missing(part, facts) for part in condition.parts if part.truth is not True]
    return " and ".join(parts) if not condition.any else "neither: " + "; ".join(parts)


def _rest_s(rule: Rule, t_s: float) -> float:
    if rule.course.firing_since_s is not None:
        return 0.0
    return max(0.0, rule.config.cooldown_s - (t_s - rule.course.cleared_s))


def _news(alert: Alert) -> str:
    return f"ALERT {alert.news.value} ({alert.level.word}): {alert.message}"


def _changes(before: Look, now: Look) -> Iterator[Change]:
    for was, line in zip(before.lines, now.lines, strict=True):
        if was.truth is not line.truth and line.text not in ("all of", "any of", "not"):
            value = f" ({line.value})" if line.value else ""
            yield Change(now.t_s, f"{line.text}{value}: {word(was.truth)} -> {word(line.truth)}")
    if before.standing is not now.standing:
        yield Change(now.t_s, f"{before.standing.value} -> {now.standing.value}")


def word(truth: bool | None) -> str:
    """An answer as people read it."""
    return {True: "yes", False: "no", None: "not known"}[truth]
