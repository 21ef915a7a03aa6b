"""What an output may tell of the driver, ten times a second or once: a closed list, so that nothing new slips out."""

from collections.abc import Sequence
from dataclasses import dataclass

from driver_monitor.state.alert import Alert
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.policy import PolicyState

OK = "ok"


@dataclass(frozen=True, slots=True)
class Status:
    """The driver at media time ``t_s``, in the words of the signals. A word is ``unknown``, and a number None, where
    it cannot be known.

    ``health`` is how the monitor is doing: ``ok``, or why the driver cannot be judged well (``degraded``).
    ``awareness`` and ``quality`` are 0..1. What a face expresses, stress, pulse, voice, landmarks and images are no
    part of it and never become one.
    """

    t_s: float
    health: str
    eyes: str
    zone: str
    awareness: float | None
    quality: float | None
    firing: tuple[str, ...] = ()

    @classmethod
    def of(cls, state: DriverState, policy: PolicyState, firing: Sequence[Alert]) -> "Status":
        signals = state.signals
        return cls(
            t_s=state.t_s,
            health=signals.degraded or OK,
            eyes=signals.eyes,
            zone=signals.zone,
            awareness=policy.awareness,
            quality=signals.quality,
            firing=tuple(alert.rule for alert in firing),
        )
