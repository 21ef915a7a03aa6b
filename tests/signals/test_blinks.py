import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.signals.blink import Blink
from driver_monitor.signals.blinks import BlinkDetector


def lids(t_s: float, *, at_s: float, fall_s: float, shut_s: float, rise_s: float, depth: float = 0.95) -> float:
    """Openness at ``t_s`` of lids that begin to fall at ``at_s``, in straight lines."""
    since_s = t_s - at_s
    if since_s <= 0 or since_s >= fall_s + shut_s + rise_s:
        return 1.0
    if since_s < fall_s:
        return 1.0 - depth * since_s / fall_s
    if since_s < fall_s + shut_s:
        return 1.0 - depth
    return 1.0 - depth + depth * (since_s - fall_s - shut_s) / rise_s


def watch(openness_at, *, fps: float = 30.0, duration_s: float = 6.0, phase_s: float = 0.0) -> list[Blink]:  # type: ignore[no-untyped-def]
    detector = BlinkDetector()
    found = [detector.update(phase_s + i / fps, openness_at(phase_s + i / fps)) for i in range(int(duration_s * fps))]
    return [blink for blink in found if blink]


@given(
    at_s=st.floats(1.0, 3.0),
    fall_s=st.floats(0.05, 0.12),
    shut_s=st.floats(0.04, 0.5),
    rise_s=st.floats(0.1, 0.25),
    fps=st.sampled_from([24.0, 30.0, 60.0]),
)
def test_a_blink_is_found_once_wherever_it_falls_between_frames(
    at_s: float, fall_s: float, shut_s: float, rise_s: float, fps: float
) -> None:
    found = watch(lambda t_s: lids(t_s, at_s=at_s, fall_s=fall_s, shut_s=shut_s, rise_s=rise_s), fps=fps)
    assert len(found) == 1
    blink = found[0]
    assert blink.amplitude == pytest.approx(0.95, abs=0.12)
    assert blink.start_s == pytest.approx(at_s, abs=0.05 + 1 / fps)
    assert blink.duration_s == pytest.approx(fall_s + shut_s + rise_s, abs=0.09 + 1 / fps)
    # Between two frames nobody knows how fast it was: within a factor of two.
    assert 0.5 < blink.opening_velocity / (0.95 / rise_s) < 2.2


def test_a_slow_droop_and_rise_is_no_blink() -> None:
    assert watch(lambda t_s: lids(t_s, at_s=1, fall_s=0.8, shut_s=0.3, rise_s=0.8)) == []


def test_a_blink_is_found_while_the_lids_slide_down() -> None:
    """A slide to a lower look begins no dip that would swallow the blink that follows."""

    def slide(t_s: float) -> float:
        lowered = 0.4 * min(1.0, max(0.0, t_s - 1.0))
        return (1 - lowered) * lids(t_s, at_s=2.3, fall_s=0.08, shut_s=0.06, rise_s=0.15)

    assert [round(blink.start_s, 1) for blink in watch(slide)] == [2.3]


def test_a_blink_that_ends_in_a_lower_look_is_over_when_the_lids_stand_still() -> None:
    def lowered(t_s: float) -> float:
        return min(lids(t_s, at_s=1.0, fall_s=0.08, shut_s=0.06, rise_s=0.12), 1.0 if t_s < 1.1 else 0.55)

    found = watch(lowered)
    assert len(found) == 1
    assert found[0].duration_s < 0.35


@pytest.mark.parametrize("fps", [15.0, 24.0, 30.0, 60.0])
def test_eyes_narrowed_to_a_third_blink_too(fps: float) -> None:
    found = watch(lambda t_s: 0.35 * lids(t_s, at_s=1.2, fall_s=0.08, shut_s=0.1, rise_s=0.15, depth=0.9), fps=fps)
    assert len(found) == 1


def test_a_wide_eyed_startle_that_passes_is_no_blink() -> None:
    assert watch(lambda t_s: 1.4 if 1.0 < t_s < 1.15 else 1.0) == []


@given(at_s=st.floats(1.0, 2.0), shut_s=st.floats(0.06, 0.3))
def test_at_15_fps_a_blink_of_two_frames_is_enough(at_s: float, shut_s: float) -> None:
    found = watch(lambda t_s: lids(t_s, at_s=at_s, fall_s=0.08, shut_s=shut_s, rise_s=0.14), fps=15.0)
    assert len(found) == 1
    assert found[0].duration_s == pytest.approx(0.22 + shut_s, abs=0.13)


@given(st.lists(st.floats(0.012, 0.066), min_size=200, max_size=200))
@settings(max_examples=30, deadline=None)
def test_irregular_frames_find_the_same_blinks(steps_s: list[float]) -> None:
    def four(t_s: float) -> float:
        return min(lids(t_s, at_s=at_s, fall_s=0.08, shut_s=0.08, rise_s=0.14) for at_s in (0.6, 1.1, 1.6, 2.1))

    detector, t_s, found = BlinkDetector(), 0.0, []
    while t_s < 2.8:
        found.append(detector.update(t_s, four(t_s)))
        t_s += steps_s[len(found) % len(steps_s)]
    assert sum(blink is not None for blink in found) == 4


def test_a_long_closure_is_no_blink() -> None:
    assert watch(lambda t_s: lids(t_s, at_s=1, fall_s=0.1, shut_s=2.5, rise_s=0.15)) == []


def test_noise_is_no_blink() -> None:
    assert watch(lambda t_s: 1.0 + 0.1 * math.sin(97 * t_s) + 0.05 * math.sin(211 * t_s), duration_s=60) == []


def test_two_blinks_in_a_row_are_two() -> None:
    def twice(t_s: float) -> float:
        return min(lids(t_s, at_s=at_s, fall_s=0.08, shut_s=0.05, rise_s=0.12) for at_s in (1.0, 1.45))

    assert len(watch(twice)) == 2


def test_a_hole_in_the_data_makes_no_blink() -> None:
    detector = BlinkDetector()
    for i in range(30):
        assert detector.update(i / 30, 1.0) is None
    assert detector.update(1.0, 0.1) is None
    assert detector.update(2.0, 1.0) is None
    assert not detector.in_dip


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True)), max_size=60))
def test_anything_may_come_in(values: list[float | None]) -> None:
    detector = BlinkDetector()
    for i, value in enumerate(values):
        blink = detector.update(i / 30, value)
        assert blink is None or (blink.duration_s > 0 and math.isfinite(blink.opening_velocity))
