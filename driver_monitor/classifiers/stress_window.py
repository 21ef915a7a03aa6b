"""Half a minute of a driver's face, summed up: the stress net's input, made the same way in training and in the car."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.parameter import defined, judged
from driver_monitor.state.signals import Signals

EXPRESSIONS: Final = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
MUSCLES: Final = ("brow_down", "brow_inner_up", "mouth_press", "mouth_frown", "smile")
BEHAVIOUR: Final = ("blink_rate_per_min", "head_motion_deg_s")

# One sample of a moment: float [15], NaN where unknown.
SAMPLE: Final = (*EXPRESSIONS, *MUSCLES, *BEHAVIOUR)

# The net's input: means over the window, the share of time in which anger was the likeliest expression, the 90th
# percentile of the lowered brow, and heart values as natural logarithms of their ratio to the driver's own rest.
FEATURES: Final = (
    *EXPRESSIONS, "angry_share", *MUSCLES, "brow_down_peak", *BEHAVIOUR, "heart_rate", "rmssd", "sdnn",
)  # fmt: skip
FACE: Final = slice(0, FEATURES.index("brow_down_peak") + 1)
HEART: Final = slice(FEATURES.index("heart_rate"), len(FEATURES))

MIN_KNOWN: Final = judged(0.5, "a value unknown for longer than half the window is unknown as a whole", unit="share")
BROW_PEAK_PERCENT: Final = defined(90, "percentile of the lowered brow", "models/stress.onnx", unit="%")

_ANGRY: Final = EXPRESSIONS.index("angry")
_BROW_DOWN: Final = SAMPLE.index("brow_down")
_FACE_COLUMNS: Final = slice(0, len(EXPRESSIONS))
_MEANS: Final = [FEATURES.index(name) for name in SAMPLE]
_ANGRY_SHARE: Final = FEATURES.index("angry_share")
_BROW_PEAK: Final = FEATURES.index("brow_down_peak")


def sample(signals: Signals, expression: dict[str, float] | None) -> list[float]:
    """One moment as in SAMPLE. The face's muscles count only against the driver's own resting face."""
    unknown = float("nan")
    faces = [unknown] * len(EXPRESSIONS) if expression is None else [expression[name] for name in EXPRESSIONS]
    values = [getattr(signals, name) for name in (*MUSCLES, *BEHAVIOUR)]
    if signals.baseline != "driver":
        values[: len(MUSCLES)] = [None] * len(MUSCLES)
    return faces + [unknown if value is None else float(value) for value in values]


def summarise(samples: NDArray[np.float64], expected: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """``window`` and ``mask``, float32 [len(FEATURES)] each, of ``samples`` [n, len(SAMPLE)] (evenly spaced).

    A value counts as known when more than MIN_KNOWN of ``expected`` samples have it (with gaps in time, ``expected`` is
    more than n). Unknown values are 0 with mask 0; the heart is always unknown so far.
    """
    window = np.zeros(len(FEATURES), dtype=np.float32)
    mask = np.zeros(len(FEATURES), dtype=np.float32)
    known = np.isfinite(samples)
    count = known.sum(axis=0)
    enough = count >= max(1.0, MIN_KNOWN * expected)
    mean = np.where(known, samples, 0.0).sum(axis=0) / np.maximum(count, 1)
    window[_MEANS], mask[_MEANS] = np.where(enough, mean, 0.0), enough
    if enough[_ANGRY]:
        faces = samples[known[:, _ANGRY], _FACE_COLUMNS]
        window[_ANGRY_SHARE], mask[_ANGRY_SHARE] = (faces.argmax(axis=1) == _ANGRY).mean(), 1.0
    if enough[_BROW_DOWN]:
        window[_BROW_PEAK] = np.percentile(samples[known[:, _BROW_DOWN], _BROW_DOWN], BROW_PEAK_PERCENT)
        mask[_BROW_PEAK] = 1.0
    return window, mask
