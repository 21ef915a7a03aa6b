"""What the voice net is asked about: how the sound of some speech is spread and how it moves, whatever its loudness.

Everything comes from the 40-band log-mel spectra, but for the pitch, which 32 ms at a time cannot resolve.
"""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.voice.mel import BANDS, HOP, RATE_HZ, log_mel
from driver_monitor.channels.voice.pitch import Pitch, pitch_of
from driver_monitor.parameter import defined, judged

SHAPE: Final = judged(
    24, "cepstral coefficients that tell the throat's shape; the others tell its pulses", unit="count"
)
MOVING: Final = judged(10, "cepstral coefficients whose rhythm is measured", unit="count")
RHYTHMS_HZ: Final = judged(
    (0.8, 2.0, 4.0, 7.0, 12.5, 23.5), "edges of what is called one rhythm: phrase, word, syllable, sound"
)
VOICE_BANDS: Final = judged((6, 30), "bands whose level says how loud the voice is: 350 to 3,800 Hz", unit="count")
LOW_BANDS: Final = judged(12, "bands of the pitch's first harmonics: up to 750 Hz", unit="count")
FEATURES: Final = defined(316, "numbers that the net is asked about", "features()", unit="count")
_RHYTHM_LENGTH: Final = defined(
    512, "spectra that a rhythm is measured over, zeros included", "5 s, a power of 2", unit="count"
)


def features(speech: NDArray[np.float32], pitch: Pitch | None = None) -> NDArray[np.float32]:
    """[FEATURES] numbers of ``speech`` at 16 kHz, LEAST samples or more; a gain changes next to nothing.

    ``pitch`` is what :func:`pitch_of` said of the same samples, where that was asked already.
    """
    pitch = pitch or pitch_of(speech)
    spectra = log_mel(speech)
    spectra = spectra - spectra.mean()
    cepstra = spectra @ _COSINES
    shape, pulses = cepstra[:, :SHAPE], cepstra[:, SHAPE:]
    loudness = spectra[:, slice(*VOICE_BANDS)].mean(axis=1)
    attention = np.exp(loudness - loudness.max())
    attention /= attention.sum()  # the loudest stands farthest above the road
    step = shape[2:] - shape[:-2]
    turn = step[2:] - step[:-2]
    low = spectra[:, :LOW_BANDS] - spectra[:, :LOW_BANDS].mean(axis=1, keepdims=True)
    quantiles = pitch.quantiles_st
    return np.concatenate(
        [
            shape.mean(axis=0),
            shape.std(axis=0),
            step.std(axis=0),
            np.abs(step).mean(axis=0),
            turn.std(axis=0),
            spectra.mean(axis=0),
            spectra.std(axis=0),
            _rhythms(shape[:, :MOVING]),
            np.sqrt(attention @ (low - attention @ low) ** 2),
            np.abs(low[2:] - low[:-2]).mean(axis=0),
            attention @ pulses,
            pulses.std(axis=0),
            quantiles,
            [quantiles[3] - quantiles[1], quantiles[4] - quantiles[0]],
            [pitch.strength, pitch.voiced, pitch.step_st],
        ]
    ).astype(np.float32)


def _rhythms(track: NDArray[np.float32]) -> NDArray[np.float64]:
    """Logarithms [rhythms * coefficients] of how strongly each column [frames, coefficients] swings in each rhythm."""
    window = np.hanning(len(track))[:, None]
    swing = np.abs(np.fft.rfft((track - track.mean(axis=0)) * window, _RHYTHM_LENGTH, axis=0)) / len(track)
    hz = np.fft.rfftfreq(_RHYTHM_LENGTH, HOP / RATE_HZ)
    edges = np.searchsorted(hz, RHYTHMS_HZ)
    return np.log(np.concatenate([swing[a:b].mean(axis=0) for a, b in pairwise(edges)]) + 1e-5)


# The orthogonal cosine transform [BANDS, BANDS] from bands to cepstral coefficients.
_COSINES: Final = (
    np.cos(np.pi * np.outer(np.arange(BANDS) + 0.5, np.arange(BANDS)) / BANDS) * np.sqrt(2 / BANDS)
).astype(np.float32)
