"""What "for", "keep_firing_for" and "cooldown" mean, told as drives."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.rules.engine import RuleEngine
from driver_monitor.state.alert import AlertState, Level
from driver_monitor.state.driver_state import Fatigue
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.terms import CANNOT_SEE_S
from tests.rules.states import rule, state, story, told


def away_between(*stretches: tuple[float, float]) -> Any:
    """off_road_s is 5 within the stretches and 0 outside."""
    return lambda t_s: {"off_road_s": 5.0 if any(a <= t_s < b for a, b in stretches) else 0.0}


def test_a_rule_fires_when_its_condition_has_held_for_its_time() -> None:
    alerts = told({"away": rule("off_road_s >= 3", **{"for": 2.0})}, away_between((1, 6)), until_s=10)
    assert story(alerts) == [("away", "firing", 3.0), ("away", "cleared", 6.0)]
    assert alerts[0].level is Level.WARNING
    (term,) = alerts[0].evidence["terms"]
    assert term == {"signal": "off_road_s", "op": ">=", "threshold": 3.0, "value": 5.0, "since_s": pytest.approx(1.0)}
    assert alerts[0].evidence["since_s"] == pytest.approx(1.0)
    assert alerts[1].evidence["fired_s"] == pytest.approx(3.0)


def test_a_condition_that_breaks_before_its_time_starts_over() -> None:
    rules = {"away": rule("off_road_s >= 3", **{"for": 2.0})}
    assert told(rules, away_between((1, 2.9), (3.1, 4.9)), until_s=10) == []


def test_keep_firing_for_bridges_a_glance_ahead() -> None:
    rules = {"away": rule("off_road_s >= 3", keep_firing_for=1.0)}
    assert story(told(rules, away_between((1, 3), (3.5, 5)), until_s=10)) == [
        ("away", "firing", 1.0),
        ("away", "cleared", 5.97),
    ]


def test_cooldown_keeps_a_cleared_rule_quiet() -> None:
    rules = {"away": rule("off_road_s >= 3", cooldown=4.0)}
    alerts = told(rules, away_between((1, 2), (3, 4), (5, 9)), until_s=12)
    assert story(alerts) == [
        ("away", "firing", 1.0),
        ("away", "cleared", 2.0),
        ("away", "firing", 6.0),
        ("away", "cleared", 9.0),
    ]


def test_all_and_any_nest() -> None:
    rules = {"sleepy": rule({"all": ["perclos_60s >= 0.1", {"any": ["yawns_600s >= 3", "fatigue.drowsy >= 0.7"]}]})}
    drowsy = Fatigue(0.1, 0.1, 0.8, 0.8)
    assert told(rules, lambda t_s: {"perclos_60s": 0.2}, until_s=2) == []
    assert len(told(rules, lambda t_s: {"perclos_60s": 0.2, "yawns_600s": 3}, until_s=2)) == 1
    assert len(told(rules, lambda t_s: {"perclos_60s": 0.2, "fatigue": drowsy}, until_s=2)) == 1
    assert told(rules, lambda t_s: {"perclos_60s": 0.0, "fatigue": drowsy}, until_s=2) == []


def test_words_and_truths_can_be_compared() -> None:
    rules = {"down": rule({"all": ["zone in [lap, console]", "on_road == false", "eyes != closed"]})}
    assert len(told(rules, lambda t_s: {"zone": "lap", "on_road": False, "eyes": "open"}, until_s=1)) == 1
    assert told(rules, lambda t_s: {"zone": "road", "on_road": True, "eyes": "open"}, until_s=1) == []


def test_what_is_not_known_fires_nothing() -> None:
    rules = {
        "shut": rule("eyes_closed_s >= 1"),
        "drowsy": rule("fatigue.drowsy >= 0.1"),
        "open": rule("eyes_closed_s < 1"),
    }
    assert told(rules, lambda t_s: {"eyes_closed_s": None}, until_s=3) == []
    assert told(rules, lambda t_s: {"eyes_closed_s": math.nan}, until_s=3) == []


def test_a_head_that_falls_out_of_sight_does_not_silence_a_critical_alert() -> None:
    def sleeper(t_s: float) -> dict[str, Any]:
        return {"eyes_closed_s": t_s if t_s < 5 else None if t_s < 40 else 0.0}

    critical = told({"sleep": rule("eyes_closed_s >= 3", level="critical")}, sleeper, until_s=45)
    assert story(critical) == [("sleep", "firing", 3.0), ("sleep", "cleared", 40.0)]
    warning = told({"sleep": rule("eyes_closed_s >= 3", level="warning")}, sleeper, until_s=45)
    assert story(warning)[1][2] == pytest.approx(5 + CANNOT_SEE_S, abs=0.1)


@pytest.mark.parametrize(("kmh", "count"), [(10.0, 0), (19.9, 0), (20.0, 1), (49.0, 1), (50.0, 0)])
def test_a_speed_gate_opens_and_shuts(kmh: float, count: int) -> None:
    gated = rule("off_road_s >= 3", speed={"from_kmh": 20, "below_kmh": 50})
    speed = Speed(kmh, SpeedKnowledge.MEASURED)
    assert len(told({"away": gated}, lambda t_s: {"off_road_s": 5.0, "speed": speed}, until_s=1)) == count


def test_a_driver_who_stops_while_looking_away_is_left_alone() -> None:
    gated = rule("off_road_s >= 3", speed={"from_kmh": 20})
    alerts = told(
        {"away": gated},
        lambda t_s: {"off_road_s": 5.0, "speed": Speed(80.0 if t_s < 4 else 0.0, SpeedKnowledge.MEASURED)},
        until_s=8,
    )
    assert story(alerts) == [("away", "firing", 0.0), ("away", "cleared", 4.0)]


def test_a_silent_speed_source_means_what_the_rule_says() -> None:
    unknown = Speed(None, SpeedKnowledge.UNKNOWN)
    for meaning, count in (("apply", 1), ("suppress", 0)):
        gated = rule("off_road_s >= 3", speed={"from_kmh": 20, "when_unknown": meaning})
        assert len(told({"away": gated}, lambda t_s: {"off_road_s": 5.0, "speed": unknown}, until_s=1)) == count


def test_a_hole_in_time_counts_towards_nothing() -> None:
    engine = RuleEngine({"away": rule("off_road_s >= 3", **{"for": 2.0})})
    assert engine.update(state(0.0, off_road_s=5.0)) == []
    assert engine.update(state(60.0, off_road_s=5.0)) == []
    assert engine.update(state(60.9, off_road_s=5.0)) == []
    assert engine.update(state(61.8, off_road_s=5.0)) == []
    assert len(engine.update(state(62.1, off_road_s=5.0))) == 1


def test_time_that_does_not_advance_is_ignored() -> None:
    engine = RuleEngine({"away": rule("off_road_s >= 3")})
    assert len(engine.update(state(1.0, off_road_s=5.0))) == 1
    assert engine.update(state(1.0, off_road_s=0.0)) == []
    assert engine.update(state(0.5, off_road_s=0.0)) == []
    assert engine.update(state(math.nan, off_road_s=0.0)) == []


def test_new_rules_keep_what_did_not_change_and_clear_what_is_gone() -> None:
    same, old = rule("off_road_s >= 3"), rule("eyes_closed_s >= 1")
    engine = RuleEngine({"same": same, "old": old})
    engine.update(state(1.0, off_road_s=5.0, eyes_closed_s=2.0))
    again = rule("off_road_s >= 3", why="A better reason.")
    engine, cleared = engine.reconfigured({"same": again, "new": rule("yawn == true")}, 1.5)
    assert [(a.rule, a.state) for a in cleared] == [("old", AlertState.CLEARED)]
    assert [a.rule for a in engine.firing] == ["same"]
    assert [a.rule for a in engine.update(state(2.0, off_road_s=0.0, yawn=True))] == ["same", "new"]


def test_most_urgent_first() -> None:
    engine = RuleEngine({"a": rule("off_road_s >= 1", level="info"), "b": rule("off_road_s >= 1", level="critical")})
    engine.update(state(1.0, off_road_s=2.0))
    assert [alert.rule for alert in engine.firing] == ["b", "a"]


flags = st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=200)
steps = st.lists(st.floats(0.005, 0.4), min_size=200, max_size=200)


@given(flags, steps, st.floats(0, 3), st.floats(0, 2), st.floats(0, 3))
def test_never_before_its_time_never_during_cooldown_and_always_in_turn(
    seen: list[bool | None], step_s: list[float], for_s: float, keep_s: float, cooldown_s: float
) -> None:
    settings = {"for": for_s, "keep_firing_for": keep_s, "cooldown": cooldown_s}
    engine = RuleEngine({"r": rule("off_road_s >= 1", **settings)})
    t_s, history, alerts = 0.0, [], []
    for flag, step in zip(seen, step_s, strict=False):
        t_s += step
        value = None if flag is None else 2.0 if flag else 0.0
        history.append((t_s, flag))
        alerts += engine.update(state(t_s, off_road_s=value))
    assert [a.state for a in alerts] == [AlertState.FIRING, AlertState.CLEARED] * (len(alerts) // 2) + [
        AlertState.FIRING
    ] * (len(alerts) % 2)
    for alert in alerts:
        if alert.state is AlertState.FIRING:
            last_false = max((t for t, flag in history if flag is False and t < alert.t_s), default=0.0)
            assert alert.t_s - last_false >= for_s - 1e-6
    for cleared, fired in zip(alerts[1::2], alerts[2::2], strict=False):
        assert fired.t_s - cleared.t_s >= cooldown_s - 1e-9


@given(flags)
def test_an_unrelated_rule_changes_nothing(seen: list[bool | None]) -> None:
    def run(rules: dict[str, Any]) -> list[tuple[str, str, float]]:
        engine, alerts = RuleEngine(rules), []
        for index, flag in enumerate(seen):
            value = None if flag is None else 2.0 if flag else 0.0
            alerts += engine.update(state(index / 10, off_road_s=value, yawns_600s=index))
        return [one for one in story(alerts) if one[0] == "r"]

    mine = rule("off_road_s >= 1", **{"for": 0.3, "keep_firing_for": 0.2})
    assert run({"r": mine}) == run({"other": rule("yawns_600s >= 2"), "r": mine})
