import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.camera.presentation import SMALLEST_STEP_S, PresentationClock


def media_times(*raw_s: float, nominal_step_s: float = 0.04) -> tuple[list[float], int]:
    clock = PresentationClock(nominal_step_s)
    return [round(clock.media_time(raw), 6) for raw in raw_s], clock.repaired


def test_irregular_times_are_kept() -> None:
    assert media_times(5.0, 5.013, 5.1, 9.1) == ([0.0, 0.013, 0.1, 4.1], 0)


def test_a_repeated_time_moves_on_and_the_next_ones_are_right_again() -> None:
    assert media_times(0.0, 0.04, 0.04, 0.08, 0.12) == ([0.0, 0.04, 0.08, 0.081, 0.12], 2)


def test_a_file_whose_times_stand_still_runs_at_its_nominal_rate() -> None:
    assert media_times(*[0.0] * 5) == ([0.0, 0.04, 0.08, 0.12, 0.16], 4)


def test_a_missing_time_moves_on_by_the_nominal_interval() -> None:
    assert media_times(0.0, math.nan, 0.08, math.inf, 0.16) == ([0.0, 0.04, 0.08, 0.12, 0.16], 2)


def test_a_file_without_any_times_runs_at_its_nominal_rate() -> None:
    assert media_times(*[math.nan] * 4) == ([0.0, 0.04, 0.08, 0.12], 4)


def test_times_that_begin_late_start_from_there() -> None:
    assert media_times(math.nan, 7.0, 7.04) == ([0.0, 0.04, 0.08], 1)


def test_a_frame_out_of_order_is_only_nudged() -> None:
    assert media_times(0.0, 2.0, 1.0, 2.04) == ([0.0, 2.0, 2.0 + SMALLEST_STEP_S, 2.04], 1)


def test_two_recordings_in_one_file_follow_each_other() -> None:
    assert media_times(0.0, 0.04, 0.08, 0.0, 0.04, 0.08) == ([0.0, 0.04, 0.08, 0.12, 0.16, 0.2], 1)


def test_a_clock_set_back_by_an_hour_goes_on() -> None:
    assert media_times(5000.0, 5000.04, 1400.0, 1400.04) == ([0.0, 0.04, 0.08, 0.12], 1)


@given(
    raw_s=st.lists(st.floats() | st.sampled_from([0.0, 0.04, 0.08, math.nan]), min_size=1, max_size=60),
    nominal_step_s=st.floats(0, 1),
)
def test_whatever_the_file_says_time_starts_at_zero_and_increases(raw_s: list[float], nominal_step_s: float) -> None:
    clock = PresentationClock(nominal_step_s)
    times = [clock.media_time(raw) for raw in raw_s]
    assert times[0] == 0
    assert all(math.isfinite(t) for t in times)
    assert all(before < after for before, after in itertools.pairwise(times))


@given(steps=st.lists(st.floats(0.002, 5), min_size=1, max_size=40), start_s=st.floats(-1e6, 1e6))
def test_times_that_increase_are_never_touched(steps: list[float], start_s: float) -> None:
    clock = PresentationClock(0.04)
    at, times = start_s, []
    for step in [0.0, *steps]:
        at += step
        times.append((clock.media_time(at), at - start_s))
    assert clock.repaired == 0
    assert all(got == pytest.approx(meant, abs=1e-6) for got, meant in times)
