"""An error guesses what was meant, and guesses nothing where it cannot know."""

from typing import Any

import pytest

from driver_monitor.config.catalogue import Setting, find
from driver_monitor.config.errors import shown
from driver_monitor.config.hints import advice, nearest


def setting(dotted: str) -> Setting:
    node = find(tuple(dotted.split(".")))
    assert isinstance(node, Setting)
    return node


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("camera.stall_s", "1.5 s", "write 1.5 (always in s)"),
        ("camera.stall_s", "1500 ms", "write 1.5 (always in s)"),
        ("camera.stall_s", "1,5", "write 1.5"),
        ("camera.stall_s", "1.5", "write 1.5 without quotes"),
        ("camera.stall_s", "5 min", "that is 300 s"),
        ("camera.stall_s", "4 bananas", "the unit is s, not 'bananas'; write a plain number"),
        ("camera.stall_s", "soon", "write a plain number in s"),
        ("camera.stall_s", 1500, "if that is milliseconds, write 1.5"),
        ("camera.stall_s", 0.01, ""),
        ("vehicle.speed.fixed_kmh", "90 km/h", "write 90 (always in km/h)"),
        ("vehicle.speed.fixed_kmh", "25 m/s", "write 90 (always in km/h)"),
        ("vehicle.speed.fixed_kmh", 900, ""),
        ("face.min_face_share", 8, "if that is a percentage, write 0.08"),
        ("face.min_face_share", "8 %", "write 0.08 (always in ratio)"),
        ("camera.width_px", "640px", "write 640 (always in px)"),
        ("alerts.audio.backend", "alpay", "did you mean 'aplay'?"),
        ("alerts.audio.backend", "pulseaudio", ""),
        ("alerts.audio.enabled", 1, ""),
        ("face.model", 3.5, 'write it in quotes: "3.5"'),
        ("rules.x.outputs", "audio", "write [audio]"),
    ],
)
def test_the_likely_meaning_is_offered(key: str, value: object, told: str) -> None:
    assert advice(setting(key), value) == told


def test_a_name_is_near_in_spelling_only() -> None:
    assert nearest("widht_px", ["width_px", "height_px"]) == "width_px"
    assert nearest("Dark-Luma", ["dark_luma"]) == "dark_luma"
    assert nearest("volume", ["fps", "source"]) is None


def test_a_value_is_shown_as_it_was_written() -> None:
    values: list[Any] = [None, True, 1.5, "a", [1, "b"], {}]
    assert [shown(value) for value in values] == [
        "nothing",
        "true",
        "1.5",
        "'a'",
        '[1, "b"]',
        "an empty section",
    ]
    assert shown("x" * 500).endswith("... (500 characters)")
