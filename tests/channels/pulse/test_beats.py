import numpy as np
import pytest

from driver_monitor.channels.pulse.beats import Beats, clearest_beats, find_beats
from tests.channels.pulse.waves import heart

BREATHS_HZ = 0.25


def breathing(count: int = 90) -> np.ndarray:
    """Intervals around 0.85 s that get longer and shorter with 15 breaths a minute."""
    intervals, now = [], 0.0
    for _ in range(count):
        intervals.append(0.85 + 0.05 * np.sin(2 * np.pi * BREATHS_HZ * now))
        now += intervals[-1]
    return np.array(intervals)


def test_beats_vary_as_the_heart_did() -> None:
    intervals = breathing()
    t = np.arange(0, 75, 1 / 30) + np.random.default_rng(1).uniform(-0.005, 0.005, 2250)
    beats = find_beats(t, heart(intervals, t) + np.random.default_rng(2).normal(0, 0.02, len(t)))
    truth = 1000 * np.sqrt(np.mean(np.diff(intervals) ** 2))
    assert beats.rmssd_ms() == pytest.approx(truth, abs=6)
    assert beats.sdnn_ms() == pytest.approx(1000 * intervals.std(), abs=4)
    assert beats.breaths_per_min() == pytest.approx(60 * BREATHS_HZ, abs=1)


def test_light_through_a_finger_falls_with_a_beat() -> None:
    t = np.arange(0, 60, 1 / 30)
    wave = heart(breathing(), t)
    up, down = find_beats(t, wave), find_beats(t, -wave)
    assert down.rmssd_ms() == pytest.approx(up.rmssd_ms(), abs=2)


def test_nothing_is_said_of_the_variation_where_intervals_are_not_beats() -> None:
    intervals = np.where(np.arange(60) % 4 == 0, 1.6, 0.8)
    beats = Beats.of(np.cumsum(intervals), intervals)
    assert (beats.rmssd_ms(), beats.sdnn_ms(), beats.breaths_per_min()) == (None, None, None)
    few = Beats.of(np.arange(10.0), np.full(10, 0.8))
    assert few.rmssd_ms() is None


def test_one_missed_beat_does_not_count() -> None:
    intervals = breathing(60)
    missed = np.concatenate((intervals[:30], [intervals[30] + intervals[31]], intervals[32:]))
    whole, holed = (Beats.of(np.cumsum(i), i).rmssd_ms() for i in (intervals, missed))
    assert holed == pytest.approx(whole, abs=2)


def test_of_several_colours_the_clearest_is_taken() -> None:
    t = np.arange(0, 60, 1 / 30)
    noise = np.random.default_rng(3).normal(0, 1, len(t))
    beats = clearest_beats(t, np.stack((noise, heart(breathing(), t)), axis=1))
    assert beats.clean > 0.95


def test_noise_without_a_beat_says_nothing() -> None:
    t = np.arange(0, 60, 1 / 30)
    assert find_beats(t, np.random.default_rng(4).normal(0, 1, len(t))).rmssd_ms() is None
    assert find_beats(t, np.zeros(len(t))).rmssd_ms() is None
