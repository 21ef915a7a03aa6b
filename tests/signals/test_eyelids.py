"""The eyelids at every frame rate: when blinks count, and what a closure measures."""

from collections.abc import Iterator
from random import Random

import pytest

from driver_monitor.config.config import Config
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.state.signals import Signals
from tests.signals.faces import Look, blink, face, played, times_s


def jittered(fps: float, duration_s: float, jitter_s: float) -> Iterator[float]:
    random = Random(3)
    return (t_s + random.uniform(-jitter_s, jitter_s) for t_s in times_s(duration_s, fps))


def blinking(at_s: list[float]) -> list[Signals]:
    """A driver who blinks for 0.2 s every 3 s, seen at these times."""
    extractor = SignalExtractor(Config())
    return [extractor.update(face(t_s, Look(0.0 if 1.0 <= t_s % 3 < 1.2 else 1.0))) for t_s in at_s]


@pytest.mark.parametrize("fps", [14.9, 15.0, 29.97, 60.0])
def test_a_camera_whose_frames_come_a_little_unevenly_counts_blinks(fps: float) -> None:
    found = blinking(list(jittered(fps, 30.0, 0.008)))
    assert sum(signals.blink for signals in found) == 10
    assert {signals.blinks_suppressed for signals in found if signals.t_s > 1} == {""}


def test_a_slow_camera_says_why_it_counts_none() -> None:
    found = blinking(list(times_s(30.0, 12.0)))
    assert not any(signals.blink for signals in found)
    assert {signals.blinks_suppressed for signals in found if signals.t_s > 1} == {"low_frame_rate"}


def test_a_camera_that_hovers_around_the_limit_does_not_flap() -> None:
    random, t_s, times = Random(1), 0.0, []
    while t_s < 60:
        times.append(t_s)
        t_s += 1 / (14.5 + random.uniform(-0.15, 0.15))
    reasons = [signals.blinks_suppressed for signals in blinking(times) if signals.t_s > 1]
    assert len(set(reasons)) == 1


def test_frames_lost_for_a_second_suppress_blinks_until_the_rate_is_back() -> None:
    times = [t_s for t_s in times_s(20.0, 20.0) if not 8.0 < t_s < 9.2]
    reasons = {round(signals.t_s, 2): signals.blinks_suppressed for signals in blinking(times)}
    assert reasons[7.0] == ""
    assert reasons[9.25] == "low_frame_rate"
    assert reasons[13.0] == ""


@pytest.mark.parametrize("fps", [15.0, 24.0, 30.0, 60.0])
def test_perclos_and_closures_do_not_depend_on_the_frame_rate(fps: float) -> None:
    sleepy = [stretch for _ in range(6) for stretch in ((7.0, Look()), *blink(fps), (1.4, Look()), (1.2, Look(0.0)))]
    found = played([*sleepy, (0.4, Look())], fps=fps)
    assert found[-1].perclos_60s == pytest.approx(6 * 1.2 / 60, abs=0.01)
    assert found[-1].perclos_coverage == pytest.approx(1.0, abs=0.01)
    assert found[-1].perclos_180s_coverage == pytest.approx(min(1.0, (found[-1].t_s + 35) / 180), abs=0.01)
    assert max(signals.eyes_closed_s or 0.0 for signals in found) == pytest.approx(1.2, abs=1 / fps + 0.03)
    assert (
        sum(signals.blink for signals in found if signals.completed_blink and signals.completed_blink.duration_s < 0.5)
        == 6
    )


def test_dropped_frames_change_neither_perclos_nor_the_closure() -> None:
    random, extractor, found = Random(5), SignalExtractor(Config()), []
    for t_s in times_s(95.0, 30.0):
        shut = t_s > 35 and (t_s - 35) % 10 >= 8.8
        if random.random() < 0.3:
            continue
        found.append(extractor.update(face(t_s, Look(0.0 if shut else 1.0))))
    assert found[-1].perclos_60s == pytest.approx(0.12, abs=0.01)
    assert max(signals.eyes_closed_s or 0.0 for signals in found) == pytest.approx(1.2, abs=0.1)


def test_noise_around_p80_does_not_split_a_closure() -> None:
    random, extractor = Random(9), SignalExtractor(Config())
    for t_s in times_s(60.0, 30.0):
        shut = t_s > 40 and (t_s - 40) % 5 < 0.8
        level = 0.19 + random.gauss(0, 0.02) if shut else 1.0
        found = extractor.update(face(t_s, Look(level)))
    assert found.perclos_60s == pytest.approx(4 * 0.8 / 60, abs=0.012)
