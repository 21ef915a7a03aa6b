"""The attention ladder, told as the drives that openpilot's own tests tell, and a few that those lack."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.config.attention import AttentionConfig
from driver_monitor.rules.attention import AttentionLadder
from driver_monitor.state.signals import BLIND, DEGRADED_CAUSES
from driver_monitor.state.speed import Speed, SpeedKnowledge
from tests.rules.states import state

CONFIG = AttentionConfig()
AHEAD = {"on_road": True, "eyes": "open"}
AWAY = {"on_road": False, "eyes": "open"}
ASLEEP = {"on_road": None, "eyes": "closed"}
NO_FACE = {"tracking": "no_face", "degraded": "no_face", "quality": 0.0}
COVERED = {"tracking": "no_face", "degraded": "covered", "quality": 0.0}
GONE = {**NO_FACE, "last_seen": "turning_down"}
UNSURE = {"on_road": False, "eyes": "open", "quality": 0.1}
Story = Callable[[float], dict[str, Any]]


def moment(t_s: float, signals: dict[str, Any], kmh: float | None = 80.0) -> Any:
    speed = Speed(kmh, SpeedKnowledge.UNKNOWN if kmh is None else SpeedKnowledge.MEASURED)
    return state(t_s, speed=speed, **signals)


def state_of(*parts: tuple[float, dict[str, Any]]) -> Story:
    """(until, signals) one after the other; the last one lasts."""
    return lambda t_s: next((signals for until_s, signals in parts if t_s < until_s), parts[-1][1])


def drive(
    story: Story,
    *,
    until_s: float,
    kmh: Callable[[float], float | None] = lambda t_s: 80.0,
    fps: float = 30.0,
    pressed_s: tuple[float, ...] = (),
    config: AttentionConfig = CONFIG,
) -> tuple[AttentionLadder, dict[int, float]]:
    """The ladder at the end, and when each level was first reached."""
    ladder, presses = AttentionLadder(config), list(pressed_s)
    reached: dict[int, float] = {}
    for frame in range(round(until_s * fps)):
        t_s = frame / fps
        if presses and t_s >= presses[0]:
            presses.pop(0)
            ladder.acknowledge()
        ladder.update(moment(t_s, story(t_s), kmh(t_s)))
        for level in range(1, ladder.level + 1):
            reached.setdefault(level, t_s)
    return ladder, reached


def test_an_attentive_driver_is_left_alone_for_two_minutes() -> None:
    ladder, reached = drive(state_of((120, AHEAD)), until_s=120)
    assert (ladder.awareness, reached) == (1.0, {})


@pytest.mark.parametrize("lapse", [AWAY, ASLEEP], ids=["away", "asleep"])
@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
def test_a_driver_distracted_throughout_goes_down_the_ladder(lapse: dict[str, Any], fps: float) -> None:
    ladder, reached = drive(state_of((2, AHEAD), (99, lapse)), until_s=30, fps=fps)
    assert [reached[level] for level in (1, 2, 3, 4)] == pytest.approx([7, 10, 15, 20], abs=1.5 / fps)
    assert ladder.latched
    assert ladder.used_up == 1


def test_a_driver_who_looks_up_is_attentive_again_sooner_than_not() -> None:
    ladder, _ = drive(state_of((8, AWAY), (99, AHEAD)), until_s=8)
    assert ladder.awareness == pytest.approx(0.5, abs=0.02)
    ladder, _ = drive(state_of((8, AWAY), (99, AHEAD)), until_s=10.5)
    assert ladder.awareness == 1.0


def test_one_frame_of_looking_up_changes_little() -> None:
    blip = lambda t_s: AHEAD if 4.0 <= t_s < 4.04 else AWAY  # noqa: E731
    _, reached = drive(blip, until_s=8)
    assert reached[1] == pytest.approx(5.0, abs=0.2)


def test_mirror_checks_never_use_awareness_up() -> None:
    ladder, reached = drive(lambda t_s: AWAY if t_s % 5 < 1 else AHEAD, until_s=300)
    assert reached == {}
    assert ladder.awareness > 0.9


def test_going_out_of_sight_in_a_lapse_does_not_reset_it_and_the_slow_ladder_goes_on() -> None:
    hides = state_of((8.5, AWAY), (99, GONE))
    ladder, reached = drive(hides, until_s=40)
    assert reached[3] == pytest.approx(8 + 10, abs=1)  # 10 s for a quarter instead of 5
    assert reached[4] > reached[3] + 9
    assert ladder.latched


def test_a_driver_who_went_down_out_of_sight_from_the_road_goes_down_the_slow_ladder() -> None:
    _, reached = drive(state_of((2, AHEAD), (99, GONE)), until_s=60)
    assert [reached[level] for level in (1, 2, 3, 4)] == pytest.approx([7, 17, 27, 37], abs=0.1)


def test_a_face_that_is_merely_not_found_says_nothing_about_the_driver() -> None:
    ladder, reached = drive(state_of((2, AHEAD), (3, AWAY), (999, NO_FACE)), until_s=300)
    assert reached == {}
    ladder, _ = drive(state_of((8, AWAY), (999, NO_FACE)), until_s=300)
    assert ladder.awareness == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("unseen", [NO_FACE, UNSURE])
def test_a_face_that_cannot_be_judged_takes_the_slow_ladder_to_the_floor_of_the_config(unseen: dict[str, Any]) -> None:
    config = AttentionConfig(unseen_floor=0.5)
    ladder, reached = drive(state_of((999, unseen)), until_s=300, config=config)
    assert reached == pytest.approx({1: 5, 2: 15}, abs=0.1)
    assert ladder.awareness == 0.5


@pytest.mark.parametrize("cause", ["covered", "dark", "camera_lost", "tracker_lost", "glare"])
def test_a_blind_camera_says_nothing_about_the_driver(cause: str) -> None:
    blind = {**COVERED, "degraded": cause}
    ladder, reached = drive(state_of((999, blind)), until_s=300)
    assert (ladder.awareness, reached) == (1.0, {})
    ladder, _ = drive(state_of((8, AWAY), (999, blind)), until_s=300)
    assert ladder.awareness == pytest.approx(0.5, abs=0.03)


def test_a_long_traffic_light_is_nobodys_lapse_until_it_turns_green() -> None:
    """The driver looks at the phone for a minute, and goes on doing so when the car moves off."""
    _, reached = drive(state_of((99, AWAY)), until_s=90, kmh=lambda t_s: 0.0 if t_s < 60 else 40.0)
    assert reached[1] == pytest.approx(65, abs=0.1)


def test_a_driver_who_stops_while_distracted_is_forgiven() -> None:
    ladder, reached = drive(state_of((99, AWAY)), until_s=14, kmh=lambda t_s: 80.0 if t_s < 9 else 0.0)
    assert set(reached) == {1, 2}
    assert ladder.awareness == 1.0


def test_a_car_that_comes_to_a_stop_does_not_answer_for_its_driver() -> None:
    ladder, _ = drive(state_of((99, ASLEEP)), until_s=60, kmh=lambda t_s: 80.0 if t_s < 25 else 0.0)
    assert ladder.latched
    assert ladder.awareness == 0.0


def test_a_silent_speedometer_counts_as_moving() -> None:
    _, reached = drive(state_of((99, AWAY)), until_s=6, kmh=lambda t_s: None)
    assert reached[1] == pytest.approx(5, abs=0.1)


def test_what_is_used_up_stays_so_until_the_driver_watches_the_road_for_a_while() -> None:
    glances = state_of((20, AWAY), (21, AHEAD), (22, AWAY), (26, AHEAD))
    ladder, _ = drive(glances, until_s=23.9)
    assert ladder.latched
    ladder, _ = drive(glances, until_s=24.4)
    assert not ladder.latched
    assert ladder.awareness >= CONFIG.answer_s / CONFIG.recovery_s


def test_a_button_ends_the_top_level_and_no_more() -> None:
    hides = state_of((19, AWAY), (99, NO_FACE))
    ladder, _ = drive(hides, until_s=25, pressed_s=(22.0,))
    assert not ladder.latched
    assert not ladder.answered
    assert drive(hides, until_s=23, pressed_s=(22.0,))[0].answered
    assert 0 < ladder.awareness <= 0.25


def test_a_button_is_void_while_the_driver_is_seen_not_to_watch() -> None:
    ladder, _ = drive(state_of((99, AWAY)), until_s=25, pressed_s=(7.0, 22.0))
    assert ladder.latched
    assert ladder.used_up == 1
    _, reached = drive(state_of((99, AWAY)), until_s=12, pressed_s=(7.0,))
    assert reached[2] == pytest.approx(8, abs=0.1)


def test_a_button_answers_for_a_face_that_is_only_not_found() -> None:
    ladder, _ = drive(state_of((2, AHEAD), (99, NO_FACE)), until_s=19, pressed_s=(18.0,))
    assert ladder.awareness > 0.9


def test_three_times_unresponsive_is_reported_for_the_rest_of_the_drive() -> None:
    def relapses(t_s: float) -> dict[str, Any]:
        return AWAY if t_s % 30 < 22 and t_s < 85 else AHEAD

    ladder, _ = drive(relapses, until_s=85)
    assert (ladder.used_up, ladder.lockout) == (3, True)
    ladder, _ = drive(relapses, until_s=300)
    assert ladder.lockout
    assert ladder.awareness == 1.0


def test_a_hole_in_time_drains_nothing() -> None:
    ladder = AttentionLadder(CONFIG)
    for t_s in (0.0, 0.5, 1.0, 30.0):
        ladder.update(moment(t_s, AWAY))
    assert ladder.awareness > 0.9


def test_other_settings_go_on_from_where_awareness_stands() -> None:
    ladder, _ = drive(state_of((99, AWAY)), until_s=8)
    again = ladder.reconfigured(AttentionConfig(recovery_s=1.0))
    assert (again.awareness, again.level) == (ladder.awareness, ladder.level)


def test_a_button_pressed_just_before_other_settings_come_counts() -> None:
    ladder, _ = drive(state_of((25, AWAY), (99, NO_FACE)), until_s=30)
    assert ladder.latched
    ladder.acknowledge()
    again = ladder.reconfigured(CONFIG)
    again.update(moment(30.0, NO_FACE))
    assert again.answered
    assert not again.latched


def test_every_cause_of_blindness_that_the_signals_know_was_decided_on() -> None:
    judged_as_driver = {"no_face", "not_driver", "hidden_eyes", "turned_away", "photograph"}
    known = set(DEGRADED_CAUSES)
    assert (known & BLIND) | (known & judged_as_driver) | (
        known & {"hand_on_face", "partly_hidden", "dark_glasses"}
    ) == known


looks = st.lists(st.sampled_from([AHEAD, AWAY, ASLEEP, NO_FACE, COVERED, UNSURE]), min_size=1, max_size=60)


@given(
    looks, st.lists(st.floats(0.01, 1.5), min_size=60, max_size=60), st.lists(st.booleans(), min_size=60, max_size=60)
)
def test_awareness_stays_in_its_range_and_only_watching_stopping_or_answering_raises_it(
    seen: list[dict[str, Any]], steps_s: list[float], pressed: list[bool]
) -> None:
    ladder, t_s = AttentionLadder(CONFIG), 0.0
    for signals, step_s, press in zip(seen, steps_s, pressed, strict=False):
        before, latched = ladder.awareness, ladder.latched
        t_s += step_s
        if press:
            ladder.acknowledge()
        ladder.update(moment(t_s, signals))
        assert 0.0 <= ladder.awareness <= 1.0
        assert ladder.latched <= (ladder.awareness == 0.0)
        if signals is not AHEAD and not press:
            assert ladder.awareness <= before
            assert ladder.latched >= latched
