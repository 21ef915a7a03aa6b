"""What was found becomes a file of the keys that differ, or goes into one that is there."""

from pathlib import Path

import pytest

from driver_monitor.config.loader import load
from driver_monitor.errors import DriverMonitorError
from driver_monitor.tune.parameter import Spot, Value, applied, find_spot
from driver_monitor.tune.preset import preset_text, update_file
from driver_monitor.tune.space import config_data, config_of

MINE = """\
# my car
extends: quiet   # the quiet one
rules:
  # a microsleep
  microsleep:
    why: >-
      The default's number: it
      was right.
    when:
      all:
      - eyes_closed_s >= 1.5     # shut
      - grimace < 0.4
    for: 0.0   # at once
  fatigue_advice: {cooldown: 500, level: info}   # rarely
"""
FOUND: dict[str, Value] = {
    "rules.microsleep.when[eyes_closed_s]": 1.25,
    "rules.microsleep.for": 0.4,
    "rules.drowsy.when[perclos_60s]": 0.11,
    "rules.drowsy.requires_second_channel.channels.blinks[fatigue.level]": 0.55,
    "rules.fatigue_advice.cooldown": 400,
    "rules.fatigue_advice.escalate[0].after": 300,
    "rules.sleep.cooldown": 0.0,  # as it is
    "attention.vision.warn_s": 9,
}


def values(path: Path | None) -> dict[Spot, Value]:
    data = config_data(load(path).config)
    return {find_spot(name, data): value for name, value in FOUND.items()}


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(MINE, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["default", "quiet", "mine"])
def test_the_preset_means_the_base_with_what_was_found(name: str, mine: Path, tmp_path: Path) -> None:
    base = load({"default": None, "mine": mine}.get(name, Path(name)))
    found = values(base.path)
    folder = tmp_path / "tuned"
    folder.mkdir()
    file = folder / "preset.yaml"
    file.write_text(preset_text(base, found, ["by a test"], folder), encoding="utf-8")
    assert load(file).config == config_of(applied(config_data(base.config), found))
    text = file.read_text(encoding="utf-8")
    assert f"extends: {'../mine.yaml' if name == 'mine' else name}" in text.replace('"', "")
    assert "#   rules.microsleep.for: 0.0 -> 0.4" in text
    assert "sleep:\n    cooldown" not in text.replace("microsleep", "")  # only what differs


def test_a_file_that_is_there_keeps_its_comments(mine: Path) -> None:
    before = config_data(load(mine).config)
    update_file(mine, values(mine))
    assert config_data(load(mine).config) == applied(before, values(mine))
    text = mine.read_text(encoding="utf-8")
    for kept in (
        "# my car\nextends: quiet   # the quiet one\n",
        "  # a microsleep\n  microsleep:\n    why: >-\n      The default's number: it\n      was right.\n",
        "      - eyes_closed_s >= 1.25    # shut\n      - grimace < 0.4\n    for: 0.4   # at once\n",
        "# rarely",
    ):
        assert kept in text
    update_file(mine, values(mine))  # a second time there is nothing to do
    assert mine.read_text(encoding="utf-8") == text


def test_a_file_without_such_a_rule_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text("rules:\n  microsleep:\n    when: openness < 0.2\n", encoding="utf-8")
    with pytest.raises(DriverMonitorError, match="'when' compares no 'eyes_closed_s'"):
        update_file(file, values(None))
    assert file.read_text(encoding="utf-8") == "rules:\n  microsleep:\n    when: openness < 0.2\n"
    assert list(tmp_path.iterdir()) == [file]
