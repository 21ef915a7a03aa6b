"""A tree of terms under all, any and not, with three answers: true, false, not known."""

from collections.abc import Callable, Iterator
from typing import Final

from driver_monitor.config.rules import All, Any_, Not, RuleConfig
from driver_monitor.config.rules import Condition as ConditionConfig
from driver_monitor.config.term import Term, parse_term
from driver_monitor.rules.facts import Fact, Facts


class Group:
    """``parts`` under ``all``, or under ``any``.

    Kleene's logic: ``all`` is false as soon as one part is false, true when every part is true, else not known.
    """

    __slots__ = ("any", "parts")

    def __init__(self, any_: bool, parts: "tuple[Condition, ...]") -> None:
        self.any: Final = any_
        self.parts: Final = parts

    @property
    def truth(self) -> bool | None:
        decisive, unknown = self.any, False
        for part in self.parts:
            answer = part.truth
            if answer is decisive:
                return decisive
            if answer is None:
                unknown = True
        return None if unknown else not decisive


class Negation:
    """True when ``part`` is false; what is not known stays so."""

    __slots__ = ("part",)

    def __init__(self, part: "Condition") -> None:
        self.part: Final = part

    @property
    def truth(self) -> bool | None:
        answer = self.part.truth
        return None if answer is None else not answer


Condition = Fact | Group | Negation


def terms_of(config: ConditionConfig) -> Iterator[Term]:
    """The terms of a condition as written. Raises ValueError with one sentence where one cannot be read."""
    if isinstance(config, str):
        yield parse_term(config)
    elif isinstance(config, Not):
        yield from terms_of(config.not_)
    else:
        for part in config.all if isinstance(config, All) else config.any:
            yield from terms_of(part)


def terms_of_rule(rule: RuleConfig) -> Iterator[Term]:
    """Every term a rule looks at."""
    for condition in (rule.when, rule.until, rule.only_while, *rule.requires_second_channel.channels.values()):
        if condition is not None:
            yield from terms_of(condition)


def compiled(config: ConditionConfig, facts: Facts) -> Condition:
    """The condition over a table that has all of its terms."""
    if isinstance(config, str):
        return facts.of(parse_term(config))
    if isinstance(config, Not):
        return Negation(compiled(config.not_, facts))
    parts = config.any if isinstance(config, Any_) else config.all
    return Group(isinstance(config, Any_), tuple(compiled(part, facts) for part in parts))


def leaves(condition: Condition, negated: bool = False) -> Iterator[tuple[Fact, bool]]:
    """Every term with whether it stands under an odd number of nots."""
    if isinstance(condition, Fact):
        yield condition, negated
    elif isinstance(condition, Negation):
        yield from leaves(condition.part, not negated)
    else:
        for part in condition.parts:
            yield from leaves(part, negated)


def watch(condition: Condition, touched: Callable[[], None]) -> None:
    """Have ``touched`` called whenever an answer in the condition changes."""
    for fact, _ in leaves(condition):
        if touched not in fact.used_by:
            fact.used_by.append(touched)
