"""What a driver does without meaning to: blinks, sway of the head, the rhythm of speech. All from one seed."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.simulate.actions import Blink

# About 17 a minute; intervals are skewed (Bentivoglio et al. 1997: 17 a minute at rest).
BLINK_EVERY_S: Final = 3.3
BLINK_SPREAD: Final = 0.45
SWAY_DEG: Final = {"yaw": 0.9, "pitch": 0.6, "roll": 0.5}
SWAY_SHARE: Final = 0.003  # of the picture's height


def natural_blinks(duration_s: float, seed: int, taken: Sequence[tuple[float, float]]) -> list[Blink]:
    """Blinks over a drive, none within 0.5 s of the stretches ``taken`` (start, end) by scripted closures."""
    rng = np.random.default_rng((seed, 1))
    blinks, t = [], float(rng.uniform(0.8, 3.0))
    while t < duration_s - 0.5:
        hold = float(np.clip(rng.normal(0.14, 0.02), 0.11, 0.20))
        if all(t + hold + 0.65 < start or t > end + 0.5 for start, end in taken):
            blinks.append(Blink.model_validate({"do": "blink", "t": round(t, 4), "for": round(hold, 4)}))
        t += max(0.9, BLINK_EVERY_S * float(rng.lognormal(-(BLINK_SPREAD**2) / 2, BLINK_SPREAD)))
    return blinks


class Sway:
    """Slow wandering of the head: a sum of sines with seeded phases."""

    def __init__(self, seed: int, height_px: int) -> None:
        rng = np.random.default_rng((seed, 2))
        self._hz: NDArray[np.float64] = rng.uniform(0.04, 0.4, (5, 4))
        self._phase: NDArray[np.float64] = rng.uniform(0, 2 * np.pi, (5, 4))
        size = SWAY_SHARE * height_px
        self._size = np.array([SWAY_DEG["yaw"], SWAY_DEG["pitch"], SWAY_DEG["roll"], size, size]) / np.sqrt(2)

    def at(self, t_s: float) -> tuple[float, float, float, float, float]:
        """Yaw, pitch, roll in degrees; right and down in pixels."""
        yaw, pitch, roll, right, down = np.sin(2 * np.pi * self._hz * t_s + self._phase).sum(axis=1) * self._size
        return float(yaw), float(pitch), float(roll), float(right), float(down)


class Speech:
    """Jaw openings of syllables, 0..1, with pauses between phrases."""

    def __init__(self, syllables_hz: float, seed: int, index: int) -> None:
        self._hz = syllables_hz
        self._seed = (seed, 3, index)
        rng = np.random.default_rng(self._seed)
        self._open = rng.uniform(0.25, 1.0, 4096)
        self._open[rng.random(4096) < 0.12] = 0.0

    def at(self, since_s: float) -> float:
        syllable, share = divmod(since_s * self._hz, 1.0)
        pause = int(syllable / self._hz / 2.5) % 4 == 3 and (syllable / self._hz) % 2.5 < 0.8
        return 0.0 if pause else float(self._open[int(syllable) % 4096] * np.sin(np.pi * share) ** 2)
