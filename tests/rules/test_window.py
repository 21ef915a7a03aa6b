"""Figures over time: the same whatever the frame rate, honest about what was not seen, and of bounded size."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.config.term import Window, parse_term
from driver_monitor.rules.window import SLICES, Figure, figure
from driver_monitor.state.terms import GAP_S


def window(text: str) -> Figure:
    operand = parse_term(f"{text} >= 1").operand
    assert isinstance(operand, Window)
    return figure(operand)


def after(
    found: Figure, value_at: Callable[[float], float | bool | None], *, until_s: float, fps: float
) -> float | None:
    result = None
    for frame in range(round(until_s * fps) + 1):
        result = found.update(frame / fps, value_at(frame / fps))
    return result


@pytest.mark.parametrize("fps", [15.0, 24.0, 30.0, 60.0])
def test_the_frame_rate_does_not_matter(fps: float) -> None:
    def away(t_s: float) -> bool:
        return t_s % 10 >= 6

    assert after(window("mean(openness, 10)"), lambda t_s: t_s, until_s=20, fps=fps) == pytest.approx(15, abs=1 / fps)
    assert after(window("fraction(on_road == false, 30)"), away, until_s=60, fps=fps) == pytest.approx(0.4, abs=0.01)
    assert after(window("max(off_road_s, 10)"), lambda t_s: 30 - t_s, until_s=20, fps=fps) == pytest.approx(20, abs=0.1)
    assert after(window("count(on_road == false, 60)"), away, until_s=60, fps=fps) == 6


def test_a_second_of_dropped_frames_weighs_as_a_second() -> None:
    mean = window("mean(openness, 10)")
    for frame in range(300):
        t_s = frame / 30
        if not 4 < t_s < 4.9:
            mean.update(t_s, 0.0 if t_s < 5 else 1.0)
    assert mean.update(10.0, 1.0) == pytest.approx(0.5, abs=0.02)


def test_what_was_not_seen_counts_for_nothing_and_is_told() -> None:
    mean = window("mean(openness, 10)")
    result = after(mean, lambda t_s: 0.4 if t_s < 4 else None, until_s=10, fps=30)
    assert result == pytest.approx(0.4)
    assert mean.covered == pytest.approx(0.4, abs=0.01)


def test_a_gap_in_time_is_not_seen() -> None:
    mean = window("mean(openness, 10)")
    mean.update(0.0, 1.0)
    mean.update(GAP_S + 8, 1.0)
    assert mean.covered == 0.0


def test_a_peak_counts_at_once_and_leaves_with_the_window() -> None:
    peak = window("max(off_road_s, 5)")
    after(peak, lambda t_s: 0.0, until_s=2, fps=30)
    assert peak.update(2.1, 9.0) == 9.0
    assert peak.update(2.2, 0.0) == 9.0
    last = [peak.update(2.2 + frame / 30, 0.0) for frame in range(1, 200)]
    assert last[-1] == 0.0
    assert sum(value == 9.0 for value in last) / 30 == pytest.approx(5, abs=0.1)


def test_coming_true_is_counted_once_however_long_it_lasts_and_across_what_is_not_known() -> None:
    yawns = window("count(yawn, 600)")
    told = [False, True, True, None, True, False, None, True, None, False]
    counts = [yawns.update(second / 2, value) for second, value in enumerate(told)]
    assert counts == [0, 1, 1, 1, 1, 1, 1, 2, 2, 2]


def test_an_hour_in_a_long_window_stays_small() -> None:
    """A day of frames must not fill the memory."""
    for text in ("mean(openness, 3600)", "max(openness, 3600)", "count(yawn, 3600)"):
        found = window(text)
        for frame in range(40_000):
            found.update(frame / 4, -frame if "max" in text else frame % 2)
        sizes = [len(kept) for name in ("_past", "_best", "_edges") if (kept := getattr(found, name, None)) is not None]
        assert max(sizes) <= 2 * SLICES


values = st.none() | st.floats(0, 10)
moving = st.lists(st.tuples(st.floats(0.01, 0.9), values), min_size=1, max_size=80)
still = st.tuples(st.lists(st.floats(0.01, 0.9), min_size=1, max_size=40), values)
in_steps = st.lists(still, min_size=1, max_size=8).map(
    lambda stretches: [(step_s, value) for steps_s, value in stretches for step_s in steps_s]
)


@settings(deadline=None, max_examples=120)
@given(moving | in_steps, st.floats(1, 20))
def test_a_window_is_what_adding_up_gives(frames: list[tuple[float, float | None]], length_s: float) -> None:
    """Against the plain sum over all frames, within what a slice can hide."""
    mean, peak = window(f"mean(openness, {length_s})"), window(f"max(openness, {length_s})")
    held: list[tuple[float, float, float | None]] = []
    t_s, before = 0.0, None
    for index, (step_s, value) in enumerate(frames):
        if index:
            held.append((t_s, t_s + step_s, before))
            t_s += step_s
        found, highest = mean.update(t_s, value), peak.update(t_s, value)
        before = value
    inside = [(max(a, t_s - length_s), b, v) for a, b, v in held if b > t_s - length_s]
    known_s = sum(b - a for a, b, v in inside if v is not None)
    slack = length_s / SLICES
    assert mean.covered * length_s == pytest.approx(known_s, abs=2 * slack + 1e-9)
    if known_s > 40 * slack:
        assert found == pytest.approx(sum((b - a) * v for a, b, v in inside if v is not None) / known_s, abs=1.0)
    sure = [v for a, b, v in inside if v is not None and b > t_s - length_s + 2 * slack]
    sure += [] if before is None else [before]
    possible = sure + [v for a, b, v in held if v is not None and b > t_s - length_s - 2 * slack]
    if sure:
        assert highest is not None
        assert max(sure) - 1e-9 <= highest <= max(possible) + 1e-9
    assert not math.isnan(mean.covered)
