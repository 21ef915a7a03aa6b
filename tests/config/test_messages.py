"""Every key has its text, in every language that ships."""

import string

import pytest

from driver_monitor.alerts import failure
from driver_monitor.config.messages import MessagesConfig, is_key, language_texts, languages
from driver_monitor.config.rules import built_in_rules

ENGLISH = language_texts("en")


def test_every_message_of_a_default_rule_is_a_key_with_an_english_text() -> None:
    said = {rule.message for rule in built_in_rules().values()}
    said |= {step.message for rule in built_in_rules().values() for step in rule.escalate if step.message}
    assert said <= set(ENGLISH)


def test_no_text_is_left_over() -> None:
    said = {rule.message for rule in built_in_rules().values()} | {"rule_quiet", failure.MESSAGE}
    said |= {step.message for rule in built_in_rules().values() for step in rule.escalate if step.message}
    assert set(ENGLISH) == said


@pytest.mark.parametrize("language", languages())
def test_a_language_has_exactly_the_keys_and_the_gaps_of_english(language: str) -> None:
    texts = language_texts(language)
    assert list(texts) == list(ENGLISH)
    for key, text in texts.items():
        assert is_key(key), key
        assert [field for _, field, _, _ in string.Formatter().parse(text) if field] == [
            field for _, field, _, _ in string.Formatter().parse(ENGLISH[key]) if field
        ]
        assert text.strip() == text != ""
        assert len(text) <= 80, "said in traffic"


def test_a_text_that_is_no_key_is_itself() -> None:
    assert MessagesConfig().text("Slow down.") == "Slow down."
    assert MessagesConfig().text("fast") == "fast"
    assert not is_key("fast")
    assert not is_key("Slow_down now")


def test_a_language_without_a_text_says_it_in_english() -> None:
    assert MessagesConfig(language="xx").text("wake_up") == ENGLISH["wake_up"]


def test_the_hint_for_stress_is_opt_in_silent_rare_and_no_judgement() -> None:
    strain = built_in_rules()["strain"]
    assert not strain.enabled
    assert strain.outputs == ("console",)
    assert strain.cooldown_s >= 1800
    for language in languages():
        text = MessagesConfig(language=language).text(strain.message).lower()
        assert not any(word in text for word in ("you look", "angry", "stress", "aggress", "wüt"))
