"""What a tracker adds to the truth: jitter that lasts a few frames, single wild frames, moments without a face.

Everything comes from one seed and depends on time, not on the number of frames.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHANNELS = ("yaw", "pitch", "roll", "ear_left", "ear_right", "iris", "rise", "mouth", "contrast")


@dataclass(frozen=True, slots=True)
class NoiseLevel:
    """Standard deviations of the jitter, and how often tracking fails.

    The defaults are some times worse than FaceLandmarker on steady indoor clips (frame-to-frame 0.05 to 0.35 deg of
    yaw, 0.001 to 0.004 of EAR), as a shaking car is. ``tau_s`` is how long an error lasts. ``wild_deg`` is the size of
    the head-pose error of a wild frame.
    """

    yaw_deg: float = 0.7
    pitch_deg: float = 0.7
    roll_deg: float = 0.4
    ear: float = 0.012
    iris: float = 0.010
    mouth: float = 0.015
    contrast: float = 0.03
    tau_s: float = 0.12
    dropouts_per_min: float = 1.0
    dropout_s: float = 0.25
    wild_per_min: float = 0.5
    wild_deg: float = 12.0

    @property
    def scales(self) -> NDArray[np.float64]:
        """In the order of CHANNELS."""
        return np.array([
            self.yaw_deg, self.pitch_deg, self.roll_deg, self.ear, self.ear, self.iris, 0.6 * self.iris, self.mouth,
            self.contrast,
        ])  # fmt: skip


STILL = NoiseLevel(
    yaw_deg=0, pitch_deg=0, roll_deg=0, ear=0, iris=0, mouth=0, contrast=0, dropouts_per_min=0, wild_per_min=0
)


@dataclass(frozen=True, slots=True)
class Disturbance:
    """One frame's errors by channel; ``lost`` frames have no face."""

    lost: bool
    errors: dict[str, float]


class MeasurementNoise:
    """Asked once a frame, in order of time."""

    def __init__(self, level: NoiseLevel, duration_s: float, seed: int) -> None:
        self._level = level
        self._rng = np.random.default_rng((seed, 7))
        self._state = self._rng.normal(0, 1, len(CHANNELS))
        self._last_s = 0.0
        rng = np.random.default_rng((seed, 8))
        holes = rng.poisson(level.dropouts_per_min * duration_s / 60)
        starts = np.sort(rng.uniform(0, duration_s, holes))
        self._holes = list(zip(starts, starts + rng.exponential(level.dropout_s, holes), strict=True))
        self._wild = list(np.sort(rng.uniform(0, duration_s, rng.poisson(level.wild_per_min * duration_s / 60))))

    def at(self, t_s: float) -> Disturbance:
        keep = math.exp(-max(t_s - self._last_s, 0.0) / self._level.tau_s)
        fresh = self._rng.normal(0, 1, len(CHANNELS))
        self._state = keep * self._state + math.sqrt(1 - keep * keep) * fresh
        self._last_s = t_s
        errors = dict(zip(CHANNELS, (self._state * self._level.scales).tolist(), strict=True))
        while self._wild and self._wild[0] <= t_s:
            self._wild.pop(0)
            errors["yaw"] += self._level.wild_deg * float(fresh[0])
            errors["pitch"] += self._level.wild_deg * float(fresh[1])
        while self._holes and self._holes[0][1] < t_s:
            self._holes.pop(0)
        return Disturbance(bool(self._holes) and self._holes[0][0] <= t_s, errors)
