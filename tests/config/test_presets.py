"""Every preset of ``configs/`` loads, changes something, says what it follows and is in the table of presets."""

from pathlib import Path

import pytest

from driver_monitor.config.difference import differences
from driver_monitor.config.loader import default_config, load, presets
from driver_monitor.config.preset import PresetConfig

ROOT = Path(__file__).parents[2]
SHIPPED = {
    "default", "quiet", "sensitive", "eu-gsr", "euro-ncap-2026", "un-r171", "commercial-fleet", "right-hand-drive"
}  # fmt: skip


def test_the_shipped_presets_are_there() -> None:
    assert set(presets()) == SHIPPED


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_preset_claims_rows_and_says_what_it_is_modelled_on(name: str) -> None:
    loaded = load(Path(name))
    preset = loaded.config.preset
    assert preset.claims
    assert len(set(preset.claims)) == len(preset.claims)
    assert preset.modelled_on
    assert "compliant" not in preset.modelled_on


@pytest.mark.parametrize("name", sorted(SHIPPED - {"default"}))
def test_a_preset_extends_another_and_gives_only_what_it_changes(name: str) -> None:
    text = presets()[name].read_text(encoding="utf-8")
    base = next(line.split()[1] for line in text.splitlines() if line.startswith("extends:"))
    assert base in SHIPPED
    assert text.startswith("# ")
    changed = differences(load(Path(base)).config, load(Path(name)).config)
    assert changed
    assert len(changed) <= 40


@pytest.mark.parametrize("name", sorted(SHIPPED - {"default"}))
def test_a_preset_that_moves_what_a_rule_waits_for_gives_its_reason(name: str) -> None:
    """Else the reason of the preset that it extends would stand beside numbers that it is not about."""
    text = presets()[name].read_text(encoding="utf-8")
    base = next(line.split()[1] for line in text.splitlines() if line.startswith("extends:"))
    before = load(Path(base)).config.rules
    for rule_name, rule in load(Path(name)).config.rules.items():
        old = before.get(rule_name)
        numbers = ("when", "until", "only_while", "speed", "requires_second_channel", "for_s")
        assert rule.why, rule_name
        if old is None or any(getattr(rule, key) != getattr(old, key) for key in numbers):
            assert old is None or rule.why != old.why, rule_name


def test_presets_mean_different_things() -> None:
    assert len({load(Path(name)).sha256 for name in SHIPPED}) == len(SHIPPED)


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_the_table_of_presets_names_every_preset(name: str) -> None:
    assert f"| `{name}` |" in (ROOT / "configs" / "README.md").read_text(encoding="utf-8")


def test_the_defaults_are_a_preset_like_any_other() -> None:
    assert default_config().preset == PresetConfig()
