"""Steering reversals: how often the driver turns the wheel back.

Markkula & Engström (2006), "A steering wheel reversal rate metric for assessing effects of visual and cognitive
secondary task load": the angle is smoothed, and the wheel reverses where it has come back by the gap from its last
turning point. Tired drivers correct less often, and then by more (Thiffault & Bergeron 2003), so their large reversals
rise. Roads differ more than drivers do, so the rate counts only against the driver's own.
"""

import math
from collections import deque
from typing import Final

from driver_monitor.parameter import judged, paper
from driver_monitor.state.steering import SteeringSignals
from driver_monitor.state.terms import GAP_S

GAP_DEG: Final = paper(3.0, "a wheel that comes back by less has not reversed", "Markkula & Engström 2006: 3 deg")
CUTOFF_HZ: Final = paper(0.6, "the angle is smoothed to below this", "Markkula & Engström 2006: 0.6 Hz")
FROM_KMH: Final = judged(50.0, "below, bends and junctions steer, not the driver's state")
RATE_S: Final = judged(180.0, "the rate is that of so long above FROM_KMH")
LEAST_S: Final = judged(60.0, "it takes so long of it to tell a rate")
OWN_S: Final = judged(600.0, "the first of it is the driver's own: nobody is tired at once, as a rule")
LEAST_OWN_PER_MIN: Final = judged(
    2.0, "an own rate below this counts as this: nothing is twice of nothing", unit="1/min"
)


class SteeringChannel:
    """Feed it every frame's angle. Time is counted only while the angle is known and the car is fast enough."""

    def __init__(self) -> None:
        self.new_driver()

    def new_driver(self) -> None:
        """What was learned of the last driver is void."""
        self._t_s = math.nan
        self._own = self._own_s = 0.0
        self.driven_s = 0.0  # with a known angle, fast enough
        self.reversals = 0  # in all of it
        self._reversed: deque[float] = deque()  # in driven time
        self._lost()

    def _lost(self) -> None:
        self._smooth: float | None = None
        self._turned = self._way = 0.0

    def update(self, t_s: float, angle_deg: float | None, kmh: float | None) -> SteeringSignals:
        step_s, self._t_s = t_s - self._t_s, t_s
        if angle_deg is None or kmh is None or kmh < FROM_KMH or not 0 < step_s <= GAP_S:
            self._lost()
        else:
            self._drive(step_s, self._reverses(step_s, angle_deg))
        return self._signals(known=angle_deg is not None)

    def _drive(self, step_s: float, reverses: bool) -> None:
        self.driven_s += step_s
        if self._own_s < OWN_S:
            self._own_s += step_s
            self._own += reverses
        if reverses:
            self.reversals += 1
            self._reversed.append(self.driven_s)
        while self._reversed and self.driven_s - self._reversed[0] > RATE_S:
            self._reversed.popleft()

    def _reverses(self, step_s: float, angle_deg: float) -> bool:
        """Whether the wheel has now come back by the gap from where it last turned."""
        if self._smooth is None:
            self._smooth = self._turned = angle_deg
            return False
        share = 1 - math.exp(-2 * math.pi * CUTOFF_HZ * step_s)
        self._smooth += share * (angle_deg - self._smooth)
        moved = self._smooth - self._turned
        if moved * self._way > 0 or (not self._way and abs(moved) >= GAP_DEG):
            self._turned, self._way = self._smooth, math.copysign(1.0, moved)
        elif self._way and abs(moved) >= GAP_DEG:
            self._turned, self._way = self._smooth, -self._way
            return True
        return False

    def _signals(self, *, known: bool) -> SteeringSignals:
        window_s = min(RATE_S, self.driven_s)
        if not known or window_s < LEAST_S:
            return SteeringSignals()
        rate = len(self._reversed) * 60 / window_s
        if self._own_s < OWN_S:
            return SteeringSignals(rate)
        own = max(LEAST_OWN_PER_MIN, self._own * 60 / self._own_s)
        return SteeringSignals(rate, rate / own)
