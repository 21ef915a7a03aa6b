"""What is worth an alert. The meaning of ``for``, ``keep_firing_for`` and ``pending`` is Prometheus'.

The rules that hold when a file says nothing else stand in ``rules.yaml`` beside this module.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import AfterValidator, Discriminator, Field, Tag, TypeAdapter

from driver_monitor.config.section import Section, setting
from driver_monitor.config.term import parse_term

BUILT_IN: Final = Path(__file__).with_name("rules.yaml")
CONDITION: Final = "a term 'signal op threshold', or one of all: and any: over a list, or not:"


def _read(term: str) -> str:
    parse_term(term)
    return term


Term = Annotated[
    str, Field(description="'signal op threshold', for instance 'eyes_closed_s >= 1.5'"), AfterValidator(_read)
]
LevelName = Literal["info", "warning", "critical", "unresponsive"]
Output = Literal["console", "audio", "serial", "can", "mqtt", "gpio"]


class All(Section):
    all: tuple["Condition", ...] = Field(min_length=1, description="true when every condition is true")


class Any_(Section):  # noqa: N801  (any() is taken)
    any: tuple["Condition", ...] = Field(min_length=1, description="true when at least one condition is true")


class Not(Section):
    not_: "Condition" = Field(alias="not", description="true when the condition is false")


def _kind(value: Any) -> str | None:
    """Which kind of condition it is meant to be; in pydantic's paths the parentheses tell it from a key."""
    if isinstance(value, str):
        return "(term)"
    if isinstance(value, All | Any_ | Not):
        return {All: "(all)", Any_: "(any)", Not: "(not)"}[type(value)]
    return f"({next(iter(value))})" if isinstance(value, dict) and len(value) == 1 else None


Condition = Annotated[
    Annotated[Term, Tag("(term)")]
    | Annotated[All, Tag("(all)")]
    | Annotated[Any_, Tag("(any)")]
    | Annotated[Not, Tag("(not)")],
    Discriminator(
        _kind,
        custom_error_type="condition",
        custom_error_message=f"Input should be {CONDITION}",
    ),
]


class SpeedGate(Section):
    from_kmh: float = setting(0.0, "the rule is considered from this speed on", unit="km/h", ge=0, le=250)
    below_kmh: float = setting(1000.0, "the rule is considered below this speed", unit="km/h", gt=0, le=1000)
    when_unknown: Literal["apply", "suppress"] = setting(
        "apply", "what the rule does while a configured speed source is silent"
    )


class SecondChannel(Section):
    at_least: int = setting(1, "how many of the channels must hold at the moment the rule fires", ge=1, le=10)
    channels: dict[str, Condition] = setting(
        {}, "further evidence by name, a condition each; without any, the rule needs no second channel"
    )


class Escalation(Section):
    after_s: float = setting(
        ..., "time that the condition has held since the rule fired", unit="s", gt=0, le=3600, alias="after"
    )
    level: LevelName = setting(..., "how urgent the alert is from then on; higher than before")
    message: str | None = setting(None, "what the driver is told then; left out, the message stays")


class RuleConfig(Section):
    why: str | None = setting(
        None, "the reason for its numbers, with their source: a sentence or two for people to read", max_length=500
    )
    when: Condition = Field(
        description="the condition: a term, or all:, any: or not: over conditions; a window over time may stand for a "
        "signal: mean, min, max(signal, seconds), fraction, count(comparison, seconds)"
    )
    until: Condition | None = setting(
        None,
        "hysteresis: once begun, the rule goes on until this is true, instead of while 'when' is true; once firing, "
        "it does so at any speed and regardless of only_while",
    )
    only_while: Condition | None = setting(None, "the rule is considered while this is true")
    speed: SpeedGate = setting(SpeedGate(), "speeds at which the rule applies")
    requires_second_channel: SecondChannel = setting(
        SecondChannel(), "further evidence that must agree at the moment the rule fires"
    )
    inhibited_by: tuple[str, ...] = setting(
        (),
        "while one of these rules fires this one does not begin, repeat or escalate; afterwards it does so at once if "
        "its condition has held long enough",
    )
    for_s: float = setting(
        0.0, "the condition must hold this long before the rule fires", unit="s", ge=0, le=3600, alias="for"
    )
    keep_firing_for_s: float = setting(
        0.0,
        "the rule keeps firing this long after the condition has gone",
        unit="s",
        ge=0,
        le=3600,
        alias="keep_firing_for",
    )
    cooldown_s: float = setting(
        4.0,
        "how long the rule may not fire again after it has cleared",
        unit="s",
        ge=0,
        le=3600,
        alias="cooldown",
    )
    repeat_every_s: float = setting(
        0.0,
        "repeat the alert this often while the condition holds; 0: never",
        unit="s",
        ge=0,
        le=3600,
        alias="repeat_every",
    )
    level: LevelName = setting("warning", "how urgent it is")
    escalate: tuple[Escalation, ...] = setting(
        (), "steps to higher levels while the condition goes on: after, level and, if wanted, message"
    )
    message: str = setting(..., "what the driver is told: a key of messages, or the text itself", min_length=1)
    outputs: tuple[Output, ...] | None = setting(
        None, "where the alert goes; null: where alerts.outputs sends alerts of its level"
    )
    never_muted: bool = setting(
        False,
        "nuisance-alert suppression (alerts.budget) never mutes this rule: for rules that are right although the "
        "driver looks attentive (drowsiness, speed); critical alerts are never muted",
    )
    enabled: bool = setting(True, "false switches the rule off without deleting it")

    @property
    def without_why(self) -> "RuleConfig":
        """What it does, whatever the reason."""
        return self.model_copy(update={"why": None})


@cache
def built_in_rules() -> dict[str, RuleConfig]:
    """The rules of :data:`BUILT_IN` by name; nobody may change them."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where PyYAML has it
    data = yaml.load(BUILT_IN.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  (safe, either of them)
    return TypeAdapter(dict[str, RuleConfig]).validate_python(data["rules"])
