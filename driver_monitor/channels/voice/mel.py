"""Sound as the voice net takes it: the logarithm of 40 mel bands, a hundred times a second."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.parameter import defined, judged, paper

RATE_HZ: Final = defined(16_000, "samples a second, one channel", "what silero-vad and the voice net take")
BANDS: Final = defined(40, "mel bands", "models/voice.md", unit="count")
FRAME: Final = defined(512, "samples that one spectrum is of: 32 ms", "models/voice.md", unit="count")
HOP: Final = defined(160, "samples from one spectrum to the next: 10 ms", "models/voice.md", unit="count")
LOWEST_HZ: Final = judged(60.0, "lower edge of the lowest band: below it is the car, not the voice")
HIGHEST_HZ: Final = judged(7600.0, "upper edge of the highest band")
MEL_STEP: Final = paper(2595.0, "mel to a power of ten of frequency", "O'Shaughnessy 1987", unit="mel")
MEL_KNEE_HZ: Final = paper(700.0, "where the mel scale turns from straight to logarithmic", "O'Shaughnessy 1987")
SILENCE_POWER: Final = judged(1e-10, "added to each band, so that silence has a logarithm: -100 dB", unit="share")


def mel(hz: NDArray[np.floating[Any]] | float) -> NDArray[np.float64]:
    """Frequency on the mel scale."""
    return MEL_STEP * np.log10(1.0 + np.asarray(hz, dtype=np.float64) / MEL_KNEE_HZ)


def filters() -> NDArray[np.float32]:
    """Triangles [spectrum bins, BANDS], each with its peak at 1 where its neighbours end."""
    edges = np.linspace(mel(LOWEST_HZ), mel(HIGHEST_HZ), BANDS + 2)
    bins = mel(np.fft.rfftfreq(FRAME, 1.0 / RATE_HZ))[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.clip(np.minimum(rising, falling), 0.0, None).astype(np.float32)


_FILTERS: Final = filters()
_WINDOW: Final = np.hanning(FRAME).astype(np.float32)
_SCALE: Final = np.float32(1.0 / (_WINDOW.sum() / 2) ** 2)


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Natural logarithms of power [frames, BANDS] of ``samples`` (full scale 1); frames of 32 ms every 10 ms.

    A sine at full scale has power 1 in its band. Less than FRAME samples give no frame.
    """
    if len(samples) < FRAME:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP] * _WINDOW
    power = np.abs(np.fft.rfft(frames, axis=1)).astype(np.float32) ** 2 * _SCALE
    return np.log(power @ _FILTERS + np.float32(SILENCE_POWER))
