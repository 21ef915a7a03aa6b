"""Standing, creeping, parking: nobody wants to hear about looks then, and everybody about the moment it moves."""

from driver_monitor.conformance.hearing import Subject
from driver_monitor.conformance.stimulus import LAP, LEFT_MIRROR, PHONE, Actions, look
from tests.stories.driven import DEFAULT, limit, played

GAZE = (Subject.GAZE, Subject.ATTENTION)
FROM_KMH = DEFAULT.rules["long_glance"].speed.from_kmh
HEAD_S = 0.5


def test_an_attentive_two_minutes_are_quiet() -> None:
    actions: Actions = ()
    for t in range(5, 118, 12):
        actions += look(float(t), 0.8, transition=0.25, **LEFT_MIRROR)
    story = played(actions, 120)
    assert story.alerts == ()
    assert story.awareness[-1] == 1.0


def test_a_long_traffic_light_is_quiet_until_the_car_moves() -> None:
    green_s = 30.0
    story = played(look(1, 45, **PHONE), 40, speed_kmh=lambda t_s: 0.0 if t_s < green_s else FROM_KMH + 10)
    told = story.told(about=GAZE)
    assert told
    assert min(told) >= green_s


def test_a_driver_who_stops_while_looking_away_is_left_alone() -> None:
    stop_s = limit("long_glance", "off_road_s") + 0.8
    story = played(look(0, 30, **LAP), 25, speed_kmh=lambda t_s: 50.0 if t_s < stop_s else 0.0)
    assert story.heard() == ["long_glance"]
    [ended] = story.cleared("long_glance")
    assert ended <= stop_s + DEFAULT.rules["long_glance"].keep_firing_for_s + 0.2
    assert story.awareness[-1] == 1.0


def test_a_parked_driver_may_do_as_they_like() -> None:
    actions: Actions = (*look(2, 20, **LAP), *look(25, 12, **PHONE), *look(40, 8, yaw=50.0))
    assert played(actions, 50, speed_kmh=0.0).told(about=GAZE) == []


def test_a_parking_manoeuvre_is_looking_everywhere_at_walking_pace() -> None:
    everywhere = [(55.0, -8.0), (-34.0, 8.0), (-58.0, -6.0), (58.0, 0.0), (-30.0, -22.0), (40.0, -10.0)]
    actions: Actions = ()
    for number, (yaw, pitch) in enumerate(everywhere * 2):
        actions += look(0.5 + 3.2 * number, 2.6, yaw=yaw, pitch=pitch)
    story = played(actions, 42, speed_kmh=lambda t_s: 6.0 if t_s % 8 < 5 else 0.0)
    assert story.told(about=GAZE) == []


def test_stop_and_go_traffic_counts_only_what_moves() -> None:
    """Glances at the phone in every stop, eyes ahead whenever it rolls."""
    actions: Actions = ()
    for start in (2.0, 22.0, 42.0):
        actions += look(start, 8.0, **PHONE)
    story = played(actions, 60, speed_kmh=lambda t_s: 0.0 if t_s % 20 < 12 else 15.0)
    assert story.told(about=GAZE) == []


def test_the_same_look_at_speed_is_warned_of() -> None:
    story = played(look(1, 8, **PHONE), 9, speed_kmh=FROM_KMH + 1)
    due = 1 + limit("long_glance", "off_road_s")
    assert due <= story.told("long_glance")[0] <= due + HEAD_S
