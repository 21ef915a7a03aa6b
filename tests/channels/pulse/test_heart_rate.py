import numpy as np
import pytest

from driver_monitor.channels.pulse.heart_rate import BPM, Rate, RateFollower, peak_rate
from driver_monitor.channels.pulse.waves import RATE_HZ, Wave

WINDOW = int(20 * RATE_HZ)


def followed(wave: Wave, doubt: Wave | None = None) -> list[Rate]:
    follower = RateFollower()
    return [follower.update([wave[end - WINDOW : end]], 1.0, doubt) for end in range(WINDOW, len(wave), int(RATE_HZ))]


def noisy(wave: Wave, noise: float, seed: int = 1) -> Wave:
    return np.asarray(wave + np.random.default_rng(seed).normal(0, noise, len(wave)))


T = np.arange(0, 60, 1 / RATE_HZ)


@pytest.mark.parametrize("bpm", [45, 60, 90, 150])
def test_a_steady_heart_is_found_within_its_interval(bpm: float) -> None:
    last = followed(noisy(np.sin(2 * np.pi * bpm / 60 * T), 1.0))[-1]
    assert last.bpm == pytest.approx(bpm, abs=1.0)
    assert last.low_bpm <= bpm <= last.high_bpm
    assert last.sure


def test_a_heart_that_speeds_up_is_followed() -> None:
    bpm = np.linspace(60, 90, len(T))
    found = followed(noisy(np.sin(2 * np.pi * np.cumsum(bpm / 60) / RATE_HZ), 0.5))[-1]
    assert found.bpm == pytest.approx(85, abs=4)  # the middle of the last 20 s


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_seldom_told_as_a_heart(seed: int) -> None:
    told = [rate.sure for rate in followed(noisy(np.zeros(len(T)), 1.0, seed))]
    assert np.mean(told) <= 0.25


def test_what_is_in_doubt_is_no_evidence() -> None:
    wave = noisy(np.sin(2 * np.pi * 1.0 * T) + 0.5 * np.sin(2 * np.pi * 1.6 * T), 0.3)
    assert followed(wave)[-1].bpm == pytest.approx(60, abs=2)
    rocking = np.exp(-0.5 * ((BPM - 60) / 5) ** 2)
    assert followed(wave, rocking)[-1].bpm == pytest.approx(96, abs=2)


def test_peaks_tell_the_rate_and_how_even_they_are() -> None:
    bpm, even = peak_rate(np.sin(2 * np.pi * 1.2 * T[:WINDOW]))
    assert bpm == pytest.approx(72, abs=1)
    assert even == 1.0
    assert np.isnan(peak_rate(np.zeros(WINDOW))[0])
