"""Whether the camera is covered, or looks into the dark or the sun."""

import math
from typing import Final

from driver_monitor.config.signals import QualityConfig
from driver_monitor.face.observation import FaceObservation
from driver_monitor.parameter import judged

COVER_S: Final = judged(2.0, "a hand or a cloth is over the lens within this time, nightfall takes longer")
LIT_STD: Final = judged(2.0, "to covered_std: a frame with so much in it was no dark one", unit="ratio")


class Lens:
    """Whether an even, dark picture is that of a covered lens or of the night: a lens is covered at once.

    Dark from the first picture on is the night, for all that can be known.
    """

    def __init__(self, config: QualityConfig) -> None:
        self._config = config
        self._lit_s = -math.inf  # when there was last something to be seen
        self._dull_s: float | None = None  # since when there has not

    def cause(self, t_s: float, observation: FaceObservation) -> str:
        """covered, dark, glare, or empty where there is something to be seen."""
        luma, spread = observation.luma_mean, observation.luma_std
        if not math.isfinite(luma + spread):
            return ""
        if spread >= self._config.covered_std:
            self._dull_s = None
            if spread >= LIT_STD * self._config.covered_std:
                self._lit_s = t_s
            return self._light(luma)
        if self._dull_s is None:
            self._dull_s = t_s
        if luma <= self._config.glare_luma and self._dull_s - self._lit_s <= COVER_S:
            return "covered"
        return self._light(luma) or "covered"

    def _light(self, luma: float) -> str:
        if luma < self._config.dark_luma:
            return "dark"
        return "glare" if luma > self._config.glare_luma else ""
