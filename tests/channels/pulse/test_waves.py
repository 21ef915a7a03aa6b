import numpy as np
import pytest

from driver_monitor.channels.pulse.skin_pulse import chrom, pos
from driver_monitor.channels.pulse.waves import RATE_HZ, band, even, levelled, unbroken
from tests.channels.pulse.waves import skin


def strongest_bpm(wave: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 8192))
    return float(np.fft.rfftfreq(8192, 1 / RATE_HZ)[power.argmax()] * 60)


def test_uneven_frames_with_some_lost_become_even_without_moving_the_wave() -> None:
    random = np.random.default_rng(1)
    times = np.sort(np.arange(0, 20, 1 / 30) + random.uniform(-0.01, 0.01, 600))[random.random(600) > 0.3]
    even_s, values = even(times, np.sin(2 * np.pi * 1.2 * times)[:, None])
    assert np.diff(even_s) == pytest.approx(1 / RATE_HZ)
    assert np.abs(values[:, 0] - np.sin(2 * np.pi * 1.2 * even_s)).mean() < 0.02


def test_a_wave_begins_after_its_last_gap() -> None:
    assert unbroken(np.array([0.0, 0.1, 1.2, 1.3, 1.4])) == 2
    assert unbroken(np.array([0.0, 0.1, 0.2])) == 0


def test_a_band_keeps_what_is_in_it_and_takes_drift_and_hum_away() -> None:
    t = np.arange(0, 20, 1 / RATE_HZ)
    beat = np.sin(2 * np.pi * 1.2 * t)
    kept = band(beat + 3 * t + 5 * np.sin(2 * np.pi * 0.1 * t) + np.sin(2 * np.pi * 10 * t), 0.7, 4.0)
    assert np.abs(kept - beat)[60:-60].max() < 0.1


def test_a_jolt_is_levelled() -> None:
    t = np.arange(0, 20, 1 / RATE_HZ)
    wave = np.sin(2 * np.pi * 1.2 * t) * np.where((t > 8) & (t < 9), 50.0, 1.0)
    assert np.abs(levelled(wave)).max() < 5 * np.abs(levelled(wave)).mean()
    assert not levelled(np.zeros(100)).any()


@pytest.mark.parametrize("method", [pos, chrom])
@pytest.mark.parametrize("bpm", [45, 75, 150])
def test_the_pulse_is_found_under_a_light_that_sways_a_hundred_times_as_much(method, bpm: int) -> None:  # type: ignore[no-untyped-def]
    t = np.arange(0, 20, 1 / RATE_HZ)
    light = 1 + 0.2 * np.sin(2 * np.pi * 0.5 * t)
    wave = band(method(skin(bpm, t, light=light, noise=0.0003)), 0.66, 4.0)
    assert strongest_bpm(wave) == pytest.approx(bpm, abs=1.5)
