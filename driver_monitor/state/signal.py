"""How a signal is declared: one field with its unit and its meaning, from which everything else is derived."""

from dataclasses import field
from typing import Any

Unit = str


def signal(unit: Unit, description: str, default: Any = None) -> Any:
    """A field that documents itself: the CSV, the rules, the recordings and the README read it from here."""
    return field(default=default, metadata={"unit": unit, "description": description})
