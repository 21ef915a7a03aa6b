"""Every setting there is, read off the section models: what errors, the default file and the schema speak from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from driver_monitor.config.config import Config
from driver_monitor.config.errors import Path
from driver_monitor.config.rules import All

Kind = Literal[
    "number",
    "whole",
    "text",
    "flag",
    "choice",
    "choices",
    "condition",
    "conditions",
    "names",
    "texts",
    "steps",
    "other",
]
_WORDS: Final[dict[Kind, str]] = {
    "condition": "a term 'signal op threshold', or all:, any: or not: over conditions",
    "conditions": "names with a condition each",
    "names": "a list of words",
    "texts": "names with a text each",
    "steps": "a list of {after: SECONDS, level: LEVEL, message: TEXT} with rising times and levels",
}
_KINDS: Final[dict[Any, Kind]] = {float: "number", int: "whole", str: "text", bool: "flag"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One key with one value. Bounds are inclusive unless ``low_open``; ``choices`` are the values allowed.

    ``longest`` is how many characters a text may have. ``entry`` has the keys of each item of a list of steps;
    ``may_be_null`` says that null stands for "none given".
    """

    name: str
    kind: Kind
    description: str
    unit: str = ""
    source: str = ""
    required: bool = False
    low: float | None = None
    low_open: bool = False
    high: float | None = None
    choices: tuple[Any, ...] = ()
    may_be_empty: bool = True
    longest: int | None = None
    may_be_null: bool = False
    entry: "Group | None" = None

    @property
    def range(self) -> str:
        """The accepted values in a few words, without the unit."""
        if self.kind == "flag":
            return "true or false"
        if self.kind in ("choice", "choices"):
            return " | ".join([*map(str, self.choices), *(["null"] if self.may_be_null else [])])
        if self.kind in _WORDS:
            return _WORDS[self.kind]
        if self.kind == "text":
            bound = "" if self.longest is None else f", up to {self.longest} characters"
            return ("text" if self.may_be_empty else "text, not empty") + bound
        bounds = ""
        if self.low is not None and self.high is not None:
            bounds = f"{'above ' if self.low_open else ''}{number(self.low)} to {number(self.high)}"
        elif self.low is not None:
            bounds = f"{'above ' if self.low_open else 'from '}{number(self.low)}"
        elif self.high is not None:
            bounds = f"up to {number(self.high)}"
        return bounds

    @property
    def accepted(self) -> str:
        """The accepted values as an error names them: kind, range, unit."""
        lead = {"number": "a number ", "whole": "a whole number ", "choice": "one of ", "choices": "a list of "}
        unit = f" ({self.unit})" if self.unit else ""
        return f"{lead.get(self.kind, '')}{self.range}".strip() + unit


@dataclass(frozen=True, slots=True)
class Group:
    """Keys with fixed names."""

    name: str
    description: str
    members: "Mapping[str, Node]"

    @property
    def required(self) -> set[str]:
        """Keys that have no default."""
        return {name for name, member in self.members.items() if isinstance(member, Setting) and member.required}


@dataclass(frozen=True, slots=True)
class Named:
    """Entries with free names, each a group of the same keys (``rules``, ``zones``)."""

    name: str
    description: str
    entry: Group


Node = Setting | Group | Named


def number(value: float) -> str:
    """A bound as people write it: 5, 0.05, not 5.0."""
    return str(int(value)) if value == int(value) else f"{value:g}"


@cache
def catalogue() -> Group:
    """The whole config as a tree of settings."""
    return _group("", "", Config)


def find(path: Path, root: Group | None = None) -> Node | None:
    """The node at a path; an entry of a named map is its group. List items belong to their setting."""
    node: Node | None = root or catalogue()
    for part in path:
        if isinstance(node, Setting):
            if node.entry is None:
                return node
            node = node.entry if isinstance(part, int) else node
            continue
        node = node.entry if isinstance(node, Named) else node.members.get(str(part)) if node else None
    return node


def settings(node: Node | None = None, path: Path = ()) -> Iterator[tuple[Path, Setting]]:
    """Every setting with its path; the free name of a named map's entry is ``*``."""
    node = node or catalogue()
    if isinstance(node, Setting):
        yield path, node
    elif isinstance(node, Named):
        yield from settings(node.entry, (*path, "*"))
    else:
        for name, member in node.members.items():
            yield from settings(member, (*path, name))


def _group(name: str, description: str, model: type[BaseModel]) -> Group:
    members = {(info.alias or key): _node(info.alias or key, info) for key, info in model.model_fields.items()}
    return Group(name, description, members)


def _node(name: str, info: FieldInfo) -> Node:
    kind, description = info.annotation, info.description or ""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _group(name, description, kind)
    if get_origin(kind) is dict:
        entry = get_args(kind)[1]
        if isinstance(entry, type) and issubclass(entry, BaseModel):
            return Named(name, description, _group("", description, entry))
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    low = high = None
    low_open = False
    may_be_empty, longest = True, None
    for bound in info.metadata:
        if isinstance(bound, annotated_types.Ge):
            low = float(bound.ge)  # type: ignore[arg-type]
        elif isinstance(bound, annotated_types.Gt):
            low, low_open = float(bound.gt), True  # type: ignore[arg-type]
        elif isinstance(bound, annotated_types.Le):
            high = float(bound.le)  # type: ignore[arg-type]
        elif isinstance(bound, annotated_types.MinLen):
            may_be_empty = bound.min_length == 0
        elif isinstance(bound, annotated_types.MaxLen):
            longest = bound.max_length
    found, choices, entry = _kind(kind)
    return Setting(
        name=name,
        kind=found,
        description=description,
        unit=str(extra.get("unit", "")),
        source=str(extra.get("source", "")),
        required=info.is_required(),
        low=low,
        low_open=low_open,
        high=high,
        choices=choices,
        may_be_empty=may_be_empty,
        longest=longest,
        may_be_null=type(None) in get_args(kind),
        entry=None if entry is None else _group("", "", entry),
    )


def _kind(annotation: Any) -> tuple[Kind, tuple[Any, ...], type[BaseModel] | None]:
    """Kind, choices, and the model of each item of a list of steps."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        known = [part for part in parts if part is not type(None)]
        if any(All in get_args(part) for part in parts):
            return "condition", (), None
        return _kind(known[0]) if len(known) == 1 else ("other", (), None)
    if origin is tuple:
        return _items(parts[0])
    if origin is Literal:
        return "choice", parts, None
    if origin is dict:
        return ("texts" if parts[1] is str else "conditions"), (), None
    return _KINDS.get(annotation, "other"), (), None


def _items(item: Any) -> tuple[Kind, tuple[Any, ...], type[BaseModel] | None]:
    if get_origin(item) is Literal:
        return "choices", get_args(item), None
    if isinstance(item, type) and issubclass(item, BaseModel):
        return "steps", (), item
    return ("names" if item is str else "other"), (), None
