"""The documents themselves: no link leads nowhere, every one is a topic, and the wheel carries them all."""

import fnmatch
import re
import tomllib

import pytest

from driver_monitor.documents import TOPICS, read
from tests.documents import CARDS, DOCUMENTS, ROOT, prose

_LINK = re.compile(r"!?\[[^]]*]\(([^)]+)\)")
_HEADING = re.compile(r"^#+ (.+?) *$", re.MULTILINE)
WIDTH = 120
PICTURE_BYTES = 150_000


def anchors(file: str) -> set[str]:
    """As GitHub makes them of headings."""
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose(file)))
    return {heading.replace(" ", "-") for heading in kept}


def links(file: str) -> list[str]:
    return [target for target in _LINK.findall(prose(file)) if not target.startswith(("https://", "http://"))]


@pytest.mark.parametrize("file", [*DOCUMENTS, *CARDS])
def test_every_link_within_the_project_leads_somewhere(file: str) -> None:
    dead = []
    for target in links(file):
        path, _, anchor = target.partition("#")
        there = ((ROOT / file).parent / path).resolve() if path else ROOT / file
        if not there.exists() or (anchor and anchor not in anchors(str(there.relative_to(ROOT)))):
            dead.append(target)
    assert dead == []


def test_every_document_can_be_reached_from_the_readme() -> None:
    seen, todo = set(), ["README.md"]
    while todo:
        file = todo.pop()
        seen.add(file)
        for target in links(file):
            path = target.partition("#")[0]
            there = str(((ROOT / file).parent / path).resolve().relative_to(ROOT)) if path else file
            if there.endswith(".md") and there not in seen:
                todo.append(there)
    assert seen == {*DOCUMENTS, *CARDS}


def test_every_document_is_a_topic_and_every_topic_a_document() -> None:
    assert {topic.file for topic in TOPICS.values()} == set(DOCUMENTS)
    assert all(read(name).startswith("#") for name in TOPICS)


def test_the_wheel_carries_every_document() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        setuptools = tomllib.load(file)["tool"]["setuptools"]
    inside = setuptools["package-data"]["driver_monitor"]
    beside = [(folder, pattern) for folder, patterns in setuptools["data-files"].items() for pattern in patterns]
    for document in DOCUMENTS:
        if document.startswith("driver_monitor/"):
            name = document.removeprefix("driver_monitor/")
            assert any(
                fnmatch.fnmatch(name, pattern) and name.count("/") == pattern.count("/") for pattern in inside
            ), document
        else:
            folder = f"share/driver-monitor/{document}".rpartition("/")[0]
            assert any(folder == where and fnmatch.fnmatch(document, pattern) for where, pattern in beside), document


@pytest.mark.parametrize("file", DOCUMENTS)
def test_lines_fit(file: str) -> None:
    """Tables and links are one line whatever their length."""
    long = [line for line in prose(file).splitlines() if len(line) > WIDTH and not line.startswith(("|", "![", "["))]
    assert long == []


def test_the_pictures_of_the_readme_are_small() -> None:
    shown = [target for target in links("README.md") if target.endswith(".png")]
    assert len(shown) == 2
    assert all((ROOT / name).stat().st_size <= PICTURE_BYTES for name in shown)
