"""Phones, mirrors, passengers, shoulders: what is a lapse and what is driving."""

import pytest

from driver_monitor.conformance.hearing import Subject
from driver_monitor.conformance.stimulus import CLUSTER, INNER_MIRROR, LAP, LEFT_MIRROR, PHONE, Actions, look
from driver_monitor.signals.scan import CHECK_S
from driver_monitor.state.alert import Level
from tests.stories.driven import DEFAULT, VARIANTS, limit, played

HEAD_S = 0.5  # the way of the head, and the smoothing, between a movement's beginning and its being seen
GAZE = (Subject.GAZE, Subject.ATTENTION)


def glances(where: dict[str, float], length_s: float, back_s: float, times: int, *, start_s: float = 0.5) -> Actions:
    found: Actions = ()
    for number in range(times):
        found += look(start_s + number * (length_s + back_s), length_s - 0.15, transition=0.15, **where)
    return found


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_phone_in_the_lap_is_a_look_away_and_never_sleep(variant: object) -> None:
    story = played(look(0, 8, eyes_pitch=-6.0, **LAP), 9, variant=variant)  # type: ignore[arg-type]
    due = limit("long_glance", "off_road_s")
    assert due <= story.told("long_glance")[0] <= due + HEAD_S
    assert story.told(about=[Subject.CLOSURE]) == []
    assert {state.signals.eyes for state in story.between(0.6, 7.9)} <= {"open", "glance_down", "closed"}


def test_a_driver_distracted_throughout_goes_up_all_levels() -> None:
    story = played(look(0, 20, **PHONE), 21)
    levels = [level for level, _ in story.levels()]
    assert levels == sorted(levels)
    assert levels[-1] is Level.UNRESPONSIVE
    [(top, at_s)] = [(level, t_s) for level, t_s in story.levels() if level is Level.UNRESPONSIVE]
    assert top is Level.UNRESPONSIVE
    due = limit("unresponsive", "off_road_s")
    assert due <= at_s <= due + HEAD_S


def test_a_driver_who_looks_up_in_time_is_warned_once_and_no_more() -> None:
    story = played(look(0, limit("long_glance", "off_road_s") + 0.8, **PHONE), 15)
    assert story.heard() == ["long_glance"]
    assert len(story.cleared("long_glance")) == 1


def test_repeated_short_glances_add_up() -> None:
    sum_s = limit("repeated_glances", "away_30s")
    story = played(glances(PHONE, 1.2, 0.5, 14), 26)
    [warned] = story.told("repeated_glances")[:1]
    assert warned >= sum_s  # nobody can have looked away for longer than the time that has passed
    assert warned <= 0.5 + sum_s / 1.2 * (1.2 + 0.5) + 3.0
    assert story.told("long_glance") == []


def test_the_same_glances_with_two_seconds_of_road_between_are_nothing() -> None:
    assert played(glances(PHONE, 1.2, 2.3, 12), 44).heard() == []


def test_mirrors_while_overtaking_are_driving() -> None:
    actions = (
        *look(1.0, 0.9, transition=0.25, **LEFT_MIRROR), *look(2.8, 0.8, transition=0.3, yaw=55.0, pitch=-3.0),
        *look(4.6, 0.7, transition=0.25, **LEFT_MIRROR), *look(9.0, 0.9, transition=0.25, **INNER_MIRROR),
        *look(11.0, 0.6, transition=0.25, **INNER_MIRROR), *look(13.0, 0.5, **CLUSTER),
    )  # fmt: skip
    story = played(actions, 20)
    assert story.heard() == []
    assert {"left_mirror", "inner_mirror", "cluster"} <= {state.signals.zone for state in story.states}
    assert story.aware(19.0) == 1.0


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("ahead_s", [-0.1, 0.0, 0.15])
def test_mirror_shoulder_mirror_in_one_go_is_driving(side: int, ahead_s: float) -> None:
    """Hardly a look ahead in between, or none at all: 3.5 to 4 s until the road is looked at again."""
    mirror = LEFT_MIRROR if side == 1 else {"yaw": -52.0, "pitch": -8.0, "eyes_yaw": -6.0}
    shoulder = {"yaw": side * 60.0, "eyes_yaw": side * 30.0}
    actions: Actions = ()
    t_s = 1.0
    for where, for_s in ((mirror, 1.1), (shoulder, 1.0), (mirror, 1.1)):
        actions += look(t_s, for_s, transition=0.25, **where)
        t_s += for_s + 0.25 + ahead_s
    story = played(actions, t_s + 2)
    assert story.heard() == []
    assert any(state.signals.scanning for state in story.states)


def test_staring_at_the_mirror_after_checks_is_a_long_look_all_the_same() -> None:
    actions = (
        *look(1.0, 0.9, transition=0.25, **LEFT_MIRROR), *look(2.15, 0.9, transition=0.25, yaw=60.0, eyes_yaw=30.0),
        *look(3.3, 4.0, transition=0.25, **LEFT_MIRROR),
    )  # fmt: skip
    [warned, *_] = played(actions, 8).told(about=GAZE)
    assert warned <= 3.3 + CHECK_S + HEAD_S


@pytest.mark.parametrize("side", [1, -1])
def test_a_look_over_the_shoulder_is_driving(side: int) -> None:
    """The face is lost on the way round, at 55 deg."""
    story = played(look(1.0, 1.0, transition=0.35, yaw=side * 60.0, eyes_yaw=side * 30.0), 12)
    assert story.heard() == []
    assert {state.signals.tracking for state in story.between(1.0, 2.5)} >= {"no_face"}


def test_talking_to_the_passenger_is_fine_until_the_look_lasts() -> None:
    actions = (
        {"t": 0.0, "do": "talk", "for": 16.0},
        *glances({"yaw": -46.0, "pitch": 0.0, "eyes_yaw": -20.0}, 1.0, 3.0, 3),
    )
    long = look(14.0, 4.5, yaw=-46.0, pitch=0.0, eyes_yaw=-20.0)
    story = played((*actions, *long), 20)
    due = 14.0 + limit("long_glance", "off_road_s")
    assert due <= story.told("long_glance")[0] <= due + HEAD_S
    assert [t_s for t_s in story.told(about=GAZE) if t_s < 14.0] == []


def test_a_passenger_who_leans_in_is_not_the_driver() -> None:
    lean = {"t": 1.0, "do": "passenger", "for": 8.0, "lean": 1.0}
    story = played((lean,), 12)
    assert story.heard() == []
    assert {state.signals.tracking for state in story.between(2.0, 9.0)} <= {"tracked", "no_face"}


def test_hiding_the_face_after_a_warning_does_not_fill_awareness() -> None:
    ladder = DEFAULT.attention.vision
    away_s = limit("long_glance", "off_road_s") + 1.5
    story = played((*look(0, away_s, **PHONE), {"t": away_s - 0.6, "do": "leave", "for": 6.0, "rise": 0.1}), away_s + 5)
    seen, hidden = story.aware(away_s - 0.8), story.aware(away_s + 4)
    assert hidden <= seen
    assert seen <= 1 - 0.25 * (away_s - 1.5) / ladder.look_up_s
