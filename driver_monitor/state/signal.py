"""How a signal is declared: one field with its unit and its meaning, from which everything else is derived."""

from dataclasses import dataclass, field, fields
from typing import Any, Final

Unit = str


def told(unit: Unit, description: str) -> dict[str, str]:
    """The metadata of a field that documents itself."""
    return {"unit": unit, "description": description}


def signal(unit: Unit, description: str, default: Any = None) -> Any:
    """A field that documents itself: the CSV, the rules, the recordings and the README read it from here."""
    return field(default=default, metadata=told(unit, description))


class SignalGroup:
    """A base of :class:`~driver_monitor.state.signals.Signals`: a frozen dataclass of :func:`signal` fields, each with
    a default, which is what holds where nobody knows better.

    It has no slots: only so can several be bases of one class.
    """


@dataclass(frozen=True, slots=True)
class Declared:
    """A field as it was declared. ``kind`` is float, int, bool or str; ``nullable`` where it may be None as well."""

    name: str
    unit: Unit
    description: str
    kind: type
    nullable: bool
    default: Any
    group: type


_TYPES: Final = (bool, int, str, float)


def declared(group: type) -> tuple[Declared, ...]:
    """The fields of a dataclass whose values are numbers, words, truths, or unknown; in order."""
    found = []
    for each in fields(group):
        kind = next(kind for kind in _TYPES if each.type in (kind, kind | None))
        found.append(
            Declared(
                each.name,
                each.metadata.get("unit", ""),
                each.metadata.get("description", ""),
                kind,
                each.type != kind,
                each.default,
                group,
            )
        )
    return tuple(found)
