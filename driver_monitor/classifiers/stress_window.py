"""A driver's face over half a minute, and heart, voice and restlessness over minutes: the stress net's input.

It is made the same way in training and in the car.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.own_rest import OwnRest
from driver_monitor.classifiers.stress_inputs import MUSCLES, StressInputs
from driver_monitor.parameter import defined, judged, measured

EXPRESSIONS: Final = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")

# One sample of a face: float [12], NaN where unknown.
SAMPLE: Final = (*EXPRESSIONS, *MUSCLES)

# The net's input. Of the face: means over the window, the share of time in which anger was the likeliest expression,
# the 90th percentile of the lowered brow. Of the other channels: how far they are above the driver's own rest, the
# heart rate in the driver's reaches, RMSSD, SDNN and restlessness as natural logarithms, the voice as it is.
FEATURES: Final[tuple[str, ...]] = (
    *EXPRESSIONS, "angry_share", *MUSCLES, "brow_down_peak", "heart_rate", "rmssd", "sdnn",
    "voice_arousal", "voice_anger", "head_restlessness", "body_restlessness",
)  # fmt: skip
FACE: Final = slice(0, FEATURES.index("heart_rate"))
HEART: Final = slice(FEATURES.index("heart_rate"), FEATURES.index("voice_arousal"))
VOICE: Final = slice(FEATURES.index("voice_arousal"), FEATURES.index("head_restlessness"))
RESTLESSNESS: Final = slice(FEATURES.index("head_restlessness"), len(FEATURES))
# What may speak by itself; restlessness only adds to it.
EVIDENCE: Final = slice(0, VOICE.stop)

MIN_KNOWN: Final = judged(0.5, "a value unknown for longer than half the window is unknown as a whole", unit="share")
BROW_PEAK_PERCENT: Final = defined(90, "percentile of the lowered brow", "models/stress.onnx", unit="%")
HEART_KNOWN_S: Final = judged(30.0, "of a minute, so that it counts for heart or restlessness")
SPOKEN_S: Final = judged(3.0, "of speech in a minute, so that it counts for the voice")
HEART_MEMORY_MIN: Final = measured(
    4,
    "of heart that are averaged",
    "scripts/evaluate stress: balanced accuracy 0.94, a minute alone 0.89",
    unit="min",
)
LEAST_MOTION: Final = judged(0.1, "less restlessness than this is none", unit="deg/s, deg")

_ANGRY: Final = EXPRESSIONS.index("angry")
_BROW_DOWN: Final = SAMPLE.index("brow_down")
_FACE_COLUMNS: Final = slice(0, len(EXPRESSIONS))
_MEANS: Final = [FEATURES.index(name) for name in SAMPLE]
_ANGRY_SHARE: Final = FEATURES.index("angry_share")
_BROW_PEAK: Final = FEATURES.index("brow_down_peak")


def sample(inputs: StressInputs) -> list[float]:
    """One moment of a face as in SAMPLE."""
    unknown = float("nan")
    faces = inputs.expression
    muscles = [getattr(inputs, name) for name in MUSCLES]
    return [
        *([unknown] * len(EXPRESSIONS) if faces is None else [faces[name] for name in EXPRESSIONS]),
        *(unknown if value is None else float(value) for value in muscles),
    ]


def summarise(samples: NDArray[np.float64], expected: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """``window`` and ``mask``, float32 [len(FEATURES)] each, of ``samples`` [n, len(SAMPLE)] (evenly spaced).

    A value counts as known when more than MIN_KNOWN of ``expected`` samples have it (with gaps in time, ``expected`` is
    more than n). Unknown values are 0 with mask 0, and so is all that is not of the face.
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


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean())


def _mean_logarithm(values: NDArray[np.float64]) -> float:
    return float(np.log(values).mean())


def _motion(values: NDArray[np.float64]) -> float:
    return math.log(max(float(values.mean()), LEAST_MOTION))


def _spread(values: NDArray[np.float64]) -> float:
    return math.log(max(float(values.std()), LEAST_MOTION))


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a feature is read off an input: see :class:`OwnRest`."""

    source: str
    summary: Callable[[NDArray[np.float64]], float]
    known_s: float = HEART_KNOWN_S
    memory: int = 1

    def begin(self) -> OwnRest:
        return OwnRest(self.summary, self.known_s, self.memory)


_READINGS: Final = {
    "heart_rate": _Reading("heart_rate_bpm", _mean_logarithm, memory=HEART_MEMORY_MIN),
    "rmssd": _Reading("rmssd_ms", _mean_logarithm, memory=HEART_MEMORY_MIN),
    "sdnn": _Reading("sdnn_ms", _mean_logarithm, memory=HEART_MEMORY_MIN),
    "voice_arousal": _Reading("voice_arousal", _mean, known_s=SPOKEN_S),
    "voice_anger": _Reading("voice_anger", _mean, known_s=SPOKEN_S),
    "head_restlessness": _Reading("head_motion_deg_s", _motion),
    "body_restlessness": _Reading("lean_deg", _spread),
}


class Channels:
    """What is not of the face, against the driver's own rest: ``features`` has what is known, by name.

    A channel whose rest was never seen stays unknown.
    """

    def __init__(self) -> None:
        self._own: Final[Mapping[str, OwnRest]] = {name: reading.begin() for name, reading in _READINGS.items()}

    def add(self, t_s: float, inputs: StressInputs) -> None:
        for name, own in self._own.items():
            own.add(t_s, getattr(inputs, _READINGS[name].source))

    def features(self) -> dict[str, float]:
        found = {}
        for name, own in self._own.items():
            if own.now is not None and own.rest is not None:
                found[name] = own.rest.scaled(own.now) if name == "heart_rate" else own.now - own.rest.level
        return found

    def fill(self, window: NDArray[np.float32], mask: NDArray[np.float32]) -> None:
        """Puts what is known into ``window`` and ``mask`` [len(FEATURES)]."""
        for name, value in self.features().items():
            window[FEATURES.index(name)], mask[FEATURES.index(name)] = value, 1.0
