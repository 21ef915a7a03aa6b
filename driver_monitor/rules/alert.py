"""What the rule engine says: one rule began or ceased to fire."""

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


class AlertState(StrEnum):
    FIRING = "firing"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Alert:
    """One transition of one rule at media time ``t_s``, with the evidence that explains it.

    ``evidence`` is plain JSON data: ``terms`` (signal, op, threshold, value, true since), ``since_s``, ``speed_kmh``,
    ``speed_knowledge``, ``quality``, ``baseline``.
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
        level, state = Level[record["level"].upper()], AlertState(record["state"])
        return cls(record["t_s"], record["rule"], level, state, record["message"], (), record["evidence"])

    def to_json(self) -> dict[str, Any]:
        return {
            "t_s": round(self.t_s, 3),
            "type": "alert",
            "rule": self.rule,
            "level": self.level.name.lower(),
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
