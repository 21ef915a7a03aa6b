"""What the keys of a rule mean beyond Prometheus' three, told as drives."""

import math
from typing import Any

import pytest

from driver_monitor.config.alerts import AlertsConfig, OutputsConfig
from driver_monitor.config.messages import MessagesConfig
from driver_monitor.rules.engine import RuleEngine, inhibitors_first
from driver_monitor.state.alert import AlertState, Level, News
from driver_monitor.state.driver_state import Fatigue
from driver_monitor.state.speed import Speed, SpeedKnowledge
from tests.rules.states import rule, state, story, told

LADDER = [
    {"after": 2.0, "level": "critical", "message": "Now!"},
    {"after": 4.0, "level": "unresponsive", "message": "Nobody there"},
]


def away(*stretches: tuple[float, float]) -> Any:
    return lambda t_s: {"off_road_s": 5.0 if any(a <= t_s < b for a, b in stretches) else 0.0}


def ladder_of(alerts: list[Any]) -> list[tuple[str, str, float]]:
    return [(alert.news.value, alert.level.word, round(alert.t_s, 2)) for alert in alerts]


def test_a_rule_climbs_its_ladder_while_nobody_returns() -> None:
    alerts = told({"away": rule("off_road_s >= 3", escalate=LADDER)}, away((1, 7)), until_s=10)
    assert ladder_of(alerts) == [
        ("began", "warning", 1.0),
        ("escalated", "critical", 3.0),
        ("escalated", "unresponsive", 5.0),
        ("ended", "unresponsive", 7.0),
    ]
    assert [alert.message for alert in alerts] == ["test", "Now!", "Nobody there", "Nobody there"]
    assert [alert.state is AlertState.FIRING for alert in alerts] == [True, True, True, False]


def test_a_driver_who_looks_up_is_not_escalated_while_the_alert_fades() -> None:
    rules = {"away": rule("off_road_s >= 3", escalate=LADDER, keep_firing_for=3.0)}
    assert ladder_of(told(rules, away((1, 2.5)), until_s=10)) == [
        ("began", "warning", 1.0),
        ("ended", "warning", 5.47),
    ]


def test_the_next_firing_begins_at_the_bottom_of_the_ladder() -> None:
    rules = {"away": rule("off_road_s >= 3", escalate=LADDER)}
    alerts = told(rules, away((1, 4), (5, 6)), until_s=10)
    assert [alert.level for alert in alerts] == [
        Level.WARNING,
        Level.CRITICAL,
        Level.CRITICAL,
        Level.WARNING,
        Level.WARNING,
    ]


def test_what_is_critical_by_escalation_does_not_end_when_the_face_is_gone() -> None:
    def sinks(t_s: float) -> dict[str, Any]:
        return {"off_road_s": 5.0 if t_s < 4 else None if t_s < 40 else 0.0}

    alerts = told({"away": rule("off_road_s >= 3", escalate=LADDER[:1])}, sinks, until_s=45)
    assert ladder_of(alerts)[-1] == ("ended", "critical", 40.0)


def test_a_repeated_alert_is_told_again_while_the_condition_holds() -> None:
    rules = {"away": rule("off_road_s >= 3", repeat_every=2.0, keep_firing_for=3.0)}
    assert ladder_of(told(rules, away((1, 6)), until_s=12)) == [
        ("began", "warning", 1.0),
        ("repeated", "warning", 3.0),
        ("repeated", "warning", 5.0),
        ("ended", "warning", 8.97),
    ]


def test_until_holds_what_has_begun() -> None:
    """Drowsy from 0.15 on, and until it has fallen below 0.08: nothing flickers in between."""

    def perclos(t_s: float) -> dict[str, Any]:
        return {"perclos_60s": 0.16 if t_s < 2 else 0.10 if t_s < 6 else 0.05}

    rules = {"drowsy": rule("perclos_60s >= 0.15", until="perclos_60s < 0.08", **{"for": 3.0})}
    assert story(told(rules, perclos, until_s=10)) == [("drowsy", "firing", 3.0), ("drowsy", "cleared", 6.0)]
    assert told({"drowsy": rule("perclos_60s >= 0.15", **{"for": 3.0})}, perclos, until_s=10) == []


def test_what_fires_goes_on_until_its_end_whatever_the_speed_but_does_not_begin_below_it() -> None:
    gated = {"away": rule("off_road_s >= 3", until="on_road == true", speed={"from_kmh": 20}, **{"for": 1.0})}

    def slowing(t_s: float, from_s: float) -> dict[str, Any]:
        speed = Speed(50.0 if t_s < from_s else 5.0, SpeedKnowledge.MEASURED)
        return {"off_road_s": 5.0 if t_s < 4 else 0.0, "on_road": t_s >= 8, "speed": speed}

    assert story(told(gated, lambda t_s: slowing(t_s, 2.0), until_s=10)) == [
        ("away", "firing", 1.0),
        ("away", "cleared", 8.0),
    ]
    assert told(gated, lambda t_s: slowing(t_s, 0.5), until_s=10) == []


def test_an_end_that_is_not_known_neither_keeps_from_beginning_nor_ends() -> None:
    shut = {"shut": rule("eyes_closed_s >= 1", until="on_road == true", level="critical", **{"for": 1.0})}
    asleep = lambda t_s: {"eyes_closed_s": t_s, "on_road": None} if t_s < 4 else {"eyes_closed_s": None}  # noqa: E731
    assert story(told(shut, asleep, until_s=40)) == [("shut", "firing", 2.0)]


def test_nothing_begins_while_what_ends_it_is_the_case() -> None:
    rules = {"odd": rule("off_road_s >= 3", until="speed_kmh >= 50")}
    assert told(rules, away((1, 6)), until_s=8) == []


def test_not_turns_a_condition_round_and_leaves_the_unknown_unknown() -> None:
    rules = {"away": rule({"not": {"any": ["zone == road", "zone in [left_mirror, right_mirror]"]}})}
    alerts = told(rules, lambda t_s: {"zone": "lap"}, until_s=1)
    assert [term["not"] for term in alerts[0].evidence["terms"]] == [True, True]
    assert told(rules, lambda t_s: {"zone": "left_mirror"}, until_s=1) == []
    assert told({"r": rule({"not": "off_road_s < 3"})}, lambda t_s: {"off_road_s": None}, until_s=1) == []


def test_a_rule_is_considered_only_while_its_state_lasts() -> None:
    rules = {"away": rule("off_road_s >= 3", only_while="quality.eyes >= 0.5")}
    blurred = lambda t_s: {"off_road_s": 5.0, "quality_eyes": 0.9 if t_s < 4 else 0.1}  # noqa: E731
    assert story(told(rules, blurred, until_s=8)) == [("away", "firing", 0.0), ("away", "cleared", 4.0)]


CHANNELS = {"channels": {"yawns": "yawns_600s >= 3", "blinks": "fatigue.drowsy >= 0.7"}}


def test_one_channel_alone_is_not_enough_and_the_evidence_names_the_one_that_agreed() -> None:
    rules = {"drowsy": rule("perclos_60s >= 0.15", requires_second_channel=CHANNELS, **{"for": 2.0})}
    assert told(rules, lambda t_s: {"perclos_60s": 0.2}, until_s=10) == []
    (alert,) = told(rules, lambda t_s: {"perclos_60s": 0.2, "yawns_600s": 3 if t_s >= 5 else 2}, until_s=10)
    assert alert.t_s == pytest.approx(5.0)
    assert list(alert.evidence["channels"]) == ["yawns"]
    assert alert.evidence["channels"]["yawns"][0]["since_s"] == pytest.approx(5.0)


def test_two_channels_can_be_asked_for_and_an_unknown_one_does_not_agree() -> None:
    both = {"drowsy": rule("perclos_60s >= 0.15", requires_second_channel={"at_least": 2, **CHANNELS})}
    drowsy = Fatigue(0.1, 0.1, 0.8, 0.8)
    assert told(both, lambda t_s: {"perclos_60s": 0.2, "yawns_600s": 3}, until_s=2) == []
    assert len(told(both, lambda t_s: {"perclos_60s": 0.2, "yawns_600s": 3, "fatigue": drowsy}, until_s=2)) == 1


def test_a_second_channel_that_falls_silent_does_not_end_the_alert() -> None:
    rules = {"drowsy": rule("perclos_60s >= 0.15", requires_second_channel=CHANNELS)}
    alerts = told(rules, lambda t_s: {"perclos_60s": 0.2, "yawns_600s": 3 if t_s < 1 else 0}, until_s=5)
    assert story(alerts) == [("drowsy", "firing", 0.0)]


def sleeper(t_s: float) -> dict[str, Any]:
    """Shuts the eyes at 1 s, wakes at 8 s with the head in the lap, looks up at 11 s."""
    return {
        "eyes_closed_s": t_s - 1 if 1 <= t_s < 8 else 0.0,
        "off_road_s": t_s - 1 if 1 <= t_s < 11 else 0.0,
    }


def test_sleep_silences_distraction_and_what_is_left_of_it_is_told_afterwards() -> None:
    rules = {
        "glance": rule("off_road_s >= 3", **{"for": 1.0}, inhibited_by=["sleep"]),
        "sleep": rule("eyes_closed_s >= 3", level="critical"),
    }
    assert story(told(rules, sleeper, until_s=15)) == [
        ("sleep", "firing", 4.0),
        ("sleep", "cleared", 8.0),
        ("glance", "firing", 8.0),
        ("glance", "cleared", 11.0),
    ]


def test_an_inhibitor_that_begins_in_the_same_frame_already_silences() -> None:
    """Whichever stands first in the file."""
    rules = {
        "glance": rule("off_road_s >= 3", inhibited_by=["sleep"]),
        "sleep": rule("eyes_closed_s >= 3", level="critical"),
    }
    alerts = told(rules, sleeper, until_s=6)
    assert story(alerts) == [("sleep", "firing", 4.0)]


def test_an_inhibited_rule_that_fires_neither_repeats_nor_escalates_but_ends_in_its_time() -> None:
    rules = {
        "glance": rule("off_road_s >= 1", repeat_every=1.0, escalate=LADDER[:1], inhibited_by=["sleep"]),
        "sleep": rule("eyes_closed_s >= 1.5", level="critical"),
    }
    assert [(a.rule, a.news.value, round(a.t_s, 1)) for a in told(rules, sleeper, until_s=15)] == [
        ("glance", "began", 2.0),
        ("sleep", "began", 2.5),
        ("sleep", "ended", 8.0),
        ("glance", "escalated", 8.0),
        ("glance", "repeated", 9.0),
        ("glance", "repeated", 10.0),
        ("glance", "ended", 11.0),
    ]


def test_rules_that_inhibit_each_other_in_a_circle_are_refused() -> None:
    circle = {"a": rule("fps < 5", inhibited_by=["b"]), "b": rule("fps < 5", inhibited_by=["a"])}
    with pytest.raises(ValueError, match="a -> b -> a"):
        RuleEngine(circle)
    straight = {"a": rule("fps < 5", inhibited_by=["c"]), "b": rule("fps < 5"), "c": rule("fps < 5")}
    assert inhibitors_first(straight) == ["b", "c", "a"]


def test_a_window_needs_to_have_seen_enough_before_it_says_anything() -> None:
    rules = {"away": rule("fraction(on_road == false, 30) >= 0.6")}
    alerts = told(rules, lambda t_s: {"on_road": False}, until_s=60)
    assert alerts[0].t_s == pytest.approx(15, abs=0.1)  # half of the window
    (term,) = alerts[0].evidence["terms"]
    assert (term["signal"], term["value"]) == ("fraction(on_road == false, 30)", pytest.approx(1.0))
    assert term["known"] == pytest.approx(0.5, abs=0.01)


def test_three_yawns_are_three_yawns_before_ten_minutes_are_over_but_no_yawn_is_not_yet_none() -> None:
    yawning = {"yawns": rule("count(yawn, 600) >= 3")}
    few = {"few": rule("count(yawn, 600) < 3")}
    drive = lambda t_s: {"yawn": t_s % 20 >= 17}  # noqa: E731
    (alert,) = told(yawning, drive, until_s=80)
    assert alert.t_s == pytest.approx(57, abs=0.1)
    assert told(few, drive, until_s=50) == []


def test_a_window_over_what_is_not_known_now_says_nothing_now() -> None:
    rules = {"low": rule("mean(openness, 4) < 0.5", **{"for": 1.0})}
    drive = lambda t_s: {"openness": 0.4 if t_s < 2.5 else None}  # noqa: E731
    assert told(rules, drive, until_s=10) == []


def test_the_level_says_where_an_alert_goes_and_the_rule_may_say_otherwise() -> None:
    alerts_config = AlertsConfig(outputs=OutputsConfig(info=("console",), critical=("audio", "serial")))
    rules = {
        "climbs": rule("off_road_s >= 3", level="info", escalate=[{"after": 2.0, "level": "critical"}]),
        "own": rule("off_road_s >= 3", level="info", outputs=["serial"]),
    }
    engine = RuleEngine(rules, alerts=alerts_config)
    told_to = {}
    for frame in range(200):
        for alert in engine.update(state(frame / 30, off_road_s=5.0 if frame < 150 else 0.0)):
            told_to[alert.rule, alert.news] = set(alert.outputs)
    assert told_to == {
        ("climbs", News.BEGAN): {"console"},
        ("climbs", News.ESCALATED): {"audio", "serial"},
        ("climbs", News.ENDED): {"console", "audio", "serial"},
        ("own", News.BEGAN): {"serial"},
        ("own", News.ENDED): {"serial"},
    }


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        (MessagesConfig(), "Wake up!"),
        (MessagesConfig(language="de"), "Aufwachen!"),
        (MessagesConfig(texts={"wake_up": "Oi!"}), "Oi!"),
    ],
)
def test_a_message_is_told_in_the_drivers_language(messages: MessagesConfig, said: str) -> None:
    rules = {"sleep": rule("eyes_closed_s >= 3").model_copy(update={"message": "wake_up"})}
    (alert,) = RuleEngine(rules, messages=messages).update(state(0.0, eyes_closed_s=4.0))
    assert alert.message == said


def test_policy_states_can_be_named_in_rules() -> None:
    rules = {"low": rule("awareness <= 0.75"), "loud": rule("audible_alerts_1h >= 1")}
    drive = lambda t_s: {"on_road": False, "eyes": "open", "off_road_s": t_s}  # noqa: E731
    alerts = told(rules, drive, until_s=8)
    assert [(alert.rule, round(alert.t_s)) for alert in alerts] == [("low", 5), ("loud", 5)]


def test_new_rules_keep_a_ladder_where_it_stands() -> None:
    rules = {"away": rule("off_road_s >= 3", escalate=LADDER)}
    engine = RuleEngine(rules)
    for frame in range(75):
        engine.update(state(frame / 30, off_road_s=5.0))
    engine, cleared = engine.reconfigured({**rules, "new": rule("fps < 5")}, 2.5)
    assert cleared == []
    alerts = [alert for frame in range(75, 150) for alert in engine.update(state(frame / 30, off_road_s=5.0))]
    assert ladder_of(alerts) == [("escalated", "unresponsive", 4.0)]


def test_values_that_are_no_numbers_start_no_window() -> None:
    rules = {"low": rule("mean(openness, 4) < 0.5"), "most": rule("max(openness, 4) >= 0")}
    assert told(rules, lambda t_s: {"openness": math.nan}, until_s=10) == []
