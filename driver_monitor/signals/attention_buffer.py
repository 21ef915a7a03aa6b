"""AttenD: attention as a buffer that looks away from the road drain (Kircher & Ahlstrom 2009, 2013)."""

from typing import Final

from driver_monitor.parameter import judged, paper
from driver_monitor.signals.filters import MAX_STEP_S
from driver_monitor.signals.zones import TRANSIT_S
from driver_monitor.state.zone import Gaze

FULL_S: Final = paper(2.0, "attention that a look at the road fills up to", "AttenD: a buffer of 2 s")
REFILL_LATENCY_S: Final = judged(0.1, "eyes that come back need this long before they take anything in")
TASK_FREE_S: Final = paper(
    1.0, "a look at a mirror or the cluster costs nothing for so long", "AttenD: the first second is free"
)


class AttentionBuffer:
    """2 s when full; drains by a second a second off the road, refills as fast on it.

    The free second at mirrors and the cluster is given once for each return to the road: going from one to the other
    does not renew it, and a look that has been at something else goes on draining. Closed eyes are AWAY; a gaze that is
    not known leaves the buffer as it is.
    """

    def __init__(self) -> None:
        self.left_s = FULL_S
        self._free_s = TASK_FREE_S
        self._road_s = self._other_s = 0.0

    def update(self, step_s: float, gaze: Gaze) -> float:
        """What is left, seconds, 0..2, after ``step_s`` of this gaze."""
        if not 0.0 <= step_s <= MAX_STEP_S or gaze is Gaze.UNKNOWN:
            return self.left_s
        before_s, self._road_s = self._road_s, self._road_s + step_s if gaze is Gaze.ROAD else 0.0
        if gaze is Gaze.ROAD:
            refill_s = max(0.0, self._road_s - REFILL_LATENCY_S) - max(0.0, before_s - REFILL_LATENCY_S)
            self.left_s = min(FULL_S, self.left_s + refill_s)
            if self._road_s >= REFILL_LATENCY_S:
                self._free_s, self._other_s = TASK_FREE_S, 0.0
        elif gaze is Gaze.DRIVING_TASK and self._other_s <= TRANSIT_S:
            free_s = min(self._free_s, step_s)
            self._free_s -= free_s
            self.left_s = max(0.0, self.left_s - (step_s - free_s))
        else:
            self._other_s += step_s
            self.left_s = max(0.0, self.left_s - step_s)
        return self.left_s
