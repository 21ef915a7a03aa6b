"""Who cries wolf loses the sound for a while, and nobody else does."""

from typing import Any

import pytest

from driver_monitor.config.alerts import AlertsConfig, BudgetConfig
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.state.alert import Alert, Level, News
from tests.rules.states import rule, state

ATTENTIVE: dict[str, Any] = {"on_road": True, "eyes": "open", "quality_eyes": 1.0}
AWAY: dict[str, Any] = {"on_road": False, "eyes": "open", "quality_eyes": 1.0}


def drive(rules: dict[str, Any], *, until_s: float, on_road_after_s: float = 0.1, **budget: Any) -> list[Alert]:
    """An off-road look of 3.2 s as measured, every minute; the driver is seen attentive so long after the alert."""
    engine = RuleEngine(rules, alerts=AlertsConfig(budget=BudgetConfig(**budget)))
    alerts: list[Alert] = []
    for frame in range(round(until_s * 15)):
        t_s = frame / 15
        into_s = t_s % 60
        away = into_s < 3 + on_road_after_s
        alerts += engine.update(state(t_s, off_road_s=into_s if away else 0.0, **(AWAY if away else ATTENTIVE)))
    return alerts


def begun(alerts: list[Alert], name: str) -> list[Alert]:
    return [alert for alert in alerts if alert.rule == name and alert.news is News.BEGAN]


GLANCE = {"glance": rule("off_road_s >= 3")}


def test_a_rule_that_cries_wolf_is_lowered_to_the_log_and_it_is_said_once() -> None:
    alerts = drive(GLANCE, until_s=600)
    heard = ["audio" in alert.outputs for alert in begun(alerts, "glance")]
    assert heard == [True] * 4 + [False] * 6
    assert all("console" in alert.outputs for alert in begun(alerts, "glance"))
    assert begun(alerts, "glance")[5].evidence["lowered"] is True
    (notice,) = begun(alerts, "glance.quiet")
    assert (notice.level, "audio" in notice.outputs) == (Level.INFO, False)
    assert "'glance'" in notice.message
    assert len(notice.evidence["nuisances_s"]) == 4


def test_the_sound_comes_back_after_a_while() -> None:
    alerts = drive(GLANCE, until_s=900, quiet_s=300)
    back = next(alert for alert in alerts if alert.rule == "glance.quiet" and alert.news is News.ENDED)
    later = [alert for alert in begun(alerts, "glance") if alert.t_s > back.t_s]
    assert back.evidence["fired_s"] == pytest.approx(300, abs=0.1)
    assert "audio" in later[0].outputs


def test_a_driver_who_answers_the_alert_is_no_nuisance() -> None:
    """Eyes come back a second after the sound: that is what it is for."""
    alerts = drive(GLANCE, until_s=900, on_road_after_s=1.0)
    assert all("audio" in alert.outputs for alert in begun(alerts, "glance"))
    assert begun(alerts, "glance.quiet") == []


def test_critical_alerts_and_rules_that_are_never_muted_keep_their_sound() -> None:
    rules = {
        "sleep": rule("off_road_s >= 3", level="critical"),
        "drowsy": rule("off_road_s >= 3", never_muted=True),
    }
    alerts = drive(rules, until_s=900)
    assert all("audio" in alert.outputs for alert in alerts)


def test_a_lowered_rule_that_turns_critical_is_heard() -> None:
    rules = {"glance": rule("off_road_s >= 3", escalate=[{"after": 2.0, "level": "critical"}])}
    engine = RuleEngine(rules, alerts=AlertsConfig(budget=BudgetConfig(nuisances_per_hour=0)))
    alerts: list[Alert] = []
    for frame in range(1200):
        t_s = frame / 15
        away = t_s < 3.1 or t_s > 60
        alerts += engine.update(
            state(t_s, off_road_s=t_s if t_s < 3.1 else max(0.0, t_s - 60), **(AWAY if away else ATTENTIVE))
        )
    second = [alert for alert in alerts if alert.rule == "glance" and alert.t_s > 60]
    assert [(alert.news, "audio" in alert.outputs) for alert in second] == [
        (News.BEGAN, False),
        (News.ESCALATED, True),
    ]


def test_a_driver_badly_seen_cannot_make_an_alert_a_nuisance() -> None:
    engine = RuleEngine(GLANCE)
    alerts: list[Alert] = []
    for frame in range(600 * 15):
        t_s = frame / 15
        into_s = t_s % 60
        signals = AWAY if into_s < 3.1 else {**ATTENTIVE, "quality_eyes": 0.3}
        alerts += engine.update(state(t_s, off_road_s=into_s if into_s < 3.1 else 0.0, **signals))
    assert all("audio" in alert.outputs for alert in begun(alerts, "glance"))


def test_the_guard_can_be_switched_off() -> None:
    assert all("audio" in alert.outputs for alert in drive(GLANCE, until_s=900, guard=False))


def test_audible_alerts_of_the_last_hour_are_counted_once_each() -> None:
    rules = {
        "glance": rule("off_road_s >= 3", repeat_every=0.2),
        "silent": rule("off_road_s >= 3", outputs=["console"]),
    }
    engine = RuleEngine(rules)
    counts = {}
    for frame in range(4000 * 5):
        t_s = frame / 5
        into_s = t_s % 1000
        engine.update(state(t_s, off_road_s=into_s if into_s < 5 else 0.0, **(AWAY if into_s < 5 else ATTENTIVE)))
        counts[round(t_s)] = engine.policy.audible_alerts_1h
    assert (counts[10], counts[1010], counts[3010], counts[3610]) == (1, 2, 4, 3)


def test_a_lowered_rule_stays_lowered_through_a_reload() -> None:
    engine = RuleEngine(GLANCE, alerts=AlertsConfig(budget=BudgetConfig(nuisances_per_hour=0)))
    for frame in range(150):
        t_s = frame / 15
        engine.update(state(t_s, off_road_s=t_s if t_s < 3.1 else 0.0, **(AWAY if t_s < 3.1 else ATTENTIVE)))
    assert [alert.rule for alert in engine.firing] == ["glance.quiet"]
    engine, cleared = engine.reconfigured(GLANCE, 10.0)
    assert (cleared, [alert.rule for alert in engine.firing]) == ([], ["glance.quiet"])
    (alert,) = engine.update(state(10.1, off_road_s=5.0, **AWAY))
    assert "audio" not in alert.outputs
