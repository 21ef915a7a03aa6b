"""What is wrong with a file of labels: every mistake at once, each with its line."""

from collections.abc import Iterable
from pathlib import Path

from driver_monitor.errors import DriverMonitorError


class LabelError(DriverMonitorError):
    """Labels that cannot be read or written. ``problems`` holds a sentence a mistake, with file and line."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        lines = list(self.problems)
        if len(lines) > 1:
            lines.insert(0, f"the labels have {len(lines)} mistakes; correct these lines:")
        super().__init__("\n".join(lines))


def problem(path: Path, line: int, sentence: str) -> str:
    """``line`` counts from 1; 0 is the file as a whole."""
    return f"{path}:{line}: {sentence}" if line else f"{path}: {sentence}"
