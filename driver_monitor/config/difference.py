"""Where two configs differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from driver_monitor.config.catalogue import Setting, find
from driver_monitor.config.config import Config
from driver_monitor.config.errors import Path, path_text
from driver_monitor.config.show import scalar


@dataclass(frozen=True, slots=True)
class Difference:
    """One key with its value in either config; None where the config has no such rule or zone."""

    path: Path
    first: str | None
    second: str | None
    unit: str

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        key = path_text(self.path)
        if self.first is None:
            return f"{key}: only in the second: {self.second}{unit}"
        if self.second is None:
            return f"{key}: only in the first: {self.first}{unit}"
        return f"{key}: {self.first} -> {self.second}{unit}"


def differences(first: Config, second: Config) -> list[Difference]:
    """Every key whose values differ, in the order of the config."""
    one, two = dict(_flat(first)), dict(_flat(second))
    found = []
    for path in [*one, *(path for path in two if path not in one)]:
        if one.get(path) != two.get(path):
            node = find(path)
            unit = node.unit if isinstance(node, Setting) else ""
            found.append(Difference(path, one.get(path), two.get(path), unit))
    return found


def _flat(config: Config) -> Iterator[tuple[Path, str]]:
    yield from _leaves(config.model_dump(mode="json", by_alias=True), ())


def _leaves(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, dict) and not isinstance(find(path), Setting):
        for key, value in data.items():
            yield from _leaves(value, (*path, key))
    else:
        yield path, scalar(data)
