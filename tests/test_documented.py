"""Nothing is hidden: every command and flag stands in the README, every setting in the default file."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver_monitor.cli.main import build_parser
from driver_monitor.config.catalogue import settings
from driver_monitor.config.loader import load
from driver_monitor.report.signals_csv import column_table

ROOT = Path(__file__).parents[1]


def parsers(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command with its parser, subcommands included."""
    yield name, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, below in action.choices.items():
                yield from parsers(below, f"{name} {word}")


COMMANDS = dict(parsers(build_parser(), "driver-monitor"))
FLAGS = sorted(
    {
        (name, flag)
        for name, parser in COMMANDS.items()
        for action in parser._actions
        for flag in action.option_strings
        if flag.startswith("--") and flag != "--help"
    }
)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert name in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "flag"), FLAGS)
def test_every_flag_is_in_the_readme_and_has_help(name: str, flag: str) -> None:
    words = (ROOT / "README.md").read_text(encoding="utf-8").replace("`", " ").replace("]", " ").replace(",", " ")
    assert flag in {word.partition("=")[0] for word in words.split()}
    action = next(action for action in COMMANDS[name]._actions if flag in action.option_strings)
    assert action.help


def test_every_section_of_the_config_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(section in text for section in {path[0] for path, _ in settings() if isinstance(path[0], str)})


def test_every_setting_is_in_the_default_file() -> None:
    text = (ROOT / "configs" / "default.yaml").read_text(encoding="utf-8")
    assert [
        setting.name for _, setting in settings() if f"{setting.name}: " not in text and f".{setting.name}" not in text
    ] == []


def test_the_signals_table_is_the_one_of_the_code() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert column_table().strip() in text


def test_the_rules_shown_in_the_readme_can_be_used(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text.partition("### Rules")[2].partition("```yaml\n")[2].partition("```")[0]
    file = tmp_path / "car.yaml"
    file.write_text(shown, encoding="utf-8")
    assert load(file).config.rules["drowsy"].until == "perclos_60s < 0.10"
