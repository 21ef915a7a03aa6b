"""The tones are told apart by ear, start and end without a click, and lie where a driver hears them."""

import io
import wave

import numpy as np
import pytest
from numpy.typing import NDArray

from driver_monitor.alerts.tones import PATTERNS, SAMPLE_RATE_HZ, Tone, render, wav_bytes

AUDIBLE = [Tone.INFO, Tone.WARNING, Tone.CRITICAL, Tone.URGENT, Tone.FAULT]


def spectrum(samples: NDArray[np.int16]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    power = np.abs(np.fft.rfft(samples.astype(float))) ** 2
    return np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ).astype(np.float64), power.astype(np.float64)


def share_of_power(samples: NDArray[np.int16], low_hz: float, high_hz: float) -> float:
    hz, power = spectrum(samples)
    return float(power[(hz >= low_hz) & (hz <= high_hz)].sum() / power.sum())


@pytest.mark.parametrize("tone", AUDIBLE)
def test_the_sound_lies_where_the_ear_is_keen(tone: Tone) -> None:
    assert share_of_power(render(tone, 1.0), 500, 5100) > 0.999


@pytest.mark.parametrize("tone", AUDIBLE)
def test_no_click_at_any_edge(tone: Tone) -> None:
    samples = render(tone, 1.0)
    assert samples[0] == 0
    assert abs(int(samples[-1])) < 40
    assert share_of_power(samples, 8000, SAMPLE_RATE_HZ / 2) < 1e-6


@pytest.mark.parametrize("tone", AUDIBLE)
def test_the_volume_is_the_highest_peak(tone: Tone) -> None:
    for volume in (1.0, 0.25):
        assert np.abs(render(tone, volume).astype(int)).max() == pytest.approx(volume * 32767, rel=0.01)
    assert not render(tone, 0.0).any()


@pytest.mark.parametrize("tone", [Tone.CRITICAL, Tone.URGENT])
def test_critical_meets_the_four_marks_of_an_alarm(tone: Tone) -> None:
    for burst in PATTERNS[tone]:
        assert burst.hz >= 1000
        assert len(burst.harmonics) >= 3
        assert burst.gap_s <= 0.125
        assert (burst.length_s - burst.rise_s - burst.fall_s) / burst.length_s >= 0.7


@pytest.mark.parametrize("tone", [Tone.INFO, Tone.WARNING])
def test_lesser_tones_are_not_taken_for_an_alarm(tone: Tone) -> None:
    for burst in PATTERNS[tone]:
        assert burst.hz < 1000
        assert len(burst.harmonics) < 3


def test_warning_rises() -> None:
    samples = render(Tone.WARNING, 1.0)
    first, second = samples[: len(samples) // 3], samples[len(samples) // 2 :]
    hz_first, power_first = spectrum(first)
    hz_second, power_second = spectrum(second)
    assert hz_first[power_first.argmax()] == pytest.approx(784, abs=6)
    assert hz_second[power_second.argmax()] == pytest.approx(988, abs=6)


def test_a_fault_falls_twice() -> None:
    hz = [burst.hz for burst in PATTERNS[Tone.FAULT]]
    assert hz == sorted(hz[:3], reverse=True) * 2
    assert len(render(Tone.FAULT, 1.0)) / SAMPLE_RATE_HZ < 2, "it is heard out before the program ends"


def test_urgency_is_heard_in_bursts_a_second() -> None:
    alerts = [tone for tone in AUDIBLE if tone is not Tone.FAULT]
    pace = [len(PATTERNS[tone]) / (len(render(tone, 1.0)) / SAMPLE_RATE_HZ) for tone in alerts]
    assert pace == sorted(pace)
    assert pace[2] > 1.5 * pace[1]


def test_the_check_is_silent_and_short() -> None:
    assert not render(Tone.CHECK, 1.0).any()
    assert len(render(Tone.CHECK, 1.0)) <= SAMPLE_RATE_HZ / 10


def test_a_wav_file_holds_exactly_the_samples() -> None:
    samples = render(Tone.WARNING, 0.6)
    with wave.open(io.BytesIO(wav_bytes(samples))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, SAMPLE_RATE_HZ)
        assert file.readframes(file.getnframes()) == samples.astype("<i2").tobytes()
    assert wav_bytes(samples) == wav_bytes(render(Tone.WARNING, 0.6))
