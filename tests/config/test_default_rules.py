"""The default rules do what the norms they are modelled on ask: drives told as signals, 30 frames a second."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from driver_monitor.config.checks import WORDS, rule_terms
from driver_monitor.config.config import Config
from driver_monitor.config.loader import default_data
from driver_monitor.config.rules import built_in_rules
from driver_monitor.config.term import parse_term
from driver_monitor.face.observation import Tracking
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.rules.evidence import because
from driver_monitor.signals.eyes import EyeState
from driver_monitor.state.alert import AlertState, Level
from driver_monitor.state.channels import ChannelSignals
from driver_monitor.state.driver_state import DriverState, Fatigue, Stress
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge

FRAME_S = 1 / 30
ATTENTIVE = Signals(
    tracking="tracked",
    quality=1.0,
    quality_eyes=1.0,
    eyes="open",
    openness=1.0,
    eyes_closed_s=0.0,
    grimace=0.0,
    perclos_60s=0.02,
    perclos_180s=0.02,
    perclos_coverage=0.98,
    zone="road",
    on_road=True,
    off_road_s=0.0,
    driving_task_s=0.0,
    baseline="driver",
)
Story = Callable[[float], dict[str, Any]]


def fired(
    story: Story, *, until_s: float, kmh: float | None = 80.0, **state: Any
) -> Iterator[tuple[str, float, Level]]:
    """(rule, media time, level) of every alert of a drive in which ``story`` changes the attentive signals."""
    engine = RuleEngine(built_in_rules())
    knowledge = SpeedKnowledge.UNKNOWN if kmh is None else SpeedKnowledge.MEASURED
    for frame in range(round(until_s / FRAME_S)):
        t_s = frame * FRAME_S
        signals = replace(ATTENTIVE, t_s=t_s, **story(t_s))
        for alert in engine.update(DriverState(t_s, signals, Speed(kmh, knowledge), **state)):
            if alert.state is AlertState.FIRING:
                yield alert.rule, t_s, alert.level


def eyes_shut_for(length_s: float) -> Story:
    return lambda t_s: {"eyes": "closed", "eyes_closed_s": t_s} if t_s < length_s else {}


def eyes_squeezed_for(length_s: float) -> Story:
    return lambda t_s: {"eyes": "closed", "eyes_closed_s": t_s, "grimace": 0.7} if t_s < length_s else {}


def looking_at(zone: str, length_s: float, *, driving_task: bool = False) -> Story:
    def story(t_s: float) -> dict[str, Any]:
        if t_s >= length_s:
            return {}
        task_s = t_s if driving_task else 0.0
        return {"zone": zone, "on_road": False, "off_road_s": t_s, "driving_task_s": task_s}

    return story


def names(*args: Any, **kwargs: Any) -> list[str]:
    return [name for name, _, _ in fired(*args, **kwargs)]


def test_every_term_of_every_rule_names_a_signal_there_is() -> None:
    for name, rule in default_data()["rules"].items():
        assert [parse_term(text) for _, text in rule_terms(rule, (name,))]


def test_attentive_driving_is_silent() -> None:
    assert names(lambda t_s: {}, until_s=120) == []


@pytest.mark.parametrize("length_s", [0.2, 0.4, 1.0, 1.4])
def test_a_blink_and_a_long_blink_are_no_alert(length_s: float) -> None:
    assert names(eyes_shut_for(length_s), until_s=10) == []


@pytest.mark.parametrize("kmh", [0.0, 30.0, 120.0, None])
def test_a_microsleep_is_warned_of_between_one_and_two_seconds_at_any_speed(kmh: float | None) -> None:
    ((name, t_s, level),) = fired(eyes_shut_for(2.0), until_s=10, kmh=kmh)
    assert (name, level) == ("microsleep", Level.WARNING)
    assert t_s == pytest.approx(1.5, abs=0.05)


def test_sleep_and_no_response_follow_with_more_urgency() -> None:
    alerts = list(fired(eyes_shut_for(8.0), until_s=12))
    assert [(name, level) for name, _, level in alerts] == [
        ("microsleep", Level.WARNING),
        ("sleep", Level.CRITICAL),
        ("unresponsive", Level.UNRESPONSIVE),
    ]
    assert [t_s for _, t_s, _ in alerts] == pytest.approx([1.5, 3.0, 6.0], abs=0.05)


@pytest.mark.parametrize("kmh", [20.0, 49.0, 90.0])
def test_a_look_at_the_lap_is_warned_of_once_within_three_and_a_half_seconds(kmh: float) -> None:
    ((name, t_s, _),) = fired(looking_at("lap", 5.0), until_s=10, kmh=kmh)
    assert name == "long_glance"
    assert t_s <= 3.5


@pytest.mark.parametrize("zone", ["console", "passenger", "elsewhere", "left_window"])
def test_one_long_look_elsewhere_is_warned_of_once_after_three_seconds(zone: str) -> None:
    ((name, t_s, _),) = fired(looking_at(zone, 5.0), until_s=10)
    assert name == "long_glance"
    assert 3.0 <= t_s <= 4.0


def test_a_look_at_a_phone_under_two_seconds_is_nothing() -> None:
    assert names(looking_at("console", 1.9), until_s=10) == []


def test_a_mirror_check_is_nothing_and_a_stare_at_the_mirror_is_one_warning() -> None:
    assert names(looking_at("left_mirror", 2.5, driving_task=True), until_s=10) == []
    ((name, t_s, _),) = fired(looking_at("left_mirror", 5.0, driving_task=True), until_s=10)
    assert name == "long_mirror_glance"
    assert 3.0 <= t_s <= 4.0


def test_checks_that_follow_each_other_are_no_long_look_but_six_seconds_are_too_long_for_them_too() -> None:
    def scanning(t_s: float) -> dict[str, Any]:
        return {"zone": "left_mirror", "on_road": False, "off_road_s": t_s, "driving_task_s": 0.0, "scanning": True}

    assert names(scanning, until_s=5) == []
    assert names(lambda t_s: scanning(t_s) | {"driving_task_s": t_s}, until_s=5) == []
    assert names(scanning, until_s=7) == ["unresponsive"]


def test_six_seconds_away_mean_that_the_driver_does_not_respond() -> None:
    assert names(looking_at("passenger", 7.0), until_s=10) == ["long_glance", "unresponsive"]


@pytest.mark.parametrize("kmh", [0.0, 9.0, 19.0])
def test_a_slow_or_standing_car_is_never_distracted(kmh: float) -> None:
    assert names(looking_at("lap", 30.0), until_s=40, kmh=kmh) == []
    assert names(lambda t_s: {"away_30s": 20.0}, until_s=10, kmh=kmh) == []


def test_many_short_glances_are_warned_of_when_ten_seconds_have_added_up() -> None:
    ((name, t_s, _),) = fired(lambda t_s: {"away_30s": t_s / 2, "off_road_s": 0.5}, until_s=30)
    assert name == "repeated_glances"
    assert 19.0 <= t_s <= 20.0  # a little less is measured than there was


@pytest.mark.parametrize(("kmh", "alerts"), [(80.0, ["drowsy"]), (40.0, [])])
def test_a_drowsy_stretch_is_warned_of_from_fifty(kmh: float, alerts: list[str]) -> None:
    assert names(lambda t_s: {"perclos_60s": 0.18, "perclos_180s": 0.12}, until_s=30, kmh=kmh) == alerts


def test_drowsiness_needs_both_windows_or_another_channel_and_eyes_that_can_be_judged() -> None:
    drowsy = Fatigue(alert=0.1, low_vigilance=0.05, drowsy=0.85, level=0.7)
    assert names(lambda t_s: {"perclos_60s": 0.18}, until_s=30) == []
    assert names(lambda t_s: {"perclos_60s": 0.10}, until_s=30, fatigue=drowsy)[0] == "drowsy"
    assert names(lambda t_s: {}, until_s=30, fatigue=drowsy) == []
    for channel in ({"nods_600s": 2}, {"yawns_600s": 3}):
        assert "drowsy" in names(lambda t_s, channel=channel: {"perclos_60s": 0.10} | channel, until_s=30)
        assert "drowsy" not in names(lambda t_s, channel=channel: channel, until_s=30)
    assert names(lambda t_s: {"perclos_60s": 0.10, "nods_600s": 1, "yawns_600s": 2}, until_s=30) == []
    blind = {"perclos_60s": 0.18, "perclos_180s": 0.12, "perclos_coverage": 0.3}
    assert names(lambda t_s: blind, until_s=30) == []


def test_a_covered_camera_is_told_within_ten_seconds_and_is_no_closed_eye() -> None:
    def covered(t_s: float) -> dict[str, Any]:
        lost = {"tracking": "no_face", "degraded": "covered", "degraded_s": t_s, "face_lost_s": t_s, "eyes": "unknown"}
        return lost | dict.fromkeys(("eyes_closed_s", "off_road_s", "perclos_60s", "perclos_180s"))

    alerts = list(fired(covered, until_s=30))
    assert [name for name, _, _ in alerts] == ["cannot_see", "driver_missing"]
    assert alerts[0][1] <= 10.0
    assert alerts[0][2] is Level.INFO


def test_a_chin_resting_in_a_hand_is_no_trouble_while_the_eyes_are_seen() -> None:
    def resting(t_s: float) -> dict[str, Any]:
        return {"degraded": "hand_on_face", "degraded_s": t_s, "eyes": "open"}

    assert names(resting, until_s=60) == []
    assert names(lambda t_s: resting(t_s) | {"eyes": "unknown"}, until_s=60) == ["cannot_see"]


def test_yawns_make_no_sound() -> None:
    assert "audio" not in (built_in_rules()["yawning"].outputs or ("audio",))
    assert names(lambda t_s: {"yawns_600s": 3}, until_s=10) == ["yawning"]


def test_an_alert_about_eyes_or_gaze_does_not_clear_on_one_frame() -> None:
    flicker_s = Config().signals.gaze.flicker_s  # before that a look ahead does not count
    assert all(built_in_rules()[name].keep_firing_for_s >= 1.0 for name in ("microsleep", "sleep", "unresponsive"))
    gaze = ("long_glance", "long_mirror_glance")
    assert all(built_in_rules()[name].keep_firing_for_s + flicker_s >= 1.0 for name in gaze)


def test_the_words_a_rule_may_wait_for_are_those_the_signals_say() -> None:
    assert set(WORDS["tracking"]) == {word.value for word in Tracking}
    assert set(WORDS["eyes"]) == {word.value for word in EyeState}


def test_crying_or_sneezing_is_not_called_sleep_but_shut_eyes_are_still_told_of() -> None:
    assert names(eyes_squeezed_for(1.5), until_s=5) == []
    assert names(eyes_squeezed_for(5.0), until_s=10) == ["eyes_shut"]
    assert names(eyes_squeezed_for(7.0), until_s=10) == ["eyes_shut", "unresponsive"]


def test_a_stretch_of_drowsiness_is_reminded_of_every_five_minutes_and_its_evidence_names_the_channel() -> None:
    engine = RuleEngine(built_in_rules())
    signals = replace(ATTENTIVE, perclos_60s=0.18, perclos_180s=0.12)
    alerts = [
        alert
        for second in range(700)
        for alert in engine.update(
            DriverState(second / 1.0, replace(signals, t_s=second / 1.0), Speed(80.0, SpeedKnowledge.MEASURED))
        )
    ]
    assert [(alert.news.value, alert.t_s) for alert in alerts] == [
        ("began", 2.0),
        ("repeated", 302.0),
        ("repeated", 602.0),
    ]
    assert list(alerts[0].evidence["channels"]) == ["three_minutes"]


def test_a_driver_who_lets_awareness_run_out_out_of_sight_is_alarmed_step_by_step() -> None:
    """Looks away for 2.9 s at a time, hides the face, and never comes back."""

    def slips_away(t_s: float) -> dict[str, Any]:
        if t_s < 2.9:
            return looking_at("lap", 99)(t_s)
        lost = {"tracking": "no_face", "degraded": "no_face", "degraded_s": t_s - 2.9, "face_lost_s": t_s - 2.9}
        lost["last_seen"] = "turning_down"
        return {**lost, "quality": 0.0, **dict.fromkeys(("eyes_closed_s", "off_road_s", "on_road", "driving_task_s"))}

    alerts = list(fired(slips_away, until_s=60))
    assert [name for name, _, _ in alerts] == ["cannot_see", "driver_missing", "attention_lost", "unresponsive"]
    assert alerts[-1][2] is Level.UNRESPONSIVE


def test_only_what_nobody_answers_asks_for_a_safe_stop() -> None:
    unresponsive = [name for name, rule in built_in_rules().items() if rule.level == "unresponsive" or (rule.escalate
                    and rule.escalate[-1].level == "unresponsive")]  # fmt: skip
    assert unresponsive == ["unresponsive"]


def test_closed_eyes_and_drowsiness_are_never_budgeted_away() -> None:
    safe = {
        name
        for name, rule in built_in_rules().items()
        if rule.never_muted or rule.level in ("critical", "unresponsive")
    }
    assert {"microsleep", "sleep", "eyes_shut", "unresponsive", "drowsy", "very_drowsy", "attention_lost"} <= safe


def test_a_car_that_slows_down_for_its_unresponsive_driver_is_still_asked_to_stop() -> None:
    """The request must not be withdrawn by its own success; a minute at a standstill ends it."""
    engine, cleared_s = RuleEngine(built_in_rules()), None
    for frame in range(200 * 15):
        t_s = frame / 15
        kmh = min(80.0, max(0.0, 80.0 - (t_s - 10) * 5))
        signals = replace(ATTENTIVE, t_s=t_s, eyes="closed", eyes_closed_s=t_s, on_road=None, off_road_s=None)
        for alert in engine.update(DriverState(t_s, signals, Speed(kmh, SpeedKnowledge.MEASURED))):
            if alert.rule == "unresponsive" and alert.state is AlertState.CLEARED:
                cleared_s = t_s
    assert cleared_s == pytest.approx(25 + 60 + 1, abs=1.5)


def test_an_unresponsive_driver_who_looks_up_is_believed_after_a_second() -> None:
    engine = RuleEngine(built_in_rules())
    ended = []
    for frame in range(20 * 30):
        t_s = frame / 30
        away = looking_at("lap", 8.0)(t_s)
        blip = {} if 7.0 <= t_s < 7.2 else away
        signals = replace(ATTENTIVE, t_s=t_s, **(blip if t_s < 8 else {}))
        for alert in engine.update(DriverState(t_s, signals, Speed(80.0, SpeedKnowledge.MEASURED))):
            if alert.rule == "unresponsive" and alert.state is AlertState.CLEARED:
                ended.append(t_s)
    assert ended == [pytest.approx(9.0, abs=0.05)]


HALF_CLOSED: dict[str, Any] = {"perclos_60s": 0.10, "perclos_180s": 0.05}
SECOND_CHANNELS: dict[str, tuple[dict[str, Any], str, Any]] = {
    "slump": ({"slump": 0.6, "quality_body": 0.8}, "quality_body", 0.2),
    "flat voice": ({"voice_flatness": 0.8, "quality_voice": 0.8}, "quality_voice", 0.2),
    "slow breath": ({"breathing_per_min": 9.0, "quality_pulse": 0.8}, "quality_pulse", 0.2),
}


@pytest.mark.parametrize(("signals", "quality", "poor"), SECOND_CHANNELS.values(), ids=SECOND_CHANNELS)
def test_a_channel_seconds_half_closed_lids_after_a_minute_of_good_quality(
    signals: dict[str, Any], quality: str, poor: float
) -> None:
    def told(channels: ChannelSignals) -> list[tuple[str, float, Level]]:
        return list(fired(lambda t_s: HALF_CLOSED, until_s=75, channels=channels))

    ((rule, t_s, level),) = told(ChannelSignals(**signals))
    assert (rule, level) == ("drowsy", Level.WARNING)
    assert t_s >= 48
    assert told(ChannelSignals(**{**signals, quality: poor})) == []
    assert list(fired(lambda t_s: {}, until_s=75, channels=ChannelSignals(**signals))) == []


def test_three_covered_yawns_second_half_closed_lids() -> None:
    engine, told = RuleEngine(built_in_rules()), []
    for frame in range(round(70 / FRAME_S)):
        t_s = frame * FRAME_S
        channels = ChannelSignals(hand_over_mouth=t_s % 20 >= 15)
        signals = replace(ATTENTIVE, t_s=t_s, **HALF_CLOSED)
        told += engine.update(DriverState(t_s, signals, Speed(80.0, SpeedKnowledge.MEASURED), channels=channels))
    (alert,) = told
    assert (alert.rule, round(alert.t_s)) == ("drowsy", 55)
    assert list(alert.evidence["channels"]) == ["covered_yawns"]


@pytest.mark.parametrize(("confidence", "hinted"), [(0.79, True), (0.61, False), (None, False)])
def test_a_heart_alone_is_no_ground_for_the_hint_to_breathe(confidence: float | None, hinted: bool) -> None:
    engine = RuleEngine({"strain": built_in_rules()["strain"].model_copy(update={"enabled": True})})
    stress = Stress(calm=0.1, stressed=0.8, angry=0.1, confidence=confidence)
    told = []
    for frame in range(round(25 / FRAME_S)):
        t_s = frame * FRAME_S
        signals = replace(ATTENTIVE, t_s=t_s)
        told += engine.update(DriverState(t_s, signals, Speed(80.0, SpeedKnowledge.MEASURED), stress=stress))
    assert [alert.rule for alert in told] == ["strain"] * hinted


def test_a_photo_before_the_camera_is_named_by_the_alert_that_nobody_can_be_seen() -> None:
    engine, told = RuleEngine(built_in_rules()), []
    for frame in range(round(10 / FRAME_S)):
        t_s = frame * FRAME_S
        signals = Signals(t_s=t_s, tracking="not_driver", degraded="photograph", degraded_s=t_s, quality=0.9)
        told += engine.update(DriverState(t_s, signals, Speed(80.0, SpeedKnowledge.MEASURED)))
    (alert,) = [each for each in told if each.rule == "cannot_see"]
    assert "photo held up" in because(alert)
