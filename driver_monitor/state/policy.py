"""What the policy itself knows beside the driver's state: attention left, alerts sounded. Rules may name it too."""

from dataclasses import dataclass, fields
from typing import Final

from driver_monitor.state.signal import signal


@dataclass(frozen=True, slots=True)
class PolicyState:
    """The policy's own state in one frame, before its rules are asked."""

    awareness: float = signal(
        "0..1", "attention left: 1 full, drains while the driver does not watch (see attention)", 1.0
    )
    attention_level: int = signal("count", "steps of awareness gone: 0 none, 1 to 3, 4 when it is used up", 0)
    attention_latched: bool = signal("", "awareness was used up and nobody has answered since", False)
    answered: bool = signal("", "the driver answered within the last 2 s: the button, or the road watched again", False)
    attention_used_up: int = signal("count", "how often awareness was used up in this drive", 0)
    attention_lockout: bool = signal(
        "", "true for the rest of the drive once that has happened attention.lockout_after times", False
    )
    audible_alerts_1h: int = signal("count", "alerts that made a sound in the last hour", 0)
    quiet: bool = signal("", "the driver asked for quiet: only critical alerts and never_muted rules sound", False)


POLICY_NAMES: Final = tuple(f.name for f in fields(PolicyState))
NOTHING_YET: Final = PolicyState()
