"""No sense beside the face raises a critical alarm by itself: not a built-in rule, and no rule of a user's."""

from pathlib import Path

import pytest

from driver_monitor.config.errors import ConfigError
from driver_monitor.config.loader import default_data, load, load_text
from driver_monitor.config.rules import built_in_rules
from driver_monitor.config.term import Window
from driver_monitor.config.unaided import LEVELS, can_hold, unaided
from driver_monitor.rules.condition import terms_of, terms_of_rule
from driver_monitor.state.channels import CHANNEL_NAMES


def looked_at(terms: object) -> set[str]:
    return {term.operand.signal if isinstance(term.operand, Window) else term.operand for term in terms}  # type: ignore[attr-defined]


def test_no_urgent_built_in_rule_looks_at_a_channel_and_none_begins_by_one() -> None:
    urgent = 0
    for name, rule in built_in_rules().items():
        if rule.level in LEVELS or any(step.level in LEVELS for step in rule.escalate):
            urgent += 1
            assert not looked_at(terms_of_rule(rule)) & set(CHANNEL_NAMES), name
        assert not looked_at(terms_of(rule.when)) & set(CHANNEL_NAMES), name
    assert urgent >= 4
    assert not list(unaided(default_data()))


ALLOWED = {
    "a warning": "{when: slump >= 0.8, message: wake_up}",
    "with the eyes": "{when: {all: [slump >= 0.8, eyes_closed_s >= 1]}, level: critical, message: wake_up}",
    "seconded by the eyes": "{when: slump >= 0.8, requires_second_channel: {channels: {eyes: eyes_closed_s >= 1}}, "
    "level: critical, message: wake_up}",
    "while the eyes are closed": "{when: slump >= 0.8, only_while: eyes == closed, level: critical, message: wake_up}",
    "no channel in it": "{when: speed_kmh > 150, level: critical, message: wake_up}",
    "ends by a channel": "{when: eyes_closed_s >= 3, until: slump < 0.2, level: critical, message: wake_up}",
}
REFUSED = {
    "alone": "{when: slump >= 0.8, level: critical, message: wake_up}",
    "with the speed": "{when: {all: [slump >= 0.8, speed_kmh > 20]}, level: unresponsive, message: wake_up}",
    "instead of the eyes": "{when: {any: [eyes_closed_s >= 3, {not: voice_flatness < 0.5}]}, level: critical, "
    "message: wake_up}",
    "over time": "{when: 'fraction(hand_over_mouth == true, 60) >= 0.9', level: critical, message: wake_up}",
    "by one of two": "{when: {not: {all: [eyes == open, slump < 0.5]}}, level: critical, message: wake_up}",
    "an estimate of channels": "{when: stress.stressed >= 0.9, level: critical, message: wake_up}",
    "seconded by another": "{when: slump >= 0.8, requires_second_channel: {channels: {voice: voice_flatness > 0.5}}, "
    "level: critical, message: wake_up}",
    "in its second step": "{when: slump >= 0.8, escalate: [{after: 9, level: critical}], message: wake_up}",
}


@pytest.mark.parametrize("rule", ALLOWED.values(), ids=ALLOWED)
def test_a_rule_that_needs_the_face_may_be_urgent(rule: str, tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"
    file.write_text(f"rules:\n  mine: {rule}\n")
    assert "mine" in load(file).config.rules


@pytest.mark.parametrize("rule", REFUSED.values(), ids=REFUSED)
def test_an_urgent_rule_that_a_channel_alone_can_fire_is_refused_with_its_line(rule: str, tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"
    file.write_text(f"rules:\n  mine: {rule}\n")
    with pytest.raises(ConfigError) as caught:
        load(file)
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"{file}:2: rules.mine.")
    assert "accepted: info | warning" in problem.sentence
    assert "add what the face shows under 'all:'" in problem.sentence


def test_a_built_in_rule_may_not_be_made_urgent_so(tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"
    file.write_text("rules:\n  strain:\n    enabled: true\n    level: critical\n")
    with pytest.raises(ConfigError, match=r"car\.yaml:4: rules\.strain\.level: got critical.*stress\.stressed"):
        load(file)


def test_a_recorded_drive_with_such_a_rule_can_still_be_read() -> None:
    text = f"rules:\n  mine: {REFUSED['alone']}\n"
    assert load_text(text, "drive").config.rules["mine"].level == "critical"


def test_what_is_no_condition_cannot_hold() -> None:
    conditions: tuple[object, ...] = (None, [], {}, {"all": []}, {"all": "slump > 1"}, "slump >> 1", "nonsense > 1", 3)
    for condition in conditions:
        assert not can_hold(condition)
