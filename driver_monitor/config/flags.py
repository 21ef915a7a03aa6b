"""What the command line says about settings: the last layer over the files, validated as they are."""

from dataclasses import dataclass
from typing import Any

from driver_monitor.config.errors import Path, Place
from driver_monitor.config.reader import Document


@dataclass(frozen=True, slots=True)
class Flag:
    """``option`` (``--source``) gives the setting of a dotted name (``camera.source``) a value."""

    option: str
    setting: str
    value: Any


def given(*flags: Flag) -> tuple[Flag, ...]:
    """Those that were given; a value of None is none."""
    return tuple(flag for flag in flags if flag.value is not None)


def as_document(flags: tuple[Flag, ...]) -> Document:
    """The flags as a file would say them, with the option as the place of what it sets."""
    data: dict[str, Any] = {}
    places: dict[Path, Place] = {}
    for flag in flags:
        *sections, name = flag.setting.split(".")
        section: dict[str, Any] = data
        for each in sections:
            section = section.setdefault(each, {})
        section[name] = flag.value
        places[(*sections, name)] = Place(flag.option)
    return Document(data, places, (), frozenset())
