"""What is shown can be loaded again, and the committed default file is what the program writes."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.config.catalogue import settings
from driver_monitor.config.config import Config
from driver_monitor.config.loader import default_config, load
from driver_monitor.config.reader import parse
from driver_monitor.config.rules import RuleConfig, built_in_rules
from driver_monitor.config.show import WIDTH, commented_yaml, effective_yaml, scalar, signals_text
from driver_monitor.state.vocabulary import DESCRIBED

DEFAULT_FILE = Path(__file__).parents[2] / "configs" / "default.yaml"


def test_the_default_file_is_what_the_program_writes() -> None:
    written = commented_yaml(default_config())
    assert DEFAULT_FILE.read_text(encoding="utf-8") == written, (
        "run: driver-monitor config show --defaults --commented > configs/default.yaml"
    )


def test_the_default_file_means_the_defaults() -> None:
    loaded = load(DEFAULT_FILE)
    assert loaded.config == default_config()
    assert loaded.sha256 == load(None).sha256


def test_the_default_file_shows_and_explains_every_key() -> None:
    text = DEFAULT_FILE.read_text(encoding="utf-8")
    unwrapped = " ".join(text.replace("#", " ").split())
    for path, setting in settings():
        assert f"{setting.name}:" in text, path
        assert " ".join(setting.description.split()) in unwrapped, path
        assert setting.source in unwrapped, path
        assert setting.description, path


def test_the_default_file_gives_unit_and_range_beside_each_number() -> None:
    lines = DEFAULT_FILE.read_text(encoding="utf-8").splitlines()
    assert "  fps: 30.0                         # Hz, 5 to 120" in lines
    assert all(len(line) <= WIDTH + 12 for line in lines)


def test_every_default_rule_has_its_reason_in_the_file() -> None:
    unwrapped = " ".join(DEFAULT_FILE.read_text(encoding="utf-8").replace("#", " ").split())
    for name, rule in built_in_rules().items():
        assert rule.why, name
        assert rule.why in unwrapped, name


def test_other_yaml_readers_read_the_default_file_the_same() -> None:
    text = DEFAULT_FILE.read_text(encoding="utf-8")
    assert yaml.safe_load(text) == parse(text, "default.yaml").data


@given(st.text(min_size=1))
def test_any_message_comes_back_from_the_shown_config(message: str) -> None:
    rule = RuleConfig(when="fps < 5", message=message)
    text = effective_yaml(Config(rules={"mine": rule}))
    assert parse(text, "shown").data["rules"]["mine"]["message"] == message


@given(st.text(st.characters(codec="utf-8"), max_size=500) | st.lists(st.text("ab-#: '", min_size=1)).map(" ".join))
def test_any_reason_comes_back_from_the_shown_and_the_commented_config(why: str) -> None:
    config = Config(rules={"mine": RuleConfig(when="fps < 5", message="-", why=why[:500])})
    for text in (effective_yaml(config), commented_yaml(config)):
        assert parse(text, "shown").data["rules"]["mine"]["why"] == why[:500]
        assert yaml.safe_load(text)["rules"]["mine"]["why"] == why[:500]


@given(st.text())
def test_any_text_comes_back_from_every_reader(text: str) -> None:
    shown = f"a: {scalar(text)}\n"
    assert parse(shown, "shown").data == yaml.safe_load(shown) == {"a": text}


@pytest.mark.parametrize("text", ["on", "1:30", "null", "a: b", "a #b", "- a", "", " a", "a ", "[a]", "0640"])
def test_text_that_yaml_would_take_for_something_else_is_quoted(text: str) -> None:
    assert scalar(text).startswith('"')


def test_every_signal_of_a_rule_is_listed_with_its_meaning() -> None:
    lines = signals_text().splitlines()
    assert [line.split()[0] for line in lines] == list(DESCRIBED)
    assert all(len(line.split()) >= 3 for line in lines)
