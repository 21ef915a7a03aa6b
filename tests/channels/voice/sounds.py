"""Sounds of our own making: what silero-vad takes for speech, and a car's noise. No recording is kept here."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.voice.mel import RATE_HZ

Sound = NDArray[np.float32]

# First four formants of five vowels of a man (Peterson & Barney 1952; the fourth as in Klatt 1980), and their widths.
VOWELS_HZ = np.array(
    [(730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240)], dtype=np.float64
)
WIDTHS_HZ = (80.0, 100.0, 150.0, 250.0)
FOURTH_HZ = 3500.0
SYLLABLE_S = 0.2
HISS_SHARE = 0.3  # of a syllable: the consonant before its vowel
LOOK = 512  # samples that are shaped at a time, half overlapping


def speech(
    seconds: float, *, pitch_hz: float = 120.0, lively_st: float = 2.0, level: float = 0.1, seed: int = 0
) -> Sound:
    """Syllables, a hiss and a vowel each, gliding into one another on a wandering pitch; as loud as ``level`` (RMS)."""
    chance = np.random.default_rng(seed)
    length = int(seconds * RATE_HZ)
    t_s = np.arange(length) / RATE_HZ
    syllables = int(seconds / SYLLABLE_S) + 2
    knots_s = SYLLABLE_S * np.arange(syllables)
    pitch = pitch_hz * 2 ** (np.interp(t_s, knots_s, chance.normal(0, lively_st, syllables)) / 12)
    pulses = np.diff(np.floor(np.cumsum(pitch) / RATE_HZ), prepend=0.0) * np.sqrt(RATE_HZ / pitch)
    place = (t_s / SYLLABLE_S) % 1
    vowel = np.where(place > HISS_SHARE, np.sin(np.pi * (place - HISS_SHARE) / (1 - HISS_SHARE)), 0.0) ** 0.5
    hiss = np.where(place < HISS_SHARE, np.sin(np.pi * place / HISS_SHARE), 0.0)
    formants_hz = VOWELS_HZ[chance.integers(len(VOWELS_HZ), size=syllables)]
    hiss_hz = chance.uniform(2500, 5500, syllables)
    breath = chance.standard_normal(length)
    voice = np.zeros(length + LOOK)
    hz: NDArray[np.float64] = np.fft.rfftfreq(LOOK, 1 / RATE_HZ).astype(np.float64)
    for start in range(0, length - LOOK, LOOK // 2):
        look, now_s = slice(start, start + LOOK), t_s[start]
        mouth = [np.interp(now_s, knots_s, formants_hz[:, each]) for each in range(3)]
        throat: NDArray[Any] = np.fft.rfft((pulses[look] + 0.05 * breath[look]) * vowel[look] * np.hanning(LOOK))
        teeth = np.fft.rfft(breath[look] * hiss[look] * np.hanning(LOOK))
        narrow = np.exp(-(((hz - np.interp(now_s, knots_s, hiss_hz)) / 1200) ** 2))
        voice[look] += np.fft.irfft(throat * _vocal_tract(hz, [*mouth, FOURTH_HZ]) + 0.3 * teeth * narrow, LOOK)
    return _as_loud_as(level, voice[:length])


def noise(seconds: float, *, level: float, seed: int = 1) -> Sound:
    """Brown noise with a hiss over it, as a car's inside has."""
    length = int(seconds * RATE_HZ)
    hz = np.maximum(np.fft.rfftfreq(length, 1 / RATE_HZ), 20.0)
    white = np.fft.rfft(np.random.default_rng(seed).standard_normal(length))
    whole = np.fft.irfft(white * (1 / hz + 1e-3), length)
    return _as_loud_as(level, whole)


def silence(seconds: float) -> Sound:
    """A quiet room at an open microphone: -70 dBFS."""
    return noise(seconds, level=10 ** (-70 / 20))


def _as_loud_as(level: float, sound: NDArray[np.float64]) -> Sound:
    return np.asarray(level * sound / np.sqrt(np.mean(sound**2)), dtype=np.float32)


def _vocal_tract(hz: NDArray[np.float64], formants_hz: list[float]) -> NDArray[Any]:
    """Resonances after one another (Klatt 1980), and the fall of a voice by 6 dB an octave."""
    shape: NDArray[Any] = 1.0 / (1.0 + 1j * hz / 200.0)
    for formant, width in zip(formants_hz, WIDTHS_HZ, strict=True):
        pole = formant**2 + (width / 2) ** 2
        shape = shape * pole / (pole - hz**2 + 1j * hz * width)
    return shape
