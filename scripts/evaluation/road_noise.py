"""The inside of a car as noise, of our own making: no recording is needed, and none is kept here.

Five parts, each with a level drawn anew: rumble of the road (brown, below 300 Hz or so), tyre hiss (pink, with a hump
between 600 and 1,400 Hz), wind (a wide band whose level wanders as gusts do), the engine (a firing frequency of 30 to
120 Hz that drifts, with harmonics that fall off) and bumps (short thumps below 150 Hz). The whole wanders by some
decibels, as the road's surface changes.
"""

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
RUMBLE_DB = (-3.0, 6.0)
HISS_DB = (-6.0, 4.0)
WIND_DB = (-12.0, 3.0)
ENGINE_DB = (-14.0, 2.0)
BUMPS_A_SECOND = 0.5
SURFACE_DB = 3.0  # by which the whole wanders, as a standard deviation
HARMONICS = 12


def road_noise(length: int, chance: np.random.Generator) -> NDArray[np.float32]:
    """``length`` samples at 16 kHz with a mean square of 1."""
    hz = np.fft.rfftfreq(length, 1.0 / RATE_HZ)
    audible = np.maximum(hz, 20.0)
    hump_hz = chance.uniform(600.0, 1400.0)
    parts = [
        _shaped(1.0 / audible / (1.0 + (audible / 300.0) ** 2), length, chance) * _gain(RUMBLE_DB, chance),
        _shaped(audible**-0.5 * (1.0 + 2.0 * np.exp(-(np.log2(audible / hump_hz) ** 2) / 0.5)), length, chance)
        * _gain(HISS_DB, chance),
        _shaped(1.0 / (1.0 + (audible / chance.uniform(300.0, 1500.0)) ** 2) ** 0.5, length, chance)
        * _wandering(4.0, 0.3, length, chance)
        * _gain(WIND_DB, chance),
        _engine(length, chance) * _gain(ENGINE_DB, chance),
    ]
    whole = np.sum(parts, axis=0) * _wandering(SURFACE_DB, 1.0, length, chance)
    whole = whole / _rms(whole) + _bumps(length, chance)
    return np.asarray(whole / _rms(whole), dtype=np.float32)


def mixed(voice: NDArray[np.float32], snr_db: float, chance: np.random.Generator) -> NDArray[np.float32]:
    """``voice`` with road noise whose power, over all frequencies and the whole length, is ``snr_db`` below its own."""
    loudness = _rms(voice.astype(np.float64)) * 10.0 ** (-snr_db / 20.0)
    return (voice + road_noise(len(voice), chance) * np.float32(loudness)).astype(np.float32)


def _shaped(amplitude: NDArray[np.float64], length: int, chance: np.random.Generator) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(chance.standard_normal(length)) * amplitude
    spectrum[0] = 0.0
    noise = np.fft.irfft(spectrum, length)
    return np.asarray(noise / _rms(noise), dtype=np.float64)


def _wandering(spread_db: float, every_s: float, length: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """A gain that goes from one drawn level to the next every ``every_s`` seconds."""
    knots = int(length / RATE_HZ / every_s) + 2
    level_db = np.interp(
        np.arange(length) / RATE_HZ / every_s, np.arange(knots), spread_db * chance.standard_normal(knots)
    )
    return np.asarray(10.0 ** (level_db / 20.0))


def _engine(length: int, chance: np.random.Generator) -> NDArray[np.float64]:
    firing_hz = chance.uniform(30.0, 120.0) * _wandering(0.5, 1.0, length, chance)
    phase = 2 * np.pi * np.cumsum(firing_hz) / RATE_HZ
    fall = chance.uniform(0.8, 1.6)
    orders = [
        np.sin(order * phase + chance.uniform(0.0, 2 * np.pi)) * chance.uniform(0.3, 1.0) / order**fall
        for order in np.arange(0.5, HARMONICS / 2 + 0.5, 0.5)
    ]
    whole = np.sum(orders, axis=0)
    return np.asarray(whole / _rms(whole))


def _bumps(length: int, chance: np.random.Generator) -> NDArray[np.float64]:
    whole = np.zeros(length)
    after_s = np.arange(int(0.3 * RATE_HZ)) / RATE_HZ
    for _ in range(chance.poisson(BUMPS_A_SECOND * length / RATE_HZ)):
        thump = np.sin(2 * np.pi * chance.uniform(30.0, 150.0) * after_s) * np.exp(
            -after_s / chance.uniform(0.02, 0.08)
        )
        at = int(chance.integers(length))
        kept = min(len(thump), length - at)
        whole[at : at + kept] += chance.uniform(1.0, 4.0) * thump[:kept]
    return whole


def _gain(range_db: tuple[float, float], chance: np.random.Generator) -> float:
    return float(10.0 ** (chance.uniform(*range_db) / 20.0))


def _rms(samples: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(samples**2))) or 1.0
