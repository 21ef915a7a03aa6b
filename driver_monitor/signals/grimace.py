"""Tension in a face whose eyes shut: crying, laughing, sneezing, wincing and yawning are not sleep."""

from typing import Final

from driver_monitor.signals.eyes import EyeState
from driver_monitor.signals.filters import FirstOrder
from driver_monitor.signals.ramp import ramp

REST_TAU_S: Final = 2.0  # what the face was like over the last seconds with open eyes
EASE_TAU_S: Final = 0.2
# Inner lips over mouth width: speech stays under 0.4, yawns reach 0.6 and more; a sleeper's jaw falls by less.
WIDE_MOUTH: Final = (0.4, 0.6)
PRIOR_REST: Final = 0.05  # smile and lowered brow of a resting face, until a few seconds of it have been seen


def wide(mouth_opening: float) -> float:
    """How far a mouth is open as in a yawn or a shout, 0..1: eyes narrow and shut with it."""
    return ramp(mouth_opening, *WIDE_MOUTH)


class GrimaceMeter:
    """Compares smile and brow with what they were while the eyes were open, and holds the most of one closure.

    Relative to the moments before, so that a driver who always smiles can fall asleep; held through the closure, for
    sleep does not begin with a grimace, and a hand that comes up hides the mouth.
    """

    def __init__(self) -> None:
        self._smile, self._brow = FirstOrder(REST_TAU_S), FirstOrder(REST_TAU_S)
        self._now = FirstOrder(EASE_TAU_S)
        self._smile.value = self._brow.value = PRIOR_REST
        self._most = 0.0

    def update(self, eyes: EyeState, smile: float, brow_down: float, mouth_opening: float, step_s: float) -> float:
        """Blendshapes 0..1 and the mouth's opening in; tension over rest, 0..1, out."""
        if eyes is EyeState.OPEN:
            self._smile.update(smile, step_s)
            self._brow.update(brow_down, step_s)
        rest_smile, rest_brow = self._smile.value or 0.0, self._brow.value or 0.0
        now = self._now.update(max(wide(mouth_opening), smile - rest_smile, brow_down - rest_brow), step_s) or 0.0
        self._most = max(self._most, now) if eyes is EyeState.CLOSED else now
        return self._most
