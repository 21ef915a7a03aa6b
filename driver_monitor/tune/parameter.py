"""One number of a config that is tuned: where it stands, and which values it may take.

A parameter is named by its path, as errors and 'config diff' name it. A threshold inside a condition is named by what
is compared, in brackets; by the whole term where that stands there twice:

rules.microsleep.for
rules.drowsy.when[perclos_60s]
rules.drowsy.requires_second_channel.channels.blinks[fatigue.level]
rules.still.when[fraction(on_road == false, 30)]
rules.fatigue_advice.escalate[0].after
rules.town.when[speed_kmh >= 20]
attention.vision.warn_s
"""

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from driver_monitor.config.catalogue import Group, Named, Node, Setting, catalogue, number
from driver_monitor.config.checks import terms
from driver_monitor.config.errors import Path, shown
from driver_monitor.config.hints import nearest
from driver_monitor.config.term import Term, parse_term
from driver_monitor.state.vocabulary import known_name

SECTIONS: Final = ("rules", "attention")
_TUNABLE: Final = ("number", "whole", "choice", "flag")
_FINE: Final = 1000  # values without a step are rounded to about this many in a range
_SIGNIFICANT: Final = 4

Value = float | int | bool | str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands in a config's data: a setting's own, or the threshold of the term written there."""

    name: str
    path: Path
    setting: Setting | None  # None for a threshold
    is_term: bool = False

    @property
    def whole(self) -> bool:
        return self.setting is not None and self.setting.kind == "whole"

    @property
    def is_number(self) -> bool:
        return self.setting is None or self.setting.kind in ("number", "whole")

    @property
    def unit(self) -> str:
        return self.setting.unit if self.setting else ""

    def read(self, data: Mapping[str, Any]) -> Value:
        """The value in a config's data."""
        found = at(data, self.path)
        if not self.is_term:
            return found  # type: ignore[no-any-return]
        threshold = parse_term(found).threshold
        assert isinstance(threshold, float)
        return int(threshold) if threshold == int(threshold) and "." not in found.rsplit(maxsplit=1)[-1] else threshold

    def write(self, data: dict[str, Any], value: Value) -> None:
        """Put a value there; everything above must be there."""
        parent = at(data, self.path[:-1])
        if self.is_term:
            value = str(replace(parse_term(parent[self.path[-1]]), threshold=value))
        parent[self.path[-1]] = value


@dataclass(frozen=True, slots=True)
class Parameter:
    """A spot with its range, both ends included, or with its choices. ``step`` None: any value in the range."""

    spot: Spot
    low: float = math.nan
    high: float = math.nan
    step: float | None = None
    log: bool = False
    choices: tuple[Value, ...] = ()

    @property
    def name(self) -> str:
        return self.spot.name

    @property
    def ends(self) -> tuple[Value, ...]:
        """The values a config must take if it is to take all of them."""
        return self.choices or (self.tidy(self.low), self.tidy(self.high))

    def tidy(self, value: float) -> Value:
        """A value as a person would write it, within the range."""
        if self.spot.whole:
            return round(value)
        if self.step is not None:
            return _plain(round(self.low + round((value - self.low) / self.step) * self.step, 10))
        if self.log:
            digits = _SIGNIFICANT - 1 - math.floor(math.log10(abs(value)))
        else:
            digits = math.ceil(-math.log10((self.high - self.low) / _FINE))
        return _plain(min(max(round(value, max(digits, 0)), self.low), self.high))

    def holds(self, value: Value) -> bool:
        """Whether it may take that value."""
        if self.choices:
            return any(value == choice and type(value) is type(choice) for choice in self.choices)
        if not isinstance(value, int | float) or not self.low <= value <= self.high:
            return False
        steps = 0.0 if self.step is None else (value - self.low) / self.step
        return abs(steps - round(steps)) < 1e-8


def _plain(value: float) -> Value:
    return int(value) if value == int(value) else value


def at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def applied(data: Mapping[str, Any], values: Mapping[Spot, Value]) -> dict[str, Any]:
    """A config's data with these values instead."""
    changed = copy.deepcopy(dict(data))
    for spot, value in values.items():
        spot.write(changed, value)
    return changed


def find_spot(name: str, data: Mapping[str, Any]) -> Spot:
    """The spot of that name in a config's data. Raises ValueError with one sentence where there is none."""
    parts = list(_parts(name))
    if parts[0] not in SECTIONS:
        raise ValueError(
            f"'{parts[0]}' cannot be tuned on recorded signals: they are what it made; rules and attention can"
        )
    node: Node | None = catalogue()
    path: Path = ()
    for index, part in enumerate(parts):
        here = at(data, path)
        if isinstance(node, Setting):
            if node.kind in ("condition", "conditions"):
                return _term_spot(name, node, path, parts[index:], data)
            if node.entry is None or not isinstance(here, list):
                raise ValueError(f"'{node.name}' is one value; there is no '{part}' in it")
            place = _index(part, here, node.name)
            path, node = (*path, place), node.entry
            continue
        if isinstance(node, Named):
            if part not in here:
                raise ValueError(_unknown(str(path[-1]).rstrip("s"), part, here))
            path, node = (*path, part), node.entry
            continue
        assert isinstance(node, Group)
        if part not in node.members:
            raise ValueError(_unknown("key", part, node.members))
        path, node = (*path, part), node.members[part]
    if not isinstance(node, Setting):
        raise ValueError(f"it is a section; name one of {', '.join(_keys(node, at(data, path)))} in it")
    if node.kind in ("condition", "conditions"):
        return _term_spot(name, node, path, [], data)
    if node.kind not in _TUNABLE:
        raise ValueError(f"'{node.name}' is {node.accepted}: not something to tune")
    return Spot(name, path, node)


def _parts(name: str) -> Iterator[str]:
    """Words between dots; what stands in brackets is one part, brackets and all."""
    depth, part = 0, ""
    for letter in name.strip():
        depth += {"[": 1, "]": -1}.get(letter, 0)
        if depth < 0:
            raise ValueError("a ']' stands there without its '['")
        opens = letter == "[" and depth == 1
        if (letter == "." and depth == 0) or opens:
            if not (part.endswith("]") or (opens and not part)):
                yield part
            part = "[" if opens else ""
            continue
        part += letter
        if letter == "]" and depth == 0:
            yield part
    if depth:
        raise ValueError("a ']' is missing")
    if not part.endswith("]"):
        yield part


def _keys(node: Node | None, data: Any) -> Sequence[str]:
    return list(node.members) if isinstance(node, Group) else list(data)


def _unknown(what: str, name: str, known: Any) -> str:
    near = nearest(name, known)
    return f"there is no {what} '{name}'; " + (f"did you mean '{near}'?" if near else f"there are {', '.join(known)}")


def _index(part: str, items: Sequence[Any], name: str) -> int:
    inside = part[1:-1] if part.startswith("[") else ""
    if not inside.isdigit() or int(inside) >= len(items):
        what = f"{name}[0] to {name}[{len(items) - 1}]" if len(items) > 1 else f"{name}[0]" if items else "none of them"
        raise ValueError(f"got '{part}' after '{name}'; there is {what}")
    return int(inside)


def _term_spot(name: str, node: Setting, path: Path, rest: Sequence[str], data: Mapping[str, Any]) -> Spot:
    """``rest`` is what follows the condition's key: a channel's name where there are several, then the term."""
    condition, left = at(data, path), list(rest)
    if condition is None:
        raise ValueError(f"the rule has no '{node.name}'")
    if node.kind == "conditions":
        channel = left.pop(0) if left else ""
        if channel not in condition:
            raise ValueError(
                _unknown("channel", channel, condition) if condition else "the rule has no second channels"
            )
        condition, path = condition[channel], (*path, channel)
    found = [(place, parse_term(text)) for place, text in terms(condition, path)]
    names = list(dict.fromkeys(str(term.operand) for _, term in found))
    if len(left) != 1 or not left[0].startswith("["):
        raise ValueError(f"'{path[-1]}' is a condition; name what is compared, as in {path[-1]}[{names[0]}]")
    wanted = left[0][1:-1].strip()
    chosen = [(place, term) for place, term in found if _names(wanted, term)]
    if not chosen:
        raise ValueError(f"'{path[-1]}' compares no '{wanted}'; " + _near(wanted, names))
    if len(chosen) > 1:
        raise ValueError(
            f"'{path[-1]}' compares '{wanted}' {len(chosen)} times; write one of "
            + ", ".join(f"{path[-1]}[{term}]" for _, term in chosen)
        )
    (place, term) = chosen[0]
    if not isinstance(term.threshold, float):
        raise ValueError(f"what '{term.operand}' is compared with is {shown(term.threshold)}, no number")
    return Spot(name, place, None, is_term=True)


def _near(wanted: str, names: Sequence[str]) -> str:
    near = nearest(wanted, names)
    return f"did you mean '{near}'?" if near else f"it compares {', '.join(names)}"


def _names(wanted: str, term: Term) -> bool:
    """Whether ``wanted`` means the term: it is written like it, or like its left side, in any spacing."""
    for text in (wanted, f"{wanted} >= 0"):
        try:
            meant = parse_term(text)
        except ValueError:
            continue
        return term == meant if text == wanted else term.operand == meant.operand
    try:
        return term.operand == known_name(wanted)
    except ValueError:
        return False


def accepted(spot: Spot) -> str:
    """What may stand there, in words."""
    return spot.setting.accepted if spot.setting else "a number"


def shown_value(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else number(value) if isinstance(value, float) else str(value)
