"""Turns the merged content of config files into a :class:`Config`, or says everything that is wrong with it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from driver_monitor.config.catalogue import Group, Named, Node, Setting, catalogue, find, settings
from driver_monitor.config.checks import (
    can_ids,
    comparisons,
    ladders,
    messages,
    names,
    pins,
    relations,
    source,
    speed_sources,
    words,
)
from driver_monitor.config.config import Config
from driver_monitor.config.errors import Path, Place, Problem, path_text, shown
from driver_monitor.config.hints import advice, nearest
from driver_monitor.config.refusal import RAISED, details
from driver_monitor.config.rules import CONDITION, built_in_rules
from driver_monitor.config.unaided import unaided
from driver_monitor.printable import printable

_CONFIG: Final = TypeAdapter(Config)  # tells pydantic's own error, which has every mistake


class Validation:
    """One check of one config. ``problems`` is complete after :meth:`config` has returned."""

    def __init__(
        self, data: Mapping[str, Any], places: Mapping[Path, Place], refused: frozenset[Path], *, driven: bool = False
    ) -> None:
        """``data`` is the merged content, ``places`` tells the line of a path, ``refused`` what the reader left out.

        ``driven``: a drive was made with it, so its camera was there, by whatever name, and its rules were allowed.
        """
        self._data: Mapping[str, Any] = _with_texts(catalogue(), data)
        self._places = places
        self._driven = driven
        self._reported = set(refused)
        self.problems: list[Problem] = []

    def config(self) -> Config | None:
        """The config, or None when there are problems."""
        config = None
        try:
            # JSON mode is strict about types, yet takes a list for a tuple and 30 for 30.0.
            config = _CONFIG.validate_json(json.dumps(_in_utf8(self._data)), strict=True, by_alias=True, by_name=False)
            for path, name in _other_names(self._data):
                config = _with(config, path, name)
        except ValidationError as error:
            self._from_pydantic(error)
        for path, sentence in (
            *comparisons(self._data),
            *words(self._data),
            *can_ids(self._data),
            *speed_sources(self._data),
            *pins(self._data),
            *relations(self._data),
            *names(self._data),
            *ladders(self._data),
            *messages(self._data),
            *(() if self._driven else source(self._data)),
            *(() if self._driven else unaided(self._data)),
        ):
            self._report(path, sentence)
        return None if self.problems or self._reported else config

    def _report(self, path: Path, sentence: str) -> None:
        if path in self._reported:
            return
        self._reported.add(path)
        self.problems.append(Problem(self._place(path), path, sentence))

    def _place(self, path: Path) -> Place:
        for length in range(len(path), 0, -1):
            if path[:length] in self._places:
                return self._places[path[:length]]
        return Place("built-in defaults")

    def _from_pydantic(self, error: ValidationError) -> None:
        missing: dict[Path, list[str]] = {}
        for detail in details(error):
            path = detail["loc"]
            if detail["type"] != "missing":
                self._report(path, _sentence(detail))
            elif path not in self._reported:
                missing.setdefault(path[:-1], []).append(str(path[-1]))
        for path, keys in missing.items():
            self._report(path, f"a new entry needs {' and '.join(keys)}{self._meant(path)}")

    def _meant(self, path: Path) -> str:
        """What a new entry may be a slip of the pen for."""
        known = built_in_rules() if path[:-1] == ("rules",) else _at(self._data, path[:-1])
        name = path[-1]
        near = nearest(name, [each for each in known if each != name]) if isinstance(name, str) else None
        return f"; or did you mean to change '{near}'?" if near else ""


def _sentence(detail: ErrorDetails) -> str:
    """A mistake that pydantic found, in our words."""
    path, value = detail["loc"], detail["input"]
    node = find(path)
    got = shown(value)
    match detail["type"]:
        case "value_error":
            return detail["msg"].removeprefix(RAISED)
        case "extra_forbidden":
            return _unknown(str(path[-1]), find(path[:-1]))
        case "condition" if isinstance(value, list):
            got, accepted = "a list", "put 'all:' or 'any:' above the list to say how its terms combine"
        case "condition":
            accepted = CONDITION
        case "tuple_type" | "too_short" if path[-1] in ("all", "any"):
            accepted = "a list of at least one condition ('- term' lines)"
        case _ if isinstance(node, Setting):
            return _got(node, value, item=isinstance(path[-1], int))
        case _:
            accepted = _keys(node, path)
    return f"got {got}; accepted: {accepted}"


def _got(setting: Setting, value: Any, *, item: bool) -> str:
    """``item`` says that the value is one of a list's."""
    hint = advice(setting, value)
    accepted = f"one of {setting.range}" if item and setting.kind == "choices" else setting.accepted
    return f"got {shown(value)}; accepted: {accepted}" + (f"; {hint}" if hint else "")


def _keys(node: Group | Named | None, path: Path) -> str:
    if isinstance(node, Named):
        return f"names with a {str(path[-1]).rstrip('s')} each"
    return "a section with the keys " + ", ".join(node.members if node else ())


def _unknown(key: str, above: Node | None) -> str:
    members = list(above.members) if isinstance(above, Group) else []
    near = nearest(key, members)
    if near:
        return f"there is no such key; did you mean '{near}'?"
    homes = [path for path, setting in settings() if setting.name == key]
    if homes:
        return f"there is no such key here; it belongs at {path_text(homes[0])}"
    return f"there is no such key; there are: {', '.join(members)}"


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _with_texts(node: Node | None, value: Any) -> Any:
    """``value`` with whole numbers as texts where the setting is one: 'source: 0' is how everyone writes a camera."""
    if isinstance(node, Setting) and node.kind == "text" and type(value) is int:
        return str(value)
    if isinstance(node, Named) and isinstance(value, dict):
        return {key: _with_texts(node.entry, each) for key, each in value.items()}
    if isinstance(node, Group) and isinstance(value, dict):
        return {key: _with_texts(node.members.get(key), each) for key, each in value.items()}
    return value


def _in_utf8(value: Any) -> Any:
    """``value`` as JSON can hold it: names of files are bytes, and need not be UTF-8."""
    if isinstance(value, dict):
        return {key: _in_utf8(each) for key, each in value.items()}
    return printable(value) if isinstance(value, str) and not _is_utf8(value) else value


def _other_names(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Settings whose text is not UTF-8, with that text; they come from the command line alone."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _other_names(each, (*path, key))
    elif isinstance(value, str) and not _is_utf8(value):
        yield path, value


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _with(section: Any, path: tuple[str, ...], value: str) -> Any:
    """The section with one setting below it changed; texts that stand for a name have no bounds to be checked."""
    name, *below = path
    return section.model_copy(update={name: _with(getattr(section, name), tuple(below), value) if below else value})
