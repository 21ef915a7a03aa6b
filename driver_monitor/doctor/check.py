"""One thing looked at, and what came of it."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from driver_monitor.config.config import Config


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"  # something works less well, or not at all, but 'run' runs
    FAIL = "fail"  # 'run' refuses to start: the two must say the same


@dataclass(frozen=True, slots=True)
class Check:
    """``finding`` says what is there, in one or several lines; ``remedy`` what to do, empty where that is nothing."""

    name: str
    verdict: Verdict
    finding: str
    remedy: str = ""

    def to_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is examined: this machine for this config. ``config_path`` is None when the defaults stand in for a file."""

    config: Config
    config_path: Path | None


def ok(name: str, finding: str) -> Check:
    return Check(name, Verdict.OK, finding)


def warn(name: str, finding: str, remedy: str) -> Check:
    return Check(name, Verdict.WARN, finding, remedy)


def fail(name: str, finding: str, remedy: str) -> Check:
    return Check(name, Verdict.FAIL, finding, remedy)
