"""``driver-monitor help``: the documents in a terminal, also one that can show little."""

import re

import pytest

from driver_monitor.cli.help import for_terminal
from driver_monitor.cli.main import main
from driver_monitor.cli.parsers.command_line import COMMANDS
from driver_monitor.documents import TOPICS, read, section
from tests.cli.test_main import run
from tests.documents import blocks


def test_without_a_topic_all_of_them_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    text = capsys.readouterr().out
    assert [name for name in TOPICS if f"  {name} " not in text] == []
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_is_printed_as_text(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", name]) == 0
    text = capsys.readouterr().out
    assert len(text) > 200
    assert not re.search(r"!\[|]\(|<!--|^#+ |\*\*\w", text, re.MULTILINE)


def test_code_can_be_copied_whatever_the_width(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert main(["help", "rules"]) == 0
    shown = capsys.readouterr().out
    codes = [block for language, block in blocks("configs/README.md") if language == "yaml"]
    assert codes
    for code in codes:
        assert "\n".join(f"    {line}".rstrip() for line in code.splitlines()) in shown


def test_the_topic_of_the_senses_names_each_of_them() -> None:
    senses = [line.removeprefix("## ").lower() for line in read("channels").splitlines() if line.startswith("## ")]
    assert senses
    assert [sense for sense in senses if sense not in TOPICS["channels"].about] == []


def test_a_command_is_a_topic_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--help"]) == 0
    options = capsys.readouterr().out
    assert main(["help", "replay"]) == 0
    assert capsys.readouterr().out == options


@pytest.mark.parametrize(
    ("word", "meant"), [("rulez", "rules"), ("Recording", "recording"), ("recrod-info", "record-info"), ("zzz", "")]
)
def test_an_unknown_topic_is_wrong_usage_and_the_nearest_is_named(
    word: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["help", word]) == 2
    told = capsys.readouterr().err
    assert f"no help topic '{word}'" in told
    assert "'driver-monitor help' lists" in told
    assert ("did you mean" in told) == bool(meant)
    assert meant in told


def test_links_become_topics() -> None:
    text = "See [rules](../configs/README.md#rules), [here](#x), [MCAP](https://mcap.dev), [it](../models/fatigue.md)."
    assert for_terminal(text, "scripts/README.md") == (
        "See rules (help rules), here, MCAP (https://mcap.dev), it (models/fatigue.md)."
    )


def test_a_section_ends_at_the_next_heading_of_its_level_and_code_has_no_headings() -> None:
    text = "# a\n## b\n```\n# no heading\n```\n### c\nx\n## d\n"
    assert section(text, "b") == "## b\n```\n# no heading\n```\n### c\nx\n"
    with pytest.raises(ValueError, match="no heading 'e'"):
        section(text, "e")


def test_help_loads_nothing_of_the_monitor() -> None:
    code = (
        "import sys; from driver_monitor.cli.main import main; assert main(['help', 'rules']) == 0; "
        "print(sorted({'cv2', 'numpy', 'onnxruntime', 'mediapipe', 'pydantic'} & set(sys.modules)))"
    )
    assert run(code=code).stdout.splitlines()[-1] == "[]"


def test_no_command_has_the_name_of_a_topic_that_is_about_something_else() -> None:
    assert {name for name in TOPICS if name in COMMANDS} <= {"config", "score", "tune"}
