"""Driver states for rule stories: only what a rule looks at is set."""

from collections.abc import Callable, Mapping
from typing import Any

from driver_monitor.config.rules import RuleConfig
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.state.alert import Alert
from driver_monitor.state.driver_state import DriverState, Fatigue
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge

MOVING = Speed(80.0, SpeedKnowledge.MEASURED)


def state(t_s: float, *, speed: Speed = MOVING, fatigue: Fatigue | None = None, **signals: Any) -> DriverState:
    known = {"t_s": t_s, "tracking": "tracked", "quality": 1.0, **signals}
    return DriverState(t_s, Signals(**known), speed, fatigue)


def rule(when: Any, **settings: Any) -> RuleConfig:
    return RuleConfig.model_validate({"when": when, "message": "test", "cooldown": 0, **settings})


def told(
    rules: Mapping[str, RuleConfig],
    value_at: Callable[[float], Mapping[str, Any]],
    *,
    until_s: float,
    fps: float = 30.0,
) -> list[Alert]:
    """Every alert of a drive whose signals at a time are ``value_at(t_s)``."""
    engine = RuleEngine(rules)
    alerts: list[Alert] = []
    for index in range(round(until_s * fps)):
        t_s = index / fps
        alerts += engine.update(state(t_s, **value_at(t_s)))
    return alerts


def story(alerts: list[Alert]) -> list[tuple[str, str, float]]:
    return [(alert.rule, alert.state.value, round(alert.t_s, 2)) for alert in alerts]
