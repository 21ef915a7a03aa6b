"""A tree of terms under all/any, with three answers: true, false, not known."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from driver_monitor.classifiers.state import DriverState
from driver_monitor.config.rules import All, Any_
from driver_monitor.config.rules import Condition as ConditionConfig
from driver_monitor.rules.term import Term, parse_term


@dataclass(frozen=True, slots=True)
class Condition:
    """``children`` under ``all`` or ``any``; a lone term is an ``all`` of one.

    Kleene's logic: ``all`` is false as soon as one child is false, true when every child is true, else not known.
    """

    any: bool
    children: tuple["Condition | Term", ...]

    def evaluate(self, state: DriverState) -> bool | None:
        unknown = False
        for child in self.children:
            answer = child.evaluate(state)[0] if isinstance(child, Term) else child.evaluate(state)
            if answer is None:
                unknown = True
            elif answer is self.any:
                return answer
        return None if unknown else not self.any

    def terms(self) -> Iterator[Term]:
        for child in self.children:
            if isinstance(child, Term):
                yield child
            else:
                yield from child.terms()

    def true_terms(self, state: DriverState) -> list[dict[str, Any]]:
        """The terms that hold now, with their values: an alert's evidence."""
        found = []
        for term in self.terms():
            answer, value = term.evaluate(state)
            if answer:
                threshold = list(term.threshold) if isinstance(term.threshold, tuple) else term.threshold
                found.append({"signal": term.signal, "op": term.op, "threshold": threshold, "value": value})
        return found


def compile_condition(config: ConditionConfig) -> Condition:
    """Raises ValueError with one sentence where a term cannot be read."""
    if isinstance(config, str):
        return Condition(any=False, children=(parse_term(config),))
    if isinstance(config, All):
        return Condition(any=False, children=tuple(map(_child, config.all)))
    assert isinstance(config, Any_)
    return Condition(any=True, children=tuple(map(_child, config.any)))


def _child(config: ConditionConfig) -> Condition | Term:
    return parse_term(config) if isinstance(config, str) else compile_condition(config)
