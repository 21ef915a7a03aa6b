"""The built-in rules are one YAML file, a config like a user's; every rule may say why its numbers are as they are."""

from pathlib import Path

import pytest
import yaml

from driver_monitor.config.errors import ConfigError
from driver_monitor.config.loader import default_config, load
from driver_monitor.config.reader import read
from driver_monitor.config.rules import BUILT_IN, built_in_rules


def test_the_built_in_rules_are_a_config_file_like_any_other_and_mean_the_defaults() -> None:
    loaded = load(BUILT_IN)
    assert loaded.config == default_config()
    assert loaded.sha256 == load(None).sha256


def test_every_reader_reads_the_file_the_same() -> None:
    data = read(BUILT_IN).data
    assert data == yaml.safe_load(BUILT_IN.read_text(encoding="utf-8"))
    assert list(data) == ["rules"]
    assert list(data["rules"]) == list(built_in_rules())


def test_every_built_in_rule_says_why_in_words_of_one_line() -> None:
    for name, rule in built_in_rules().items():
        assert rule.why, name
        assert rule.why == " ".join(rule.why.split()), name
        assert rule.why.endswith("."), name


def test_a_rule_of_the_user_says_why_and_keeps_the_reason_of_the_rule_it_changes_else(tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"
    file.write_text(
        "rules:\n"
        "  mine: {when: fps < 5, message: Slow camera., why: The old webcam.}\n"
        "  sleep: {why: Three seconds are long., cooldown: 1}\n"
        "  microsleep: {cooldown: 2}\n"
    )
    rules = load(file).config.rules
    assert rules["mine"].why == "The old webcam."
    assert rules["sleep"].why == "Three seconds are long."
    assert rules["microsleep"].why == built_in_rules()["microsleep"].why


@pytest.mark.parametrize(("why", "got"), [("x" * 501, "'xxx"), ("[a]", '["a"]')])
def test_a_reason_is_a_text_of_bounded_length(tmp_path: Path, why: str, got: str) -> None:
    file = tmp_path / "car.yaml"
    file.write_text(f"rules:\n  sleep:\n    why: {why}\n")
    with pytest.raises(ConfigError) as caught:
        load(file)
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"{file}:3: rules.sleep.why: got {got}")
    assert problem.sentence.endswith("accepted: text, up to 500 characters")
