"""Tension in a face whose eyes close: crying, laughing, sneezing, wincing and yawning are not sleep."""

import math
from typing import Final

from driver_monitor.parameter import judged
from driver_monitor.signals.eyes import EyeState
from driver_monitor.signals.filters import FirstOrder
from driver_monitor.signals.ramp import ramp

REST_TAU_S: Final = judged(2.0, "time constant of the face with open eyes that a grimace is compared with")
EASE_TAU_S: Final = judged(0.2, "time constant of the grimace")
KEPT_S: Final = judged(
    1.0, "a grimace is kept through a closure for so long after it was last HALF as strong: a sneeze"
)
HALF: Final = judged(0.5, "of its strength, down to which a grimace lasts", unit="share")
FADE_TAU_S: Final = judged(0.7, "time constant of its fading: who smiled and sleeps has no tense face any more")
WIDE_MOUTH: Final = judged(
    (0.4, 0.6), "speech stays under 0.4, yawns reach 0.6 and more; a sleeper's jaw falls by less", unit="mouth widths"
)


def wide(mouth_opening: float) -> float:
    """How far a mouth is open as in a yawn or a shout, 0..1: eyes narrow and close with it."""
    return ramp(mouth_opening, *WIDE_MOUTH)


class GrimaceMeter:
    """Compares smile and brow with what they were while the eyes were open, and remembers the most of a closure.

    Relative to the moments before, so that a driver who always smiles can fall asleep. The first face seen is taken for
    one at rest: such a driver may sleep from the first frame on. A grimace fades once the face has been relaxed for a
    second, but not behind a hand that comes up and hides the mouth.
    """

    def __init__(self) -> None:
        self._smile, self._brow = FirstOrder(REST_TAU_S), FirstOrder(REST_TAU_S)
        self._now = FirstOrder(EASE_TAU_S)
        self._most = 0.0
        self._less_s = 0.0  # how long it has been less than half of that

    def update(
        self, eyes: EyeState, smile: float, brow_down: float, mouth_opening: float, step_s: float, *,
        covered: bool = False,
    ) -> float:  # fmt: skip
        """Blendshapes 0..1 and the mouth's opening in, ``covered`` where a hand is before the mouth; tension over rest,
        0..1, out."""
        if eyes is EyeState.OPEN or self._smile.value is None:
            self._smile.update(smile, step_s)
            self._brow.update(brow_down, step_s)
        rest_smile, rest_brow = self._smile.value or 0.0, self._brow.value or 0.0
        now = self._now.update(max(wide(mouth_opening), smile - rest_smile, brow_down - rest_brow), step_s) or 0.0
        self._most = max(self._most, now) if eyes is EyeState.CLOSED else now
        if now >= HALF * self._most:
            self._less_s = 0.0
        elif not covered:
            self._less_s += step_s
            if self._less_s > KEPT_S:
                self._most += (now - self._most) * -math.expm1(-step_s / FADE_TAU_S)
        return self._most
