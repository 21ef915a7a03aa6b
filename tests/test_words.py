"""The words of the project: every text for a reader, in a document or in the code, keeps to the terms of the field."""

import ast
import re
from pathlib import Path

import pytest

from driver_monitor.cli.parsers.command_line import COMMANDS, build_parser
from driver_monitor.config.catalogue import settings
from driver_monitor.config.messages import language_texts
from driver_monitor.state.vocabulary import DESCRIBED
from tests.documents import DOCUMENTS, ROOT, prose

# The terms of the field: a frame is no picture, eyes are closed, labels come from annotators, what ships is a preset.
_NOT_OURS = re.compile(
    r"(?i)\b(?:pictures?|shut|labell?ers?|nuisance guard|needless alarms?|profiles?|population's averages?)\b"
)
_CODE = re.compile(r"`[^`]*`|\"[^\"]*\"|<[^>]*>|--[\w-]+")


def not_ours(text: str) -> list[str]:
    """Words of a text for a reader that are not the project's; what is quoted, markup or an option may differ."""
    return _NOT_OURS.findall(_CODE.sub("", text))


def sentences(file: Path) -> list[str]:
    """String literals of more than one word, their parts put together; no docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    doc = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.append("".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner | doc:
            found.append(node.value)
    return [text for text in found if " " in text.strip()]


@pytest.mark.parametrize("file", DOCUMENTS)
def test_words_of_the_documents(file: str) -> None:
    assert not_ours(prose(file)) == []


def test_words_of_every_sentence_in_the_code() -> None:
    package = ROOT / "driver_monitor"
    told = [(file, text) for file in sorted(package.rglob("*.py")) for text in sentences(file)]
    assert len(told) > 1000
    assert [(str(file.relative_to(package)), text) for file, text in told if not_ours(text)] == []


def test_words_of_the_pages() -> None:
    templates = sorted((ROOT / "driver_monitor").rglob("*.html"))
    assert templates
    shown = {
        file.name: re.sub(r"(?s){[{%#].*?[}%#]}|<[^>]*>", "", file.read_text(encoding="utf-8")) for file in templates
    }
    assert {name: not_ours(text) for name, text in shown.items() if not_ours(text)} == {}


def test_words_of_settings_signals_and_messages() -> None:
    told = {".".join(map(str, path)): setting.description for path, setting in settings()}
    told |= {name: meaning for name, (_, meaning) in DESCRIBED.items()}
    told |= language_texts("en")
    assert {name: text for name, text in told.items() if not_ours(text)} == {}


@pytest.mark.parametrize("command", COMMANDS)
def test_words_of_the_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args([command, "--help"])
    assert not_ours(capsys.readouterr().out) == []


def test_the_test_of_words_sees_them(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(
        '"""A picture."""\nA = "a picture of it"\nB = f"{A} shut"\nC = "profile"\nD = "a --no-pictures <i id=shut>"\n'
    )
    assert [word for text in sentences(file) for word in not_ours(text)] == ["picture", "shut"]
