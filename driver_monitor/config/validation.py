"""Turns the merged content of config files into a :class:`Config`, or says everything that is wrong with it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

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
    words,
)
from driver_monitor.config.config import Config
from driver_monitor.config.errors import Path, Place, Problem, path_text, shown
from driver_monitor.config.hints import advice, nearest
from driver_monitor.config.term import parse_term
from driver_monitor.printable import printable

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*$")
_DROP: Final = object()
_CONFIG: Final = TypeAdapter(Config)  # tells pydantic's own error, which has every mistake


class Validation:
    """One check of one config. ``problems`` is complete after :meth:`config` has returned."""

    def __init__(
        self, data: Mapping[str, Any], places: Mapping[Path, Place], refused: frozenset[Path], *, driven: bool = False
    ) -> None:
        """``data`` is the merged content, ``places`` tells the line of a path, ``refused`` what the reader left out.

        ``driven``: a drive was made with it, so its camera was there, by whatever name.
        """
        self._data = data
        self._places = places
        self._driven = driven
        self._reported = set(refused)
        self.problems: list[Problem] = []

    def config(self) -> Config | None:
        """The config, or None when there are problems."""
        clean = self._cleaned(catalogue(), self._data, ())
        try:
            # JSON mode is strict about types, yet takes a list for a tuple and 30 for 30.0.
            config = _CONFIG.validate_json(json.dumps(_in_utf8(clean)), strict=True)
            for path, name in _other_names(clean):
                config = _with(config, path, name)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                if detail["type"] != "missing":  # told already, with the name that may have been meant
                    self._from_pydantic(detail["loc"], detail["msg"], clean)
            config = None
        for path, sentence in (
            *comparisons(clean),
            *words(self._data),
            *can_ids(clean),
            *pins(self._data),
            *relations(self._data),
            *names(self._data),
            *ladders(clean),
            *messages(self._data),
            *(() if self._driven else source(clean)),
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

    def _cleaned(self, node: Node, value: Any, path: Path) -> Any:
        """``value`` without what has been reported; the defaults stand in for it."""
        if isinstance(node, Setting):
            return self._setting(node, value, path)
        if value is None:  # a section whose every key is commented out
            value = {}
        if not isinstance(value, dict):
            named = f"names with a {str(path[-1]).rstrip('s')} each" if isinstance(node, Named) else ""
            keys = named or "a section with the keys " + ", ".join(_members(node))
            self._report(path, f"got {shown(value)}; accepted: {keys}")
            return _DROP
        found = {}
        for key, item in value.items():
            below = (*path, key)
            member = node.entry if isinstance(node, Named) else node.members.get(key)
            if member is None:
                self._report(below, _unknown(key, _members(node)))
                continue
            if isinstance(node, Named) and not _NAME.match(key):
                self._report(below, f"got the name '{key}'; accepted: small letters, digits and _, a letter first")
                continue
            clean = self._cleaned(member, item, below)
            if clean is not _DROP:
                found[key] = clean
        if isinstance(node, Group):
            self._missing(node, value, path)
        return found

    def _missing(self, node: Group, value: Mapping[str, Any], path: Path) -> None:
        missing = [
            name
            for name in node.members
            if name in node.required and name not in value and (*path, name) not in self._reported
        ]
        if missing:
            siblings = [name for name in self._siblings(path) if name != path[-1]]
            near = nearest(str(path[-1]), siblings) if isinstance(path[-1], str) else None
            hint = f"; or did you mean to change '{near}'?" if near else ""
            self._report(path, f"a new entry needs {' and '.join(missing)}{hint}")

    def _siblings(self, path: Path) -> Mapping[str, Any]:
        above = _at(self._data, path[:-1])
        return above if isinstance(above, dict) else {}

    def _setting(self, setting: Setting, value: Any, path: Path) -> Any:
        if value is None and setting.may_be_null:
            return None
        if setting.kind == "condition":
            wrong = list(condition_problems(value, path))
            for place, sentence in wrong:
                self._report(place, sentence)
            return _DROP if wrong else value
        if setting.kind == "conditions":
            return self._conditions(setting, value, path)
        if setting.entry is not None:
            return self._steps(setting, setting.entry, value, path)
        return self._plain(setting, value, path)

    def _plain(self, setting: Setting, value: Any, path: Path) -> Any:
        if setting.kind == "text" and type(value) is int:
            return str(value)  # 'source: 0' is how everyone writes the first camera
        if setting.kind == "choice" and not any(value == c and type(value) is type(c) for c in setting.choices):
            self._report(path, _got(setting, value))
            return _DROP
        return value

    def _conditions(self, setting: Setting, value: Any, path: Path) -> Any:
        if value is None:
            return {}
        if not isinstance(value, dict):
            self._report(path, _got(setting, value))
            return _DROP
        found = {}
        for name, condition in value.items():
            wrong = list(condition_problems(condition, (*path, name)))
            for place, sentence in wrong:
                self._report(place, sentence)
            if not wrong:
                found[name] = condition
        return found

    def _steps(self, setting: Setting, entry: Group, value: Any, path: Path) -> Any:
        if not isinstance(value, list):
            self._report(path, _got(setting, value))
            return _DROP
        cleaned = [self._cleaned(entry, item, (*path, index)) for index, item in enumerate(value)]
        return [item for item in cleaned if item is not _DROP and not entry.required - set(item)]

    def _from_pydantic(self, path: Path, message: str, clean: Any) -> None:
        node = find(path)
        if isinstance(node, Setting):
            self._report(path, _got(node, _at(clean, path), item=isinstance(path[-1], int)))
        else:
            self._report(path, message)


def condition_problems(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """What is wrong with a rule's condition, at the very term or key that is wrong."""
    if isinstance(value, str):
        try:
            parse_term(value)
        except ValueError as error:
            yield path, str(error)
    elif isinstance(value, dict) and list(value) == ["not"]:
        yield from condition_problems(value["not"], (*path, "not"))
    elif isinstance(value, dict) and len(value) == 1 and next(iter(value)) in ("all", "any"):
        key, items = next(iter(value.items()))
        if not isinstance(items, list) or not items:
            yield (*path, key), f"got {shown(items)}; accepted: a list of at least one condition ('- term' lines)"
            return
        for index, item in enumerate(items):
            yield from condition_problems(item, (*path, key, index))
    elif isinstance(value, list):
        yield path, "got a list; accepted: put 'all:' or 'any:' above the list to say how its terms combine"
    else:
        yield (
            path,
            f"got {shown(value)}; accepted: a term 'signal op threshold', or one of all: and any: over a list, or not:",
        )


def _got(setting: Setting, value: Any, *, item: bool = False) -> str:
    """``item`` says that the value is one of a list's."""
    hint = advice(setting, value)
    accepted = f"one of {setting.range}" if item and setting.kind == "choices" else setting.accepted
    return f"got {shown(value)}; accepted: {accepted}" + (f"; {hint}" if hint else "")


def _members(node: Group | Named) -> list[str]:
    return [] if isinstance(node, Named) else list(node.members)


def _unknown(key: str, members: list[str]) -> str:
    near = nearest(key, members)
    if near:
        return f"there is no such key; did you mean '{near}'?"
    homes = [path for path, setting in settings() if setting.name == key]
    if homes:
        return f"there is no such key here; it belongs at {path_text(homes[0])}"
    return f"there is no such key; there are: {', '.join(members)}"


def _at(data: Any, path: Path) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


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
