"""What the policy itself knows beside the driver's state: attention left, alerts sounded. Rules may name it too."""

from dataclasses import dataclass, field, fields
from typing import Any, Final


def _fact(default: Any, unit: str, description: str) -> Any:
    return field(default=default, metadata={"unit": unit, "description": description})


@dataclass(frozen=True, slots=True)
class PolicyState:
    """The policy's own state in one frame, before its rules are asked."""

    awareness: float = _fact(
        1.0, "0..1", "attention left: 1 full, drains while the driver does not watch (see attention)"
    )
    attention_level: int = _fact(0, "count", "steps of awareness gone: 0 none, 1 to 3, 4 when it is used up")
    attention_latched: bool = _fact(False, "", "awareness was used up and nobody has answered since")
    answered: bool = _fact(False, "", "the driver answered within the last 2 s: the button, or the road watched again")
    attention_used_up: int = _fact(0, "count", "how often awareness was used up in this drive")
    attention_lockout: bool = _fact(
        False, "", "true for the rest of the drive once that has happened attention.lockout_after times"
    )
    audible_alerts_1h: int = _fact(0, "count", "alerts that made a sound in the last hour")


POLICY_NAMES: Final = tuple(f.name for f in fields(PolicyState))
NOTHING_YET: Final = PolicyState()
