"""How glances are timed and added up, whatever the frame rate."""

import pickle
import random
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.signals.glances import RESET_S, GlanceTimer
from driver_monitor.state.zone import Gaze

ROAD, TASK, AWAY, UNKNOWN = Gaze.ROAD, Gaze.DRIVING_TASK, Gaze.AWAY, Gaze.UNKNOWN
FLICKER_S = 0.3
FRAME_RATES = (15.0, 24.0, 30.0, 60.0)
Stretches = Sequence[tuple[float, Gaze]]
Sample = tuple[float, float | None, float | None, float]  # t_s, off_road_s, driving_task_s, away_30s


def frame_times(duration_s: float, fps: float, *, jitter: float = 0.0, dropped: float = 0.0) -> Iterable[float]:
    """``jitter`` in frame intervals, ``dropped`` the share of frames that never arrive."""
    chance = random.Random(7)
    for index in range(round(duration_s * fps)):
        if chance.random() >= dropped:
            yield (index + chance.uniform(-jitter, jitter)) / fps


def watched(stretches: Stretches, *, fps: float = 30.0, jitter: float = 0.0, dropped: float = 0.0) -> list[Sample]:
    timer, found = GlanceTimer(FLICKER_S), []
    ends, total_s = [], 0.0
    for duration_s, gaze in stretches:
        total_s += duration_s
        ends.append((total_s, gaze))
    for t_s in frame_times(total_s, fps, jitter=jitter, dropped=dropped):
        timer.update(t_s, next(gaze for end_s, gaze in ends if t_s < end_s))
        found.append((t_s, timer.off_road_s(t_s), timer.driving_task_s(t_s), timer.away_30s))
    return found


def longest(found: list[Sample], which: int = 1) -> float:
    return max(sample[which] or 0.0 for sample in found)


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_a_flicker_out_and_in_does_not_restart_a_look_at_the_lap(fps: float) -> None:
    found = watched([(2, ROAD), (2, AWAY), (0.2, ROAD), (2, AWAY)], fps=fps)
    assert found[-1][1] == pytest.approx(4.2, abs=2.1 / fps)


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_a_flicker_off_the_road_is_no_glance_and_costs_nothing(fps: float) -> None:
    found = watched([(2, ROAD), *[(0.2, AWAY), (1.0, ROAD)] * 20], fps=fps)
    assert longest(found) == 0.0
    assert longest(found, 3) == 0.0


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.floats(0.02, 0.6), st.floats(15, 60), st.floats(0, 0.4), st.booleans())
def test_only_a_change_as_long_as_the_flicker_time_counts_at_any_frame_rate(
    change_s: float, fps: float, jitter: float, away: bool
) -> None:
    to, back = (AWAY, ROAD) if away else (ROAD, AWAY)
    found = watched([(2, ROAD), (2, back), (change_s, to), (2, back)], fps=fps, jitter=jitter)
    counted = longest(found) > 0 if away else (found[-1][1] or 0.0) < 3
    if abs(change_s - FLICKER_S) > 2 / fps:
        assert counted == (change_s > FLICKER_S)


def test_a_glance_counts_from_its_first_frame() -> None:
    found = watched([(2, ROAD), (1, AWAY)])
    assert [off for t_s, off, *_ in found if t_s < 2.29] == [0.0] * 69
    assert found[-1][1] == pytest.approx(1.0, abs=0.05)


def test_a_blink_in_a_glance_neither_ends_nor_restarts_it() -> None:
    found = watched([(2, ROAD), (1, AWAY), (0.2, UNKNOWN), (1, AWAY), (0.2, UNKNOWN), (1, AWAY)])
    assert found[-1][1] == pytest.approx(3.4, abs=0.05)
    assert found[-1][3] == pytest.approx(3.4, abs=0.1)


def test_a_blink_between_two_frames_of_road_is_no_way_back_to_it() -> None:
    found = watched([(2, ROAD), (2, AWAY), (0.1, ROAD), (2.0, UNKNOWN), (0.1, ROAD), (1, AWAY)])
    assert found[-1][1] == pytest.approx(2 + 0.1 + 0.6 + 0.1 + 1, abs=0.1)


def test_a_face_lost_just_after_the_look_back_at_the_road_is_not_taken_to_look_away() -> None:
    found = watched([(2, ROAD), (1.5, AWAY), (0.1, ROAD), (3.0, UNKNOWN), (1, ROAD)])
    assert longest(found) == pytest.approx(1.5, abs=0.05)
    assert found[-1][1] == 0.0


@pytest.mark.parametrize(
    ("away_s", "hole_s", "length_s"),
    [(1.0, 0.4, 2.4), (1.0, 1.2, 2.6), (1.9, 3.0, 1.0), (2.5, 3.0, 4.1), (2.5, 9.0, 4.1), (2.5, 11.0, 1.0)],
)
def test_a_glance_stands_still_in_a_hole_and_after_a_longer_one_only_a_lapse_goes_on(
    away_s: float, hole_s: float, length_s: float
) -> None:
    found = watched([(2, ROAD), (away_s, AWAY), (hole_s, UNKNOWN), (1, AWAY)])
    hole = (2 + away_s, 2 + away_s + hole_s)
    assert longest([sample for sample in found if sample[0] < hole[1]]) == pytest.approx(
        away_s + min(hole_s, 0.6), abs=0.1
    )
    assert found[-1][1] == pytest.approx(length_s, abs=0.1)
    assert all(off is None for t_s, off, *_ in found if hole[0] + 0.65 < t_s < hole[1] - 0.05)


@pytest.mark.parametrize(("low", "length_s"), [(True, 3.4), (False, 2.6)])
def test_a_short_hole_in_a_look_at_the_lap_is_part_of_it(low: bool, length_s: float) -> None:
    """Nothing of driving is down there, before the hole or after it; aside it may have been two looks."""
    timer = GlanceTimer(FLICKER_S)
    for index in range(162):
        gaze = ROAD if index < 60 else UNKNOWN if 90 <= index < 132 else AWAY
        timer.update(index / 30, gaze, low=low and gaze is AWAY)
    assert timer.off_road_s(161 / 30) == pytest.approx(length_s, abs=0.1)


def test_two_mirror_checks_round_a_hole_are_two() -> None:
    found = watched([(2, ROAD), (1.9, TASK), (3.0, UNKNOWN), (1.9, TASK), (1, ROAD)])
    assert longest(found) == pytest.approx(2.5, abs=0.1)


def test_eyes_that_shut_in_a_glance_go_on_with_it() -> None:
    timer = GlanceTimer(FLICKER_S)
    for index in range(150):
        timer.update(index / 30, ROAD if index < 30 else AWAY if index < 60 else UNKNOWN, closed=index >= 60)
    assert timer.off_road_s(149 / 30) == pytest.approx(4.0, abs=0.05)


def test_from_the_road_not_knowing_soon_becomes_unknown_rather_than_attentive() -> None:
    found = watched([(2, ROAD), (2, UNKNOWN)])
    assert found[-1][1] is None
    assert found[-1][2] is None
    assert [off for t_s, off, *_ in found if t_s < 2.4] == [0.0] * 72


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_one_second_glances_add_up_to_ten_within_thirty(fps: float) -> None:
    found = watched([(3, ROAD), *[(1.0, AWAY), (0.5, ROAD)] * 12], fps=fps)
    assert longest(found) == pytest.approx(1.0, abs=1.1 / fps)
    reached_s = next(t_s for t_s, *_, away_s in found if away_s >= 10 - 1e-6)
    assert reached_s == pytest.approx(3 + 10 * 1.5 - 0.5, abs=0.3)


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_two_seconds_on_the_road_clear_the_sum_and_a_blink_or_a_flicker_in_them_does_not_matter(fps: float) -> None:
    back = [(1.0, ROAD), (0.2, UNKNOWN), (0.5, ROAD), (0.1, AWAY), (0.8, ROAD)]
    found = watched([(3, ROAD), *[(1.0, AWAY), *back] * 12], fps=fps)
    assert longest(found, 3) < 1.2


def test_time_without_knowing_is_not_time_on_the_road_and_does_not_begin_it_anew() -> None:
    """Beyond a flicker, 0.6 s, of it."""
    found = watched([(3, ROAD), (3, AWAY), (0.7, ROAD), (3.0, UNKNOWN), (0.6, ROAD)])
    assert found[-1][3] == pytest.approx(3.0, abs=0.1)
    found = watched([(3, ROAD), (3, AWAY), (1.0, ROAD), (3.0, UNKNOWN), (1.1, ROAD)])
    assert found[-1][3] == 0.0


def test_the_sum_forgets_after_thirty_seconds() -> None:
    found = watched([(3, ROAD), (5, AWAY), *[(1.5, ROAD), (0.4, TASK)] * 20])
    assert found[-1][3] == 0.0


def test_a_mirror_check_counts_apart_and_not_towards_the_sum() -> None:
    found = watched([(3, ROAD), (0.1, AWAY), (2.8, TASK), (0.1, AWAY), (1, ROAD)])
    assert longest(found, 2) == pytest.approx(3.0, abs=0.1)
    assert longest(found, 3) < 0.3


@pytest.mark.parametrize("first", [TASK, AWAY])
def test_a_glance_that_also_went_elsewhere_is_no_mirror_check(first: Gaze) -> None:
    second = AWAY if first is TASK else TASK
    found = watched([(3, ROAD), (1.5, first), (1.5, second)])
    assert found[-1][2] == 0.0
    assert found[-1][1] == pytest.approx(3.0, abs=0.1)


def long_glance(sample: Sample) -> bool:
    return (sample[1] or 0.0) >= 3.0 and (sample[2] or 0.0) < 1.0


def long_mirror_glance(sample: Sample) -> bool:
    return (sample[2] or 0.0) >= 3.5


pieces = st.tuples(st.floats(0.05, 2.5), st.sampled_from([TASK, AWAY, AWAY, UNKNOWN]))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(pieces, min_size=3, max_size=40), st.sampled_from(FRAME_RATES))
def test_no_mixture_of_mirrors_and_other_things_escapes_both_rules(
    wander: list[tuple[float, Gaze]], fps: float
) -> None:
    """From the first look away 3.5 s are the most that the default rules allow before one of them holds, with blinks
    between and no longer holes."""
    blinks = pairwise([ROAD, *(gaze for _, gaze in wander)])
    wander = [(0.4 if gaze is UNKNOWN else s, AWAY if before is gaze is UNKNOWN else gaze)
              for (s, gaze), (before, _) in zip(wander, blinks, strict=True)]  # fmt: skip
    found = watched([(2, ROAD), (0.4, AWAY), *wander, (4.0, wander[-1][1])], fps=fps)
    if wander[-1][1] is UNKNOWN:
        return
    assert any(long_glance(s) or long_mirror_glance(s) for s in found if s[0] <= 2 + 3.5 + 3 / fps)


looks = st.tuples(st.floats(0.6, 3.0), st.sampled_from([AWAY, TASK]), st.floats(0.5, 1.7))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(looks, min_size=1, max_size=8), st.floats(0, 0.4), st.floats(0, 0.3))
def test_sums_do_not_depend_on_frame_rate_jitter_or_dropped_frames(
    glances: list[tuple[float, Gaze, float]], jitter: float, dropped: float
) -> None:
    stretches: list[tuple[float, Gaze]] = [(3.0, ROAD)]
    for away_s, gaze, road_s in glances:
        stretches += [(away_s, gaze), (road_s, ROAD)]
    fine = watched(stretches, fps=240.0)
    for fps in FRAME_RATES:
        coarse = watched(stretches, fps=fps, jitter=jitter, dropped=dropped)
        gap_s = max(b[0] - a[0] for a, b in pairwise(coarse))
        allowed_s = len(glances) * 2 * gap_s
        shortest_s = min(min(away_s, road_s) for away_s, _, road_s in glances)
        # Where frames are missing at both ends of a look it may pass for a flicker, and a stay on the road for a reset.
        if shortest_s < FLICKER_S + 2 * gap_s or max(road_s for *_, road_s in glances) > RESET_S - 2 * gap_s:
            continue
        assert coarse[-1][3] == pytest.approx(fine[-1][3], abs=allowed_s)
        assert longest(coarse) == pytest.approx(longest(fine), abs=2 * gap_s)


def test_an_hour_of_glances_takes_no_more_memory_than_ten_minutes() -> None:
    timer, sizes = GlanceTimer(FLICKER_S), []
    for index in range(36_000):
        gaze = (ROAD, ROAD, AWAY, ROAD, TASK)[index // 17 % 5]
        timer.update(index / 10, gaze)
        if index in (6_000, 35_999):
            sizes.append(len(pickle.dumps(timer)))
    assert sizes[1] < 1.5 * sizes[0]
