"""First-order filters with time constants in seconds, so that results do not depend on the frame rate."""

import math
from typing import Final

from driver_monitor.parameter import judged

MAX_STEP_S: Final = judged(0.5, "a longer step between frames is a hole: nobody looked")


class FirstOrder:
    """Exponential smoothing; the first value is taken as it is, a missing one leaves the state alone."""

    __slots__ = ("_tau_s", "value")

    def __init__(self, tau_s: float) -> None:
        self._tau_s = tau_s
        self.value: float | None = None

    def update(self, value: float | None, step_s: float) -> float | None:
        if value is not None:
            if self.value is None or self._tau_s <= 0:
                self.value = value
            else:
                self.value += (value - self.value) * -math.expm1(-step_s / self._tau_s)
        return self.value

    def reset(self) -> None:
        self.value = None
