"""No sense beside the face raises a critical alarm by itself: rules that would are a mistake in the config."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from driver_monitor.config.checks import rule_terms
from driver_monitor.config.errors import Path
from driver_monitor.config.term import Window, parse_term
from driver_monitor.state.channels import CHANNEL_NAMES
from driver_monitor.state.vocabulary import SPEED, VOCABULARY

LEVELS: Final = ("critical", "unresponsive")
# The channels' signals, and an estimate that they feed.
OF_CHANNELS: Final = frozenset(CHANNEL_NAMES) | {name for name in VOCABULARY if name.startswith("stress.")}


def unaided(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Rules of a critical level that can fire by channels alone, with the place of that level.

    The speed says nothing of a driver, so it is no second witness. A term that always holds is not found out.
    """
    rules = data.get("rules")
    for name, rule in (rules if isinstance(rules, dict) else {}).items():
        if not isinstance(rule, dict) or not _fires(rule) or not (signals := _named(rule)):
            continue
        for path, level in _levels(rule):
            if level in LEVELS:
                yield (
                    ("rules", name, *path),
                    f"got {level}; accepted: info | warning, for this rule can fire without the face "
                    f"({', '.join(signals)}); add what the face shows under 'all:' in 'when', such as "
                    "'eyes_closed_s >= 1.5'",
                )
                break


def _levels(rule: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The rule's own level and those that it can rise to."""
    yield ("level",), rule.get("level")
    steps = rule.get("escalate")
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, dict):
            yield ("escalate", index, "level"), step.get("level")


def _fires(rule: Mapping[str, Any]) -> bool:
    """Whether channels and speed alone can make it fire."""
    second = rule.get("requires_second_channel")
    second = second if isinstance(second, dict) else {}
    channels, asked = second.get("channels"), second.get("at_least", 1)
    agree = [can_hold(each) for each in (channels if isinstance(channels, dict) else {}).values()]
    enough = not agree or (isinstance(asked, int) and sum(agree) >= asked)
    return enough and can_hold(rule.get("when")) and (rule.get("only_while") is None or can_hold(rule["only_while"]))


def can_hold(condition: Any, wanted: bool = True) -> bool:
    """Whether channels and speed alone can make the condition true, or false; what is no condition cannot be either."""
    if isinstance(condition, str):
        return _signal(condition) in OF_CHANNELS | {SPEED}
    if not isinstance(condition, dict) or len(condition) != 1:
        return False
    ((kind, parts),) = condition.items()
    if kind == "not":
        return can_hold(parts, not wanted)
    answers = [can_hold(part, wanted) for part in (parts if isinstance(parts, list) else ())]
    return any(answers) if (kind == "any") is wanted else bool(answers) and all(answers)


def _signal(term: str) -> str:
    """What a term looks at; empty where it cannot be read, which is told elsewhere."""
    try:
        operand = parse_term(term).operand
    except ValueError:
        return ""
    return operand.signal if isinstance(operand, Window) else operand


def _named(rule: Mapping[str, Any]) -> list[str]:
    """The channels' signals that a rule looks at to begin."""
    begins = {key: value for key, value in rule.items() if key != "until"}
    found = [_signal(text) for _, text in rule_terms(begins, ())]
    return list(dict.fromkeys(signal for signal in found if signal in OF_CHANNELS))
