"""The pitch of a voice, and how lively it is."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.voice.mel import RATE_HZ
from driver_monitor.parameter import defined, judged, paper

LOWEST_PITCH_HZ: Final = paper(75.0, "no voice is lower", "Boersma & Weenink, Praat: pitch floor")
HIGHEST_PITCH_HZ: Final = paper(500.0, "no speaking voice is higher", "Boersma & Weenink, Praat")
PASSED_HZ: Final = judged((70.0, 1500.0), "what is looked at: a voice's first harmonics, and little of the car")
THINNED: Final = judged(2, "one sample in so many is kept: all that passes is far below 4 kHz", unit="count")
LOOK: Final = judged(512, "thinned samples of one look: 64 ms, five periods of the lowest voice", unit="count")
STRIDE: Final = judged(240, "thinned samples from look to look: 30 ms", unit="count")
THIN_HZ: Final = defined(RATE_HZ / THINNED, "thinned samples a second", "RATE_HZ / THINNED")
LEAST: Final = defined(2 * LOOK * THINNED, "samples that it takes: two looks", "LOOK", unit="count")
OCTAVE_COST: Final = judged(0.05, "of strength that a pitch an octave lower has to be better by", unit="share")
VOICED: Final = paper(0.5, "of the sound repeats after a period", "near Praat's voicing threshold, 0.45", unit="share")
MIN_VOICED: Final = judged(0.2, "of the looks, for a pitch of the whole", unit="share")
SEMITONES: Final = defined(12.0, "semitones in an octave", "equal temperament", unit="count")
ORIGIN_HZ: Final = defined(100.0, "pitches are told from here", "any other would do")
QUANTILES: Final = judged(
    (0.1, 0.25, 0.5, 0.75, 0.9), "of the pitch: octave errors lie outside the outer two", unit="share"
)
SPREADS: Final = defined(
    2.563, "standard deviations from the 10th to the 90th percentile", "normal distribution", unit="ratio"
)
LARGEST_STEP_ST: Final = judged(
    6.0, "a longer step between two looks is an error, and counts as this much", unit="semitones"
)
TINY: Final = defined(1e-9, "power that keeps a division from being by nothing", "floating point", unit="share")


@dataclass(frozen=True, slots=True)
class Pitch:
    """Of some speech; clear and loud looks count for more.

    ``quantiles_st`` [QUANTILES] are semitones above ORIGIN_HZ, ``strength`` the mean share of the sound that repeats,
    ``voiced`` the share of the looks with a voice in them, ``step_st`` the mean step from look to look.
    """

    quantiles_st: NDArray[np.float64]
    strength: float
    voiced: float
    step_st: float

    @property
    def spread_st(self) -> float | None:
        """The standard deviation; None where too little is voiced."""
        low, high = self.quantiles_st[0], self.quantiles_st[-1]
        return None if self.voiced < MIN_VOICED else float((high - low) / SPREADS)


def pitch_of(samples: NDArray[np.float32]) -> Pitch:
    """``samples``, LEAST or more of them, at 16 kHz.

    By the autocorrelation of windowed looks over that of the window (Boersma 1993), without its search for a path.
    """
    length = len(samples) // THINNED
    hz = np.fft.rfftfreq(length, 1.0 / THIN_HZ)
    spectrum = np.fft.rfft(samples[: length * THINNED])[: len(hz)]
    thinned = np.fft.irfft(spectrum * ((hz > PASSED_HZ[0]) & (hz < PASSED_HZ[1])), length)
    looks = np.lib.stride_tricks.sliding_window_view(thinned, LOOK)[::STRIDE] * _WINDOW
    repeats = _autocorrelation(looks) / _OF_WINDOW
    repeats /= np.maximum(repeats[:, :1], TINY)
    lags = np.arange(int(THIN_HZ / HIGHEST_PITCH_HZ), int(THIN_HZ / LOWEST_PITCH_HZ))
    heights, places = _summits(repeats, lags)
    best = np.arange(len(looks)), (heights - OCTAVE_COST * np.log2(lags / lags[0])).argmax(axis=1)
    strength = heights[best]
    pitch_st = SEMITONES * np.log2(THIN_HZ / places[best] / ORIGIN_HZ)
    energy = (looks**2).sum(axis=1) + TINY
    weight = np.clip(strength, 0.0, 1.0) ** 2 * np.sqrt(energy / energy.max()) + TINY
    weight /= weight.sum()
    order = np.argsort(pitch_st)
    places = np.searchsorted(np.cumsum(weight[order]), QUANTILES).clip(max=len(order) - 1)
    steps = np.minimum(np.abs(np.diff(pitch_st)), LARGEST_STEP_ST)
    of_steps = np.minimum(weight[1:], weight[:-1])
    return Pitch(
        pitch_st[order][places],
        float(weight @ strength),
        float(np.mean(strength > VOICED)),
        float(of_steps @ steps / (of_steps.sum() + TINY)),
    )


def _summits(repeats: NDArray[np.float64], lags: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Heights and places [looks, lags] of the parabola through each lag and its neighbours; 0 high where none is."""
    before, at, after = repeats[:, lags - 1], repeats[:, lags], repeats[:, lags + 1]
    aside = np.clip((before - after) / np.minimum(2 * (before - 2 * at + after), -TINY), -0.5, 0.5)
    tops = (at >= before) & (at >= after)
    return np.where(tops, at - (before - after) * aside / 4, 0.0), lags + aside


def _autocorrelation(looks: NDArray[Any]) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(looks, 2 * LOOK, axis=-1)
    return np.asarray(np.fft.irfft(np.abs(spectrum) ** 2, axis=-1)[..., :LOOK], dtype=np.float64)


_WINDOW: Final = np.hanning(LOOK)
_OF_WINDOW: Final = np.maximum(_autocorrelation(_WINDOW) / _autocorrelation(_WINDOW)[0], 1e-3)
