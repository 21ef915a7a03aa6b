"""Tension in a face whose eyes shut: crying, laughing, sneezing and wincing are not sleep."""

from typing import Final

from driver_monitor.signals.eyes import EyeState
from driver_monitor.signals.filters import FirstOrder

REST_TAU_S: Final = 2.0  # what the face was like over the last seconds with open eyes
EASE_TAU_S: Final = 0.2
PRIOR_REST: Final = 0.05  # smile and lowered brow of a resting face, until a few seconds of it have been seen


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

    def update(self, eyes: EyeState, smile: float, brow_down: float, step_s: float) -> float:
        """Blendshapes 0..1 in; tension over rest, 0..1, out."""
        if eyes is EyeState.OPEN:
            self._smile.update(smile, step_s)
            self._brow.update(brow_down, step_s)
        rest_smile, rest_brow = self._smile.value or 0.0, self._brow.value or 0.0
        now = self._now.update(max(0.0, smile - rest_smile, brow_down - rest_brow), step_s) or 0.0
        self._most = max(self._most, now) if eyes is EyeState.CLOSED else now
        return self._most
