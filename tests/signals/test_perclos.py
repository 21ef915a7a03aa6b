"""PERCLOS: shares of judged time, blinks out, whatever the frame rate and the holes."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.signals.perclos import Perclos, PerclosMeter

BLINK_MAX_S = 0.4


def metered(spans: Sequence[tuple[float, bool | None]], times_s: list[float]) -> tuple[Perclos, ...]:
    """``spans``: seconds and what the eyes are then; frames at ``times_s``."""
    meter = PerclosMeter((60.0, 180.0), BLINK_MAX_S)
    found = meter.update(-0.001, None)
    for t_s in times_s:
        left = t_s
        for length_s, shut in spans:
            if left < length_s:
                found = meter.update(t_s, shut)
                break
            left -= length_s
    return found


def every(fps: float, until_s: float) -> list[float]:
    return [index / fps for index in range(int(until_s * fps) + 1)]


DRIVE = [(4.8, False), (0.2, True)] * 10 + [(1.0, True), (9.0, False)] * 3 + [(1.0, False)]


@pytest.mark.parametrize("fps", [7.5, 15.0, 24.0, 30.0, 60.0])
def test_the_frame_rate_does_not_matter_and_blinks_do_not_count(fps: float) -> None:
    one_minute, three_minutes = metered(DRIVE, every(fps, 80.5))
    assert one_minute.share == pytest.approx(3.0 / 60, abs=0.008)
    assert one_minute.coverage == pytest.approx(1.0, abs=0.01)
    assert three_minutes.share == pytest.approx(3.0 / 80.5, abs=0.008)
    assert three_minutes.coverage == pytest.approx(80.5 / 180, abs=0.01)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(0, 1000))
def test_irregular_frames_and_lost_ones_do_not_matter(seed: int) -> None:
    random, t_s, times = Random(seed), 0.0, []
    while t_s < 80.5:
        times.append(t_s)
        t_s += random.choice([1 / 60, 1 / 30, 1 / 30, 1 / 15, 0.3 if random.random() < 0.05 else 1 / 30])
    assert metered(DRIVE, times)[0].share == pytest.approx(3.0 / 60, abs=0.012)


def test_unusable_frames_leave_numerator_and_denominator() -> None:
    spans: list[tuple[float, bool | None]] = [(10.0, False), (2.0, True), (30.0, None), (28.0, False)]
    one_minute, _ = metered(spans, every(30, 59.9))
    assert one_minute.coverage == pytest.approx(30 / 60, abs=0.01)
    assert one_minute.share == pytest.approx(2 / 30, abs=0.005)


def test_a_closure_seen_through_short_losses_is_one_closure() -> None:
    flicker: list[tuple[float, bool | None]] = [(0.3, True), (0.2, None)] * 6
    one_minute, _ = metered([(25.0, False), *flicker, (30.0, False)], every(30, 57.9))
    assert one_minute.share is not None
    assert one_minute.share * one_minute.coverage * 60 == pytest.approx(1.8, abs=0.25)


def test_two_blinks_with_open_eyes_between_are_no_closure() -> None:
    twice: list[tuple[float, bool | None]] = [(0.3, True), (0.1, False), (0.3, True)]
    assert metered([(25.0, False), *twice, (30.0, False)], every(30, 55.0))[0].share == 0.0


def test_too_little_seen_is_no_share() -> None:
    one_minute, three_minutes = metered([(25.0, False), (90.0, None)], every(30, 30.0))
    assert one_minute.share == 0.0
    assert three_minutes.share is None
    assert three_minutes.coverage == pytest.approx(25 / 180, abs=0.01)


def test_a_long_hole_between_frames_was_seen_by_nobody() -> None:
    one_minute, _ = metered([(100.0, True)], [*every(30, 20.0), *(40.0 + t_s for t_s in every(30, 20.0))])
    assert one_minute.coverage == pytest.approx(40 / 60, abs=0.01)
    assert one_minute.share == pytest.approx(1.0)
