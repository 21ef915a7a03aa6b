import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.signals.blinks import BlinkDetector
from driver_monitor.state.blink import Blink


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


@given(at_s=st.floats(1.0, 2.0), depth=st.floats(0.31, 0.42), fall_s=st.floats(0.2, 0.3), rise_s=st.floats(0.1, 0.3))
def test_a_nod_or_a_glance_at_the_lap_that_half_lowers_the_lids_is_no_blink(
    at_s: float, depth: float, fall_s: float, rise_s: float
) -> None:
    """As deep as a shallow blink, and over as soon, but too slow on the way down."""
    assert watch(lambda t_s: lids(t_s, at_s=at_s, fall_s=fall_s, shut_s=0.03, rise_s=rise_s, depth=depth)) == []


@given(at_s=st.floats(1.0, 2.0), depth=st.floats(0.34, 0.5), rise_s=st.floats(0.15, 0.25))
def test_a_blink_that_closes_the_eye_by_a_third_counts_for_its_fast_fall(
    at_s: float, depth: float, rise_s: float
) -> None:
    found = watch(lambda t_s: lids(t_s, at_s=at_s, fall_s=0.06, shut_s=0.04, rise_s=rise_s, depth=depth))
    assert len(found) == 1


@pytest.mark.parametrize("level", [0.5, 1.0, 1.4])
def test_a_tired_blink_may_close_slowly_if_it_closes(level: float) -> None:
    found = watch(lambda t_s: level * lids(t_s, at_s=1.0, fall_s=0.22, shut_s=0.4, rise_s=0.3, depth=0.85))
    assert len(found) == 1


def test_landmarks_that_jump_about_at_the_start_of_a_squint_are_no_blink() -> None:
    """Fast enough, and one frame reaches far enough up again, but the lids stay down."""
    values = [1.0] * 30 + [0.78, 0.62, 0.84, 0.6, 0.9, 0.68, 0.8, 0.74, 0.8, 0.76] + [0.78] * 30
    assert watch(lambda t_s: values[min(round(t_s * 30), len(values) - 1)], duration_s=2.3) == []


def test_a_blink_is_said_at_most_two_frames_after_the_lids_have_regained_most_of_the_fall() -> None:
    for depth in (0.36, 0.5, 0.7, 0.95):
        detector = BlinkDetector()
        for i in range(60):
            openness = lids(i / 30, at_s=1.0, fall_s=0.08, shut_s=0.05, rise_s=0.2, depth=depth)
            if detector.update(i / 30, openness):
                assert i / 30 - (1.0 + 0.08 + 0.05 + 0.6 * 0.2) <= 3 / 30
                break
        else:
            pytest.fail(f"no blink of {depth}")


def watch_eyes(left_depth: float, right_depth: float) -> int:
    detector, found = BlinkDetector(), 0
    for i in range(90):
        left, right = (
            lids(i / 30, at_s=1.0, fall_s=0.06, shut_s=0.06, rise_s=0.18, depth=depth)
            for depth in (left_depth, right_depth)
        )
        found += detector.update(i / 30, (left + right) / 2, max(left, right)) is not None
    return found


def test_lids_blink_together_and_a_wink_or_a_strand_of_hair_over_one_eye_does_not() -> None:
    assert watch_eyes(0.95, 0.95) == 1
    assert watch_eyes(0.9, 0.65) == 1  # the farther eye is drawn less shut
    assert watch_eyes(1.0, 0.0) == watch_eyes(0.0, 1.0) == 0
    assert watch_eyes(1.0, 0.15) == 0  # landmarks of an open eye follow the other a little


def one_after_another(*depths: float) -> list[Blink]:
    """What counted of a dip every two seconds, all as fast as blinks."""

    def openness(t_s: float) -> float:
        depth = depths[min(int(t_s / 2), len(depths) - 1)]
        return lids(t_s % 2, at_s=1.0, fall_s=0.06, shut_s=0.05, rise_s=0.16, depth=depth)

    return watch(openness, duration_s=2.0 * len(depths))


def test_once_the_drivers_blinks_are_known_a_far_shallower_dip_is_none() -> None:
    assert len(one_after_another(*[0.95] * 8, 0.36, 0.95)) == 9
    assert len(one_after_another(*[0.95] * 8, 0.45, 0.95)) == 10
    assert len(one_after_another(0.36, 0.95)) == 2  # nothing is known yet


def test_a_driver_who_always_blinks_by_half_is_taken_as_he_is() -> None:
    assert len(one_after_another(*[0.5] * 10, 0.36, 0.5)) == 12


def test_a_driver_with_shallower_blinks_takes_over_and_is_known_after_a_while() -> None:
    assert len(one_after_another(*[0.95] * 20, *[0.45] * 15, *[0.36] * 5)) == 40


@pytest.mark.parametrize("fps", [15.0, 24.0, 30.0])
def test_ten_noisy_minutes_of_blinks_among_shallow_dips(fps: float) -> None:
    """Every 4 s a blink, deep or by half, and between them a dip to 0.78-0.85 of the EAR for 0.10 to 0.26 s; EARs have
    the noise of EyeBlink8, an SD of 3 % from frame to frame."""
    random = Random(7)
    blinks = [(4.0 * k + random.random(), random.uniform(0.5, 0.95)) for k in range(1, 150)]
    dips = [
        (4.0 * k + 2.2 + random.random() / 2, random.uniform(0.10, 0.26), random.uniform(0.19, 0.275))
        for k in range(1, 150)
    ]

    def openness(t_s: float) -> float:
        k = int(t_s / 4)
        if not 1 <= k < 150:
            return 1.0
        at_s, depth = blinks[k - 1]
        from_s, duration_s, low = dips[k - 1]
        within = (t_s - from_s) / duration_s
        dip = low * math.sin(math.pi * within) if 0 < within < 1 else 0.0
        return lids(t_s, at_s=at_s, fall_s=0.08, shut_s=0.04, rise_s=0.2, depth=depth) - dip

    found = watch(lambda t_s: openness(t_s) + random.gauss(0.0, 0.0375), fps=fps, duration_s=600.0)
    right = sum(any(abs(one.start_s - at_s) < 0.15 for one in found) for at_s, _ in blinks)
    assert right >= 148
    assert len(found) - right <= 0.1 * len(dips)
