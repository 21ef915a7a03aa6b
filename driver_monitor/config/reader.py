"""Reads a YAML file so that what a person sees is what the program gets, and every key knows its line.

Duplicate keys, merge keys and tags are refused, and so is every plain word that readers of YAML disagree about
(:mod:`driver_monitor.config.scalar`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Final

import yaml

from driver_monitor.config.errors import ConfigError, Path, Place, Problem
from driver_monitor.config.scalar import read_scalar

MAX_BYTES: Final = 1_000_000  # a config is a few kilobytes; anything near this is another kind of file
MAX_VALUES: Final = 20_000  # what aliases may unfold to
MAX_DEPTH: Final = 32


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read. ``places`` has the line of every key and list item; what had a problem is left out of
    ``data`` and listed in ``refused``."""

    data: dict[str, Any]
    places: dict[Path, Place]
    problems: tuple[Problem, ...]
    refused: frozenset[Path]


@dataclass(slots=True)
class _Node:
    """A value with its line. ``size`` counts it and everything below, ``height`` the levels below."""

    value: "str | int | float | bool | list[_Node] | dict[str, _Node] | None"
    line: int
    size: int = 1
    height: int = 0
    trap: str = ""
    key_line: int = 0
    below: list[tuple[str, int, str]] = field(default_factory=list)  # (key, line, sentence) of refused keys


class _Refused(Exception):  # noqa: N818  (never leaves this module)
    """The file cannot be read on beyond this point."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


def read(path: FilePath, kind: str = "config file") -> Document:
    """Read a file; ``kind`` is what it is to be. Raises :class:`ConfigError` when it is not a readable UTF-8 file of a
    sane size."""
    place = Place(str(path))
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError([Problem(place, (), f"there is no such {kind}")]) from None
    except IsADirectoryError:
        raise ConfigError([Problem(place, (), f"it is a folder; name the {kind} in it")]) from None
    except OSError as error:
        raise ConfigError([Problem(place, (), f"it cannot be read: {error.strerror or error}")]) from None
    if len(raw) > MAX_BYTES:
        raise ConfigError([Problem(place, (), f"it is larger than {MAX_BYTES} bytes, so it is not a {kind}")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        sentence = f"byte {error.start} is not UTF-8; save the file with the encoding UTF-8"
        raise ConfigError([Problem(Place(str(path), line), (), sentence)]) from None
    return parse(text, str(path))


def parse(text: str, name: str) -> Document:
    """Read YAML text; ``name`` stands for the file in messages.

    Raises :class:`ConfigError` when the text is not one YAML mapping; smaller mistakes are listed in ``problems``.
    """
    try:
        root = _Builder(text).document()
        if root is None or root.value is None:
            return Document({}, {}, (), frozenset())
        if not isinstance(root.value, dict):
            raise _Refused(root.line, "the file must hold 'key: value' lines, not a lone value or list")
    except _Refused as error:
        raise ConfigError([Problem(Place(name, error.line), (), error.sentence)]) from None
    return _unfold(root, name)


class _Builder:
    """Builds nodes from PyYAML's event stream, where plain and quoted words can still be told apart."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[yaml.Event] = self._guarded(text)
        self._anchors: dict[str, _Node | None] = {}

    @staticmethod
    def _guarded(text: str) -> Iterator[yaml.Event]:
        try:
            yield from yaml.parse(text, Loader=yaml.SafeLoader)
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise _Refused(line, f"the character U+{error.character:04X} does not belong in a text file") from None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            sentence = " ".join(str(error.problem or error.context or error).split())
            if "\\t" in sentence:
                sentence = "there is a tab; YAML is indented and spaced with spaces only"
            raise _Refused(mark.line + 1 if mark else 0, f"this is not YAML: {sentence}") from None

    def document(self) -> _Node | None:
        """The only document of the stream, None when it is empty."""
        next(self._events)
        start = next(self._events)
        if isinstance(start, yaml.StreamEndEvent):
            return None
        node = self._node(next(self._events), 0)
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _Refused(_line(after), "a second document starts here; the file may hold one")
        return node

    def _node(self, event: yaml.Event, depth: int) -> _Node:
        line = _line(event)
        target = None
        if isinstance(event, yaml.AliasEvent):
            target = self._anchors.get(event.anchor or "")
            if target is None:
                raise _Refused(line, f"*{event.anchor} stands for nothing before this line")
        if depth + (target.height if target else 0) > MAX_DEPTH:
            raise _Refused(line, f"values are nested more than {MAX_DEPTH} deep")
        if target is not None:
            return _Node(target.value, line, target.size, target.height, target.trap, below=target.below)
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            raise _Refused(line, "a value is missing here")
        if event.tag is not None:
            raise _Refused(line, f"the tag {event.tag!r} is not understood; write the value without a tag")
        if event.anchor:
            self._anchors[event.anchor] = None
        node = self._value(event, line, depth)
        if node.size > MAX_VALUES:
            raise _Refused(line, f"aliases unfold to more than {MAX_VALUES} values here")
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _value(self, event: yaml.Event, line: int, depth: int) -> _Node:
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event, line)
        node = _Node([], line)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[_Node] = []
            while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
                items.append(self._node(event, depth + 1))
            node.value = items
            node.size += sum(item.size for item in items)
            node.height = 1 + max((item.height for item in items), default=0)
            return node
        pairs: dict[str, _Node] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, refusal = self._key(event, pairs)
            value = self._node(next(self._events), depth + 1)
            value.key_line = _line(event)
            node.size += value.size
            node.height = max(node.height, 1 + value.height)
            if refusal:
                node.below.append((key, value.key_line, refusal))
            else:
                pairs[key] = value
        node.value = pairs
        return node

    @staticmethod
    def _key(event: yaml.Event, taken: dict[str, _Node]) -> tuple[str, str]:
        line = _line(event)
        if not isinstance(event, yaml.ScalarEvent) or event.tag is not None:
            raise _Refused(line, "a key must be a plain word")
        word = _scalar(event, line)
        if event.value == "<<":
            return "<<", "merge keys are not supported; use 'extends: OTHER.yaml' for a whole file"
        if word.trap:
            return event.value, word.trap
        if not isinstance(word.value, str) or not word.value:
            return event.value or "''", "a key must be a word"
        if word.value in taken:
            return word.value, f"this key already stands in line {taken[word.value].key_line}; keep one of the two"
        return word.value, ""


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _scalar(event: yaml.ScalarEvent, line: int) -> _Node:
    value, refusal = read_scalar(event.value, plain=event.implicit[0])
    return _Node(value, line, trap=refusal)


def _unfold(root: _Node, name: str) -> Document:
    places: dict[Path, Place] = {}
    problems: list[Problem] = []
    refused: set[Path] = set()

    def refuse(path: Path, line: int, sentence: str) -> None:
        problems.append(Problem(Place(name, line), path, sentence))
        refused.add(path)

    def plain(node: _Node, path: Path) -> Any:
        for key, line, sentence in node.below:
            refuse((*path, key), line, sentence)
        if isinstance(node.value, dict):
            found = {}
            for key, item in node.value.items():
                place = (*path, key)
                places[place] = Place(name, item.key_line or item.line)
                if item.trap:
                    refuse(place, item.line, item.trap)
                else:
                    found[key] = plain(item, place)
            return found
        if isinstance(node.value, list):
            items = []
            for index, item in enumerate(node.value):
                place = (*path, index)
                places[place] = Place(name, item.line)
                if item.trap:
                    refuse(place, item.line, item.trap)
                items.append(plain(item, place))
            return items
        return node.value

    data = plain(root, ())
    return Document(data, places, tuple(problems), frozenset(refused))
