import math

import pytest
from hypothesis import given
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
