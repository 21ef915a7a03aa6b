"""What may be tuned is named as errors name it, and what is not understood is refused with its line."""

from pathlib import Path
from typing import Any

import pytest

from driver_monitor.config.config import Config
from driver_monitor.config.errors import ConfigError
from driver_monitor.errors import UsageError
from driver_monitor.tune.parameter import Parameter, applied, find_spot
from driver_monitor.tune.space import config_data, config_of, read_space, read_sweep

BASE = Config()


def space(tmp_path: Path, *lines: str, base: Config = BASE) -> tuple[Parameter, ...]:
    file = tmp_path / "space.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_space(file, base)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rules.microsleep.cooldown", 1.0),
        ("rules.microsleep.when[eyes_closed_s]", 1.5),
        ("rules.microsleep.when[eyes_closed_s >= 1.5]", 1.5),
        ("rules.drowsy.requires_second_channel.channels.blinks[fatigue.level]", 0.6),
        ("rules.drowsy.requires_second_channel.channels.three_minutes[perclos_180s]", 0.1),
        ("rules.drowsy.speed.from_kmh", 50.0),
        ("rules.cannot_see.when[fraction(eyes == unknown,2)]", 0.9),
        ("rules.unresponsive.until[max(speed_kmh, 60)]", 5.0),
        ("rules.fatigue_advice.escalate[0].after", 600.0),
        ("attention.vision.warn_s", 8.0),
        ("attention.lockout_after", 3),
        ("rules.microsleep.level", "warning"),
    ],
)
def test_a_name_finds_the_value_and_puts_another_in_its_place(name: str, value: Any) -> None:
    data = config_data(BASE)
    spot = find_spot(name, data)
    assert spot.read(data) == value
    other = {"warning": "critical"}.get(value) or value + 1
    changed = applied(data, {spot: other})
    assert spot.read(changed) == other
    assert config_of(changed) is not None
    assert spot.read(data) == value  # the base is as it was


def test_a_whole_range_with_steps_logarithms_and_choices(tmp_path: Path) -> None:
    for_s, perclos, repeat, lockout = space(
        tmp_path,
        "rules.drowsy.for: {low: 1, high: 2.95, step: 0.5}",
        "rules.drowsy.when[perclos_60s]: {low: 0.05, high: 0.3, log: true}",
        "rules.drowsy.repeat_every: {choices: [0, 60, 300]}",
        "attention.lockout_after: [1, 5]",
    )
    assert for_s.ends == (1, 2.5)  # what a step comes to
    assert perclos.tidy(0.123456) == 0.1235
    assert repeat.ends == (0, 60, 300)
    assert lockout.tidy(2.0) == 2
    assert for_s.holds(1.5)
    assert not for_s.holds(1.6)


MISTAKES = {
    "rules.microslep.for: [1, 2]": "there is no rule 'microslep'; did you mean 'microsleep'?",
    "rules.microsleep.fro: [1, 2]": "there is no key 'fro'; did you mean 'for'?",
    "rules.drowsy.when[perclos_60]: [1, 2]": "'when' compares no 'perclos_60'; did you mean 'perclos_60s'?",
    "rules.drowsy.when: [1, 2]": "'when' is a condition; name what is compared, as in when[perclos_60s]",
    "rules.drowsy.until[x]: [1, 2]": "the rule has no 'until'",
    "rules.drowsy.for: [-1, 2]": "got -1; accepted: a number 0 to 3600 (s)",
    "rules.drowsy.cooldown: [3, 2]": "got 3 to 2; accepted: a low end below the high end",
    "rules.drowsy.repeat_every: [a, 2]": "low: got 'a'; accepted: a number",
    "rules.sleep.for: {low: 1, hihg: 2}": "there is no 'hihg' of a range; did you mean 'high'?",
    "rules.sleep.cooldown: {low: 0, high: 2, log: true}": "a range with log: true begins above 0 and has no step",
    "rules.drowsy.level: [1, 2]": "give it {choices: [...]}",
    "rules.sleep.level: {choices: [warning, loud]}": "got 'loud'; accepted: one of info",
    "rules.sleep.message: {choices: [a b, c d]}": "not something to tune",
    "rules.drowsy: [1, 2]": "it is a section; name one of why, when, until",
    "rules.strain.for: [1, 2]": "the rule 'strain' is switched off",
    "rules.unresponsive.until[eyes]: [1, 2]": "is compared with is 'open', no number",
    "rules.unresponsive.when[awareness: [1, 2]": "a ']' is missing",
    "rules.fatigue_advice.escalate[3].after: [1, 2]": "there is escalate[0]",
    "signals.closure.p80_openness: [0.1, 0.3]": "cannot be tuned on recorded signals",
    "attention.lockout_after: [1.5, 3]": "low: got 1.5",
}


def test_every_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        space(tmp_path, *MISTAKES)
    told = caught.value.problems
    assert str(caught.value).startswith(f"the search file has {len(MISTAKES)} mistakes; correct these lines:\n")
    assert [problem.place.line for problem in told] == list(range(1, len(MISTAKES) + 1))
    for problem, sentence in zip(told, MISTAKES.values(), strict=True):
        assert sentence in problem.sentence


def test_a_search_file_that_is_not_there_is_called_that(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml: there is no such search file$"):
        read_space(tmp_path / "none.yaml", Config())


def test_a_rule_that_the_search_switches_on_may_be_tuned(tmp_path: Path) -> None:
    assert len(space(tmp_path, "rules.strain.for: [1, 2]", "rules.strain.enabled: {choices: [true, false]}")) == 2


def test_two_names_for_one_value_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the same value as"):
        space(tmp_path, "rules.sleep.when[eyes_closed_s]: [1, 2]", "rules.sleep.when[eyes_closed_s >= 3]: [1, 2]")


def test_a_term_that_stands_twice_needs_its_whole_name(tmp_path: Path) -> None:
    rules = {"town": {"when": {"all": ["speed_kmh >= 20", "speed_kmh < 50"]}, "message": "slow down"}}
    base = Config.model_validate({"rules": rules})
    with pytest.raises(ConfigError, match=r"write one of when\[speed_kmh >= 20.0\], when\[speed_kmh < 50.0\]"):
        space(tmp_path, "rules.town.when[speed_kmh]: [1, 2]", base=base)
    (one,) = space(tmp_path, "rules.town.when[speed_kmh < 50]: [30, 60]", base=base)
    assert one.spot.read(config_data(base)) == 50


def test_nothing_to_tune_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="it names nothing to tune"):
        space(tmp_path, "# rules.drowsy.for: [1, 2]")


def test_a_sweep_has_every_step_and_its_ends() -> None:
    spot, values = read_sweep("rules.microsleep.for=0.5:1.1:0.2", BASE)
    assert (spot.name, values) == ("rules.microsleep.for", (0.5, 0.7, 0.9, 1.1))
    assert read_sweep("rules.drowsy.when[perclos_60s >= 0.08]=0.1:0.3:0.1", BASE)[1] == (0.1, 0.2, 0.3)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rules.drowsy.for", "accepted: NAME=LOW:HIGH:STEP"),
        ("rules.drowsy.for=1:2", "accepted: NAME=LOW:HIGH:STEP"),
        ("rules.drowsi.for=1:2:1", "did you mean 'drowsy'"),
        ("rules.drowsy.for=1:5000:1", "accepted: a number 0 to 3600"),
        ("rules.drowsy.for=0:3000:1", "these are 3001 values"),
        ("rules.drowsy.for=1:2:0", "step: got 0"),
        ("rules.drowsy.level=1:2:1", "which has no steps"),
        ("rules.strain.for=1:2:1", "switched off"),
    ],
)
def test_a_sweep_that_cannot_be(text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match="--sweep") as caught:
        read_sweep(text, BASE)
    assert sentence in str(caught.value)
