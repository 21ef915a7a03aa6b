"""What is wrong with a config file: every mistake at once, each with its place."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from driver_monitor.errors import UsageError

Path = tuple[str | int, ...]


def path_text(path: Path) -> str:
    """``("rules", "drowsy", "when", "all", 0)`` as ``rules.drowsy.when.all[0]``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def shown(value: Any) -> str:
    """A value as the file's author would recognise it, shortened."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        text = f"'{value}'"
    elif isinstance(value, dict):
        text = "a section with " + ", ".join(map(str, value)) if value else "an empty section"
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
    length = len(value if isinstance(value, str) else text)
    return text if len(text) <= 70 else text[:60] + f"... ({length} characters)"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, counted from 1; line 0 means the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where, at which key (empty for the file as a whole), and one sentence."""

    place: Place
    path: Path
    sentence: str

    def __str__(self) -> str:
        key = path_text(self.path)
        return f"{self.place}: {key}: {self.sentence}" if key else f"{self.place}: {self.sentence}"


class ConfigError(UsageError):
    """A config, or another file in its manner, that cannot be used.

    ``problems`` holds every mistake found, in the order of the files and lines; ``kind`` is what has them.
    """

    def __init__(self, problems: Iterable[Problem], kind: str = "config") -> None:
        self.problems = tuple(problems)
        self.kind = kind
        lines = [str(problem) for problem in self.problems]
        if len(lines) > 1:
            lines.insert(0, f"the {kind} has {len(lines)} mistakes; correct these lines:")
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[type["ConfigError"], tuple[tuple[Problem, ...], str]]:
        """So that it comes back whole from another process."""
        return type(self), (self.problems, self.kind)
