import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.signals.attention_buffer import FULL_S, AttentionBuffer
from driver_monitor.state.zone import Gaze
from tests.signals.faces import Look, played

ROAD, TASK, AWAY, UNKNOWN = Gaze.ROAD, Gaze.DRIVING_TASK, Gaze.AWAY, Gaze.UNKNOWN
FRAME_RATES = (15, 24, 30, 60)


def after(*stretches: tuple[float, Gaze], fps: float = 30.0) -> float:
    buffer = AttentionBuffer()
    for duration_s, gaze in stretches:
        for _ in range(round(duration_s * fps)):
            buffer.update(1 / fps, gaze)
    return buffer.left_s


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_a_look_away_drains_a_second_a_second_at_any_frame_rate(fps: float) -> None:
    assert after((1.0, ROAD), (1.5, AWAY), fps=fps) == pytest.approx(0.5, abs=1.01 / fps)


def test_it_never_falls_below_empty_nor_rises_above_full() -> None:
    assert after((9.0, AWAY)) == 0.0
    assert after((9.0, AWAY), (9.0, ROAD)) == FULL_S


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_the_first_second_at_a_mirror_is_free_and_the_next_is_not(fps: float) -> None:
    assert after((1.0, TASK), fps=fps) == pytest.approx(FULL_S)
    assert after((1.6, TASK), fps=fps) == pytest.approx(1.4, abs=1.01 / fps)


def test_a_second_mirror_is_not_free_without_a_look_at_the_road_between() -> None:
    drained = after((0.8, TASK), (0.8, TASK))
    assert drained == pytest.approx(FULL_S - 0.6, abs=0.01)
    assert after((0.8, TASK), (0.2, ROAD), (0.8, TASK)) == pytest.approx(FULL_S)
    assert after((0.8, TASK), (0.05, ROAD), (0.8, TASK)) == pytest.approx(drained, abs=0.05)


def test_coming_to_a_mirror_from_a_phone_goes_on_draining() -> None:
    assert after((1.0, AWAY), (0.8, TASK)) == pytest.approx(FULL_S - 1.8, abs=0.01)


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_coming_back_fills_after_a_tenth_of_a_second(fps: float) -> None:
    assert after((2.0, AWAY), (0.1, ROAD), fps=fps) == pytest.approx(0.0, abs=1.01 / fps)
    assert after((2.0, AWAY), (1.1, ROAD), fps=fps) == pytest.approx(1.0, abs=1.01 / fps)


pieces = st.tuples(st.floats(0.2, 3.0), st.sampled_from([ROAD, TASK, AWAY]))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.lists(pieces, min_size=1, max_size=10), st.sampled_from(FRAME_RATES), st.floats(0, 0.4), st.floats(0, 0.3))
def test_what_is_left_does_not_depend_on_frame_rate_jitter_or_dropped_frames(
    stretches: list[tuple[float, Gaze]], fps: float, jitter: float, dropped: float
) -> None:
    ends, total_s = [], 0.0
    for duration_s, gaze in stretches:
        total_s += duration_s
        ends.append((total_s, gaze))
    chance, buffer, last_s, gaps = random.Random(7), AttentionBuffer(), 0.0, [0.0]
    for index in range(1, int(total_s * fps)):
        if chance.random() >= dropped:
            t_s = (index + chance.uniform(-jitter, jitter)) / fps
            buffer.update(t_s - last_s, next(gaze for end_s, gaze in ends if t_s < end_s))
            gaps.append(t_s - last_s)
            last_s = t_s
    assert buffer.left_s == pytest.approx(after(*stretches, fps=600.0), abs=(len(stretches) + 1) * 2 * max(gaps) + 0.02)


def test_what_is_not_known_neither_blames_nor_clears() -> None:
    assert after((1.0, AWAY), (5.0, UNKNOWN)) == pytest.approx(1.0, abs=0.01)


def test_a_hole_in_the_frames_is_nobodys_lapse() -> None:
    assert AttentionBuffer().update(30.0, AWAY) == FULL_S


def test_shut_eyes_drain_and_a_mirror_check_does_not() -> None:
    assert played([(1.0, Look()), (3.0, Look(openness=0.0))])[-1].attention_buffer_s == 0.0
    checked = played([(1.0, Look()), (0.9, Look(yaw_deg=42, pitch_deg=-10)), (0.1, Look())])
    assert checked[-1].attention_buffer_s > FULL_S - 0.5
