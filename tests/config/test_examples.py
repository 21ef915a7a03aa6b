"""Every example config is fine, is one that somebody finds, and names what there is."""

from pathlib import Path

import pytest

from driver_monitor.cli.main import main
from driver_monitor.config.errors import ConfigError
from driver_monitor.config.loader import load, load_text
from driver_monitor.documents import section

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "configs" / "examples").glob("*.yaml"))


def test_there_are_some() -> None:
    assert {"can.yaml", "home-assistant-camper.yaml"} <= {file.name for file in EXAMPLES}


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_config_check_calls_it_fine(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check", str(file)]) == 0
    shown = capsys.readouterr()
    assert f"{file}: fine" in shown.out
    assert shown.err == ""


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_it_is_linked_where_one_looks_for_it(file: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"configs/examples/{file.name}" in section(readme, "In a car")


def test_the_camper_publishes_encrypted_and_with_a_password_from_a_file() -> None:
    mqtt = load(ROOT / "configs" / "examples" / "home-assistant-camper.yaml").config.alerts.mqtt
    assert (mqtt.enabled, mqtt.tls, bool(mqtt.password_file)) == (True, True, True)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("can: {base_id: 2047}", "alerts.can.base_id: got 2047; accepted: up to 2046"),
        ("gpio: {buzzer_pin: 17, button_pin: 17}", "alerts.gpio.button_pin: got 17, which is buzzer_pin as well"),
        ("mqtt: {topic: 'a/#'}", "alerts.mqtt.topic"),
        ("mqtt: {device_id: 'my car'}", "alerts.mqtt.device_id"),
        ("mqtt: {password: secret}", "alerts.mqtt.password"),
    ],
)
def test_mistakes_in_the_sections_of_outputs_are_told(lines: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_text(f"alerts:\n  {lines}\n", "car.yaml")
    assert told in str(caught.value)


@pytest.mark.parametrize("lines", ["can: {base_id: 2046}", "can: {base_id: 4096, extended_id: true}",
                                   "can: {base_id: 4096, j1939_address: 33}"])  # fmt: skip
def test_ids_that_fit_are_taken(lines: str) -> None:
    load_text(f"alerts:\n  {lines}\n", "car.yaml")
