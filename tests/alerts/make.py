"""Alerts to send, and patience."""

import time
from collections.abc import Callable
from typing import Any

from driver_monitor.alerts.failure import Failure
from driver_monitor.state.alert import Alert, AlertState, Level

EVIDENCE: dict[str, Any] = {
    "terms": [
        {"signal": "eyes_closed_s", "op": ">=", "threshold": 1.5, "value": 1.6234, "since_s": 11.9},
        {"signal": "face_quality", "op": ">", "threshold": 0.5, "value": 0.93, "since_s": 0.0},
    ],
    "speed_kmh": 83.0,
    "speed": "measured",
}


def alert(
    rule: str = "microsleep",
    level: Level = Level.CRITICAL,
    state: AlertState = AlertState.FIRING,
    *,
    t_s: float = 12.34,
    message: str = "Eyes closed: wake up",
    outputs: tuple[str, ...] = ("console", "audio", "serial", "can", "mqtt", "gpio"),
) -> Alert:
    return Alert(t_s, rule, level, state, message, outputs, EVIDENCE)


def cleared(rule: str = "microsleep", level: Level = Level.CRITICAL, *, t_s: float = 15.0) -> Alert:
    return alert(rule, level, AlertState.CLEARED, t_s=t_s)


FAILURE = Failure("tracker", "The monitor has stopped.", "the vision worker died", 12.5)

ODD = [
    Alert(float("nan"), "", Level.INFO, AlertState.FIRING, "", (), {}),
    Alert(-1e12, "r" * 500, Level.WARNING, AlertState.CLEARED, "é\n\x00$*,%" * 100, (), {"terms": None}),
    Alert(1e300, "r,$*", Level.CRITICAL, AlertState.FIRING, "m", (), {"terms": [{}], "speed_kmh": float("nan")}),
    cleared("never fired"),
]


def wait_until(true: Callable[[], bool], timeout_s: float = 15.0) -> None:
    """Poll; an AssertionError when it does not come true in time."""
    deadline_s = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline_s, "did not come true in time"
        time.sleep(0.005)
