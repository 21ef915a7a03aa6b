"""What the rule engine says: a rule began to fire, grew more urgent, was told again, or ceased."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any


class Level(IntEnum):
    INFO = 1
    WARNING = 2
    CRITICAL = 3
    UNRESPONSIVE = 4  # nobody answers: the bus is asked for a safe stop

    @classmethod
    def of(cls, word: str) -> "Level":
        return cls[word.upper()]

    @property
    def word(self) -> str:
        return self.name.lower()


class AlertState(StrEnum):
    FIRING = "firing"
    CLEARED = "cleared"


class News(StrEnum):
    """Why an alert is told now; ``news`` of its evidence."""

    BEGAN = "began"
    ESCALATED = "escalated"
    REPEATED = "repeated"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Alert:
    """News of one rule at media time ``t_s``, with the evidence that explains it.

    An escalation and a repetition are firing once more, with the level it has by now. ``evidence`` is plain JSON data:
    ``news`` (:class:`News`), ``terms`` (signal, op, threshold, value, true ``since_s``), ``channels`` (the second
    channels that held), ``since_s`` (when the condition came true), ``for_s``, ``speed_kmh``, ``speed``, ``tracking``,
    ``quality``, ``quality_eyes``, ``baseline``; ``last_seen`` where the driver was seen to go out of sight;
    ``fired_s`` once it is over; ``lowered`` where it makes no sound because it cried wolf before, ``quiet`` where the
    driver asked for that.
    """

    t_s: float
    rule: str
    level: Level
    state: AlertState
    message: str
    outputs: tuple[str, ...]
    evidence: dict[str, Any]

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Alert":
        """The alert whose :meth:`to_json` gave ``record``; its outputs are not part of it."""
        level, state = Level.of(record["level"]), AlertState(record["state"])
        return cls(record["t_s"], record["rule"], level, state, record["message"], (), record["evidence"])

    @property
    def news(self) -> News:
        """Alerts recorded before there were escalations began or ended."""
        word = self.evidence.get("news")
        if word in tuple(News):
            return News(word)
        return News.BEGAN if self.state is AlertState.FIRING else News.ENDED

    @property
    def muted(self) -> bool:
        """Whether it is to make no sound, on whatever output."""
        return bool(self.evidence.get("lowered") or self.evidence.get("quiet"))

    def to_json(self) -> dict[str, Any]:
        return {
            "t_s": round(self.t_s, 3),
            "type": "alert",
            "rule": self.rule,
            "level": self.level.word,
            "state": self.state.value,
            "message": self.message,
            "evidence": self.evidence,
        }


def json_line(record: dict[str, Any]) -> str:
    """One compact JSON line; NaN is not JSON and becomes null."""

    def clean(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, 4) if math.isfinite(value) else None
        if isinstance(value, dict):
            return {key: clean(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [clean(item) for item in value]
        return value

    return json.dumps(clean(record), separators=(",", ":"), allow_nan=False)
