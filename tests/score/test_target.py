"""What a rule is there for follows from what it looks at."""

import pytest

from driver_monitor.config.loader import default_config, load, presets
from driver_monitor.config.rules import All, Any_, Not, RuleConfig
from driver_monitor.labels.label import KINDS
from driver_monitor.score.target import (
    _SIGNALS,
    CLOSURE,
    DANGERS,
    DROWSY,
    HARMLESS,
    LOOK,
    Target,
    default_targets,
    target,
    targets,
    window,
)  # fmt: skip
from driver_monitor.state.vocabulary import KINDS as SIGNALS


@pytest.mark.parametrize(
    ("rule", "detects"),
    [
        ("microsleep", CLOSURE), ("sleep", CLOSURE), ("eyes_shut", CLOSURE), ("unresponsive", CLOSURE | LOOK),
        ("long_glance", LOOK), ("long_mirror_glance", LOOK), ("repeated_glances", LOOK), ("drowsy", DROWSY),
        ("very_drowsy", DROWSY), ("fatigue_advice", DROWSY), ("yawning", {"yawn"}), ("attention_lost", CLOSURE | LOOK),
        ("cannot_see", set()), ("driver_missing", set()), ("lockout", set()),
    ],
)  # fmt: skip
def test_the_rules_of_the_default_config_are_there_for_what_their_names_say(rule: str, detects: set[str]) -> None:
    assert default_targets()[rule].detects == detects


def test_every_default_rule_in_force_has_a_target_and_no_other() -> None:
    rules = default_config().rules
    assert set(targets(default_config())) == set(default_targets()) == {name for name in rules if rules[name].enabled}


def test_the_rules_of_every_preset_answer_every_danger() -> None:
    for path in presets().values():
        found = targets(load(path).config)
        assert frozenset().union(*(each.detects for each in found.values())) >= DANGERS, path


def test_a_rule_of_ones_own_is_judged_by_its_signals() -> None:
    rule = RuleConfig(
        when=All(all=("mean(openness, 10) < 0.4", Not.model_validate({"not": "zone == road"}))), message="x"
    )
    assert target(rule).detects == CLOSURE | LOOK
    rule = RuleConfig(when=Any_(any=("fraction(on_road == false, 30) >= 0.6", "quality > 0.5")), message="x")
    assert target(rule) == Target(LOOK, LOOK | CLOSURE)


def test_what_explains_an_alert_is_never_harmless_and_always_what_it_detects() -> None:
    for each in default_targets().values():
        assert each.explained_by >= each.detects
        assert each.explained_by.isdisjoint(HARMLESS)


def test_signals_and_kinds_are_those_that_there_are() -> None:
    assert set(_SIGNALS) <= set(SIGNALS)
    assert frozenset().union(*_SIGNALS.values()) | DANGERS | HARMLESS <= set(KINDS)
    assert window("drowsy").tolerance_s > window("phone").tolerance_s
