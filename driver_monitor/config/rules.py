"""What is worth an alert. The meaning of every word here is Prometheus'."""

from typing import Annotated, Literal

from pydantic import Field

from driver_monitor.config.section import Section, setting

Term = Annotated[str, Field(min_length=3, description="'signal op threshold', for instance 'eyes_closed_s >= 1.5'")]


class All(Section):
    all: tuple["Condition", ...] = Field(min_length=1, description="true when every condition is true")


class Any_(Section):  # noqa: N801  (any() is taken)
    any: tuple["Condition", ...] = Field(min_length=1, description="true when at least one condition is true")


Condition = Term | All | Any_


class SpeedGate(Section):
    from_kmh: float = setting(0.0, "the rule is considered from this speed on", unit="km/h", ge=0, le=250)
    below_kmh: float = setting(1000.0, "and below this one", unit="km/h", gt=0, le=1000)
    when_unknown: Literal["apply", "suppress"] = setting(
        "apply", "what the rule does while a configured speed source is silent"
    )


class RuleConfig(Section):
    when: Condition = Field(description="the condition: a term, or all/any over conditions")
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
        "quiet time after a clearing before the rule may fire again",
        unit="s",
        ge=0,
        le=3600,
        alias="cooldown",
    )
    level: Literal["info", "warning", "critical"] = setting("warning", "how urgent it is")
    message: str = setting(..., "what the driver is told", min_length=1)
    outputs: tuple[Literal["console", "audio", "serial"], ...] = setting(
        ("console", "audio", "serial"), "where the alert goes"
    )
    speed: SpeedGate = setting(SpeedGate(), "speeds at which the rule applies")
    enabled: bool = setting(True, "false switches the rule off without deleting it")
