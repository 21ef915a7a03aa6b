"""Nothing is hidden: commands, options, settings and signals stand in the documents, and what these show works."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver_monitor.cli.parsers.command_line import build_parser
from driver_monitor.config.catalogue import find, settings
from driver_monitor.config.config import Config
from driver_monitor.config.loader import load
from driver_monitor.config.rules import BUILT_IN, built_in_rules
from driver_monitor.documents import section
from driver_monitor.labels.sidecar import parse
from driver_monitor.report.signals_csv import column_table
from driver_monitor.tune.space import read_space
from tests.documents import DOCUMENTS, ROOT, blocks

README = ROOT / "README.md"
COMMAND_LINE = ROOT / "driver_monitor" / "cli" / "README.md"
CONFIGS = ROOT / "configs" / "README.md"
SECTIONS = tuple(Config.model_fields)


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
        if flag.startswith("--") and flag != "--help" and action.help != argparse.SUPPRESS  # an old name
    }
)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme_and_among_the_commands(name: str) -> None:
    assert " ".join(name.split()[:2]) in README.read_text(encoding="utf-8")
    assert name in COMMAND_LINE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "flag"), FLAGS)
def test_every_flag_is_told_with_its_command_and_has_help(name: str, flag: str) -> None:
    text = COMMAND_LINE.read_text(encoding="utf-8")
    common = section(text, "Commands").partition("\n## ")[0]
    told = common + ("" if name == "driver-monitor" else section(text, " ".join(name.split()[:2])))
    words = re.sub(r"[`|,;]", " ", told).split()
    assert flag in {word.partition("=")[0] for word in words}
    action = next(action for action in COMMANDS[name]._actions if flag in action.option_strings)
    assert action.help


def test_every_section_of_the_config_is_told() -> None:
    text = section(CONFIGS.read_text(encoding="utf-8"), "Config")
    assert [name for name in SECTIONS if f"`{name}`" not in text] == []


def test_every_setting_is_in_the_default_file() -> None:
    text = (ROOT / "configs" / "default.yaml").read_text(encoding="utf-8")
    assert [
        setting.name for _, setting in settings() if f"{setting.name}: " not in text and f".{setting.name}" not in text
    ] == []


@pytest.mark.parametrize("file", DOCUMENTS)
def test_every_setting_that_a_document_names_exists(file: str) -> None:
    """``camera.fps`` in code letters is a setting, unless it is a file."""
    named = re.findall(rf"`((?:{'|'.join(SECTIONS)})(?:\.[a-z_0-9]+)+)(?:: [^`]*)?`", (ROOT / file).read_text("utf-8"))
    wrong = [name for name in named if find(tuple(name.split("."))) is None]
    assert [name for name in wrong if not name.endswith((".csv", ".py", ".yaml"))] == []


def test_the_signals_table_is_the_one_of_the_code() -> None:
    assert column_table().strip() in CONFIGS.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(built_in_rules()))
def test_every_default_rule_is_in_the_default_file(name: str) -> None:
    assert f"\n  {name}:\n" in (ROOT / "configs" / "default.yaml").read_text(encoding="utf-8")


CONFIGS_SHOWN = [
    (file, block)
    for file in DOCUMENTS
    for language, block in blocks(file)
    if language == "yaml" and block.partition(":")[0] in SECTIONS
]


@pytest.mark.parametrize(("file", "shown"), CONFIGS_SHOWN)
def test_a_config_that_is_shown_can_be_used(file: str, shown: str, tmp_path: Path) -> None:
    car = tmp_path / "car.yaml"
    car.write_text(shown, encoding="utf-8")
    assert load(car).places


def test_the_rule_that_the_readme_explains_is_the_default_one(tmp_path: Path) -> None:
    shown = next(block for language, block in blocks("README.md") if "off_road_s" in block and language == "yaml")
    car = tmp_path / "car.yaml"
    car.write_text(shown, encoding="utf-8")
    assert load(car).config.rules["long_glance"] == built_in_rules()["long_glance"]


def test_both_rules_shown_beside_the_language_are_there() -> None:
    (shown,) = (block for file, block in CONFIGS_SHOWN if file == "configs/README.md" and "rules:" in block)
    assert "until: perclos_60s < 0.10" in shown
    assert "escalate:" in shown


def test_the_search_space_and_the_labels_that_are_shown_can_be_read(tmp_path: Path) -> None:
    space = next(block for language, block in blocks("driver_monitor/tune/README.md") if language == "yaml")
    file = tmp_path / "space.yaml"
    file.write_text(space, encoding="utf-8")
    assert len(read_space(file, Config())) == len(space.splitlines())
    table = next(block for language, block in blocks("driver_monitor/labels/README.md") if language == "csv")
    assert [entry.label.kind for entry in parse(Path("labels.csv"), table.encode()).checked()] == ["phone", "kss"]


def test_what_state_may_be_used_for_is_a_closed_list_that_the_readme_repeats() -> None:
    head = " ".join(BUILT_IN.read_text(encoding="utf-8").partition("\nrules:")[0].replace("#", " ").split())
    uses = head.partition("is a closed list: ")[2].partition(".")[0]
    assert uses.count(";") == 3
    assert uses in " ".join(README.read_text(encoding="utf-8").split())
