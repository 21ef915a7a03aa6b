"""A plain word means what a person reads, or it is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.config.scalar import read_scalar, reads_as_text


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("false", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("0", 0),
        ("-7", -7),
        ("+7", 7),
        ("640", 640),
        ("1.5", 1.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("-1.5E-2", -0.015),
        ("01.5", 1.5),
        ("/dev/video0", "/dev/video0"),
        ("rtsp://camera:554/live", "rtsp://camera:554/live"),
        ("onset", "onset"),
        ("192.168.0.2", "192.168.0.2"),
        ("e5", "e5"),
    ],
)
def test_a_plain_word_is_null_a_flag_a_decimal_number_or_text(word: str, value: object) -> None:
    found, refusal = read_scalar(word, plain=True)
    assert (found, type(found), refusal) == (value, type(value), "")


@pytest.mark.parametrize("word", ["yes", "Yes", "on", "ON", "y", "True", "TRUE"])
def test_what_yaml_1_1_takes_for_true_is_refused_and_true_is_advised(word: str) -> None:
    assert f"got {word}; " in read_scalar(word, plain=True)[1]
    assert "write true" in read_scalar(word, plain=True)[1]


@pytest.mark.parametrize("word", ["no", "off", "Off", "n", "False"])
def test_what_yaml_1_1_takes_for_false_is_refused_and_false_is_advised(word: str) -> None:
    assert "write false" in read_scalar(word, plain=True)[1]


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("1:30", "base 60"),
        ("-12:30:45", "base 60"),
        ("1:30.5", "base 60"),
        ("0640", "base 8"),
        ("08", "base 8"),
        ("0x1F", "plain decimal"),
        ("0o17", "plain decimal"),
        ("0b11", "plain decimal"),
        ("1_000", "without underscores"),
        ("1_0.5", "without underscores"),
        ("2024-01-31", "date"),
        ("2024-01-31T10:00:00Z", "date"),
        (".inf", "finite"),
        ("-.INF", "finite"),
        (".nan", "finite"),
        ("Null", "write null"),
        ("1e999", "larger"),
        ("9" * 5000, "larger"),
    ],
)
def test_number_traps_are_refused_with_the_reason(word: str, why: str) -> None:
    assert why in read_scalar(word, plain=True)[1]


@pytest.mark.parametrize("word", ["yes", "1:30", "0640", "2024-01-31", "", "null", "3"])
def test_quotes_make_text_of_anything(word: str) -> None:
    assert read_scalar(word, plain=False) == (word, "")


def test_half_a_character_is_refused_even_in_quotes() -> None:
    assert "surrogate" in read_scalar("a\ud800", plain=False)[1]


@given(st.text())
def test_a_plain_word_is_never_changed_unnoticed(word: str) -> None:
    value, refusal = read_scalar(word, plain=True)
    if isinstance(value, str):
        assert value == word
    assert reads_as_text(word) == (isinstance(value, str) and not refusal)
