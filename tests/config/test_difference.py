"""Two configs are compared key by key, with units."""

from pathlib import Path

from driver_monitor.config.difference import differences
from driver_monitor.config.loader import default_config, load


def test_a_config_does_not_differ_from_itself() -> None:
    assert differences(default_config(), default_config()) == []


def test_keys_that_differ_are_told_with_both_values_and_the_unit(tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"
    file.write_text(
        "camera: {fps: 20}\nrules: {sleep: {when: eyes_closed_s >= 2.5}, mine: {when: fps < 5, message: Slow}}\n"
    )
    told = [str(difference) for difference in differences(default_config(), load(file).config)]
    assert told[:2] == [
        "camera.fps: 30.0 -> 20.0 Hz",
        "rules.sleep.when: {all: [eyes_closed_s >= 3.0, grimace < 0.4]} -> eyes_closed_s >= 2.5",
    ]
    assert "rules.mine.when: only in the second: fps < 5" in told
    assert "rules.mine.cooldown: only in the second: 4.0 s" in told
    assert "rules.mine.message: only in the first: Slow" in [
        str(difference) for difference in differences(load(file).config, default_config())
    ]
