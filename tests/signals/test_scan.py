"""Checks that follow each other, and what only looks like it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.signals.glances import GlanceTimer
from driver_monitor.signals.scan import CHECK_S, DWELL_S, SCAN_S, Scan
from driver_monitor.state.zone import Gaze

TASK = frozenset({"left_mirror", "inner_mirror", "cluster"})
BLIND_SPOTS = frozenset({"left_shoulder", "left_window"})
GAZES = {"road": Gaze.ROAD, "unknown": Gaze.UNKNOWN} | dict.fromkeys(TASK, Gaze.DRIVING_TASK)
FRAME_RATES = (15.0, 24.0, 30.0, 60.0)
Looks = list[tuple[str, float]]


def watched(looks: Looks, fps: float = 30.0) -> list[tuple[float, float, float, bool]]:
    """Time since the first look, off_road_s, driving_task_s, scanning, a frame each; a second of road comes before."""
    timer, scan, found, last_s, end_s = GlanceTimer(0.3), Scan(TASK, BLIND_SPOTS), [], 0.0, 0.0
    ends = []
    for zone, for_s in [("road", 1.0), *looks]:
        end_s += for_s
        ends.append((end_s, zone))
    for frame in range(round(end_s * fps)):
        t_s = frame / fps
        zone = next(zone for until_s, zone in ends if t_s < until_s)
        timer.update(t_s, GAZES.get(zone, Gaze.AWAY))
        off_s, task_s = timer.off_road_s(t_s), timer.driving_task_s(t_s)
        found.append(
            (
                t_s - 1,
                off_s or 0.0,
                task_s or 0.0,
                scan.update(t_s - last_s, zone, timer.length_s, seen=off_s is not None),
            )
        )
        last_s = t_s
    return found


def warned_s(looks: Looks, fps: float = 30.0) -> float | None:
    """When the default rules about long looks would have fired."""
    for t_s, off_s, task_s, scanning in watched(looks, fps):
        if not scanning and ((off_s >= 3.0 and task_s < 1.0) or task_s >= 3.5):
            return t_s
    return None


OVERTAKING: Looks = [
    ("left_mirror", 1.0), ("elsewhere", 0.2), ("left_shoulder", 0.9), ("left_window", 0.2), ("left_mirror", 1.0),
    ("elsewhere", 0.1), ("road", 1.0),
]  # fmt: skip


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_mirror_shoulder_mirror_is_no_long_look(fps: float) -> None:
    found = watched(OVERTAKING, fps)
    assert max(off_s for _, off_s, *_ in found) > 3.2
    assert warned_s(OVERTAKING, fps) is None


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_neither_are_three_mirrors_with_flickers_of_road_between_them(fps: float) -> None:
    looks: Looks = []
    for mirror in ("left_mirror", "inner_mirror", "cluster"):
        looks += [(mirror, 1.1), ("road", 0.2)]
    assert warned_s([*looks, ("road", 2)], fps) is None


@pytest.mark.parametrize("blind_spot", sorted(BLIND_SPOTS))
def test_a_blind_spot_is_checked_after_the_mirror_and_is_nothing_to_begin_with(blind_spot: str) -> None:
    """A head that turns no further than to the window shows its face all the time."""
    assert warned_s([("left_mirror", 0.9), (blind_spot, 1.0), ("left_mirror", 0.8), ("inner_mirror", 0.9)]) is None
    assert warned_s([(blind_spot, 1.5), ("left_mirror", 0.8), (blind_spot, 2.0)]) == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_a_short_mirror_check_is_one_though_it_is_over_before_the_glance_is_confirmed(fps: float) -> None:
    """A hurried overtaker: the head flicks back past the road on its way over the shoulder, where the face is lost."""
    hurried: Looks = [
        ("elsewhere", 0.1), ("left_mirror", 0.28), ("road", 0.2), ("left_mirror", 0.28), ("left_window", 0.28),
        ("unknown", 0.3), ("left_window", 0.2), ("left_mirror", 0.15), ("road", 0.2), ("inner_mirror", 1.1),
        ("road", 1.0),
    ]  # fmt: skip
    assert max(off_s for _, off_s, *_ in watched(hurried, fps)) > 3.0
    assert warned_s(hurried, fps) is None


def test_a_face_lost_over_the_shoulder_is_no_longer_look_at_the_mirror() -> None:
    looks: Looks = [("left_mirror", 1.8), ("left_window", 0.25), ("unknown", 0.3), ("left_window", 0.3)]
    assert warned_s([*looks, ("left_mirror", 0.5), ("road", 1.0)]) is None


def test_a_look_ahead_between_mirror_and_blind_spot_makes_no_long_look_of_them() -> None:
    looks: Looks = [("left_mirror", 0.9), ("road", 0.8), ("left_mirror", 0.2), ("left_shoulder", 0.7)]
    back: Looks = [("left_mirror", 0.15), ("road", 0.2), ("inner_mirror", 1.8), ("road", 1.0)]
    assert max(off_s for _, off_s, *_ in watched([*looks, *back])) > 3.0
    assert warned_s([*looks, *back]) is None
    long_before: Looks = [("left_mirror", 0.9), ("road", 3.0), ("left_shoulder", 1.5), ("inner_mirror", 1.8)]
    assert warned_s(long_before) == pytest.approx(3.9 + 3.0, abs=0.1)


def test_a_mirror_looked_at_before_the_road_was_watched_again_does_not_count() -> None:
    looks: Looks = [("left_mirror", 0.2), ("road", 1.0), ("left_mirror", 0.15), ("left_window", 1.8)]
    found = watched([*looks, ("inner_mirror", 1.2)])
    assert not any(scanning for *_, scanning in found)


@pytest.mark.parametrize("zone", ["left_mirror", "cluster"])
def test_a_stare_at_one_mirror_is_one(zone: str) -> None:
    assert warned_s([(zone, 5.0)]) == pytest.approx(3.5, abs=0.1)


def test_a_flicker_of_road_does_not_make_two_checks_of_one_stare() -> None:
    found = watched([("left_mirror", 1.7), ("road", 0.2), ("left_mirror", 3)])
    assert not any(scanning for *_, scanning in found)
    assert warned_s([("left_mirror", 1.7), ("road", 0.2), ("left_mirror", 3)]) == pytest.approx(3.5, abs=0.1)


def test_a_mirror_on_the_way_to_the_phone_excuses_nothing() -> None:
    assert warned_s([("left_mirror", 1.0), ("lap", 4.0)]) == pytest.approx(3.0, abs=0.1)
    assert warned_s([("lap", 1.5), ("left_mirror", 1.0), ("lap", 4.0)]) == pytest.approx(3.0, abs=0.1)
    assert warned_s([("left_mirror", 1), ("inner_mirror", 1), ("lap", 4)]) == pytest.approx(3.0, abs=0.1)


def test_a_mirror_crossed_on_the_way_is_no_check() -> None:
    assert warned_s([("left_mirror", 1.5), ("inner_mirror", DWELL_S - 0.1), ("left_mirror", 3)]) == pytest.approx(
        3.5, abs=0.1
    )


def test_a_check_that_lasts_is_a_look_again() -> None:
    looks: Looks = [("left_mirror", 1.0), ("left_shoulder", 0.9), ("left_mirror", 4.0)]
    assert warned_s(looks) == pytest.approx(1.9 + CHECK_S, abs=0.1)
    stare_first: Looks = [("left_mirror", CHECK_S + 0.3), ("left_shoulder", 0.9), ("left_mirror", 2.0)]
    assert warned_s(stare_first) == pytest.approx(3.1, abs=0.2)


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_going_round_the_mirrors_without_the_road_is_told_after_five_seconds(fps: float) -> None:
    round_and_round: Looks = [("left_mirror", 1.0), ("inner_mirror", 1.0)] * 6
    assert warned_s(round_and_round, fps) == pytest.approx(SCAN_S, abs=0.15)


def test_the_next_glance_begins_afresh() -> None:
    found = watched([*OVERTAKING, ("lap", 4.0)])
    assert not any(scanning for t_s, *_, scanning in found if t_s > 4.0)


zones = st.sampled_from([*sorted(TASK | BLIND_SPOTS), "lap", "elsewhere", "unknown", "road"])
wander = st.lists(st.tuples(zones, st.floats(0.05, 2.5)), min_size=3, max_size=40)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(wander, st.sampled_from(FRAME_RATES))
def test_nobody_is_off_the_road_for_longer_than_five_seconds_unwarned(looks: Looks, fps: float) -> None:
    """Whatever is looked at: a scan is over by then, and one of the two rules holds."""
    for _, off_s, task_s, scanning in watched(looks, fps):
        if off_s >= SCAN_S:
            assert not scanning
            assert task_s >= 3.5 or task_s < 1.0
