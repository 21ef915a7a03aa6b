"""Mirror, shoulder, mirror: checks that follow each other are not one long look, even without the road in between."""

import math
from collections.abc import Set
from typing import Final

from driver_monitor.parameter import judged
from driver_monitor.signals.filters import MAX_STEP_S
from driver_monitor.signals.intent import TURN_LOOK_S
from driver_monitor.signals.zones import TRANSIT_S
from driver_monitor.state.zone import ROAD, UNKNOWN

DWELL_S: Final = judged(0.3, "a mirror crossed on the way is not checked")
CHECK_S: Final = judged(
    2.4, "the 99th percentile of mirror checks, 2 s, and the head's way on: it leads through the mirror"
)
MIRROR_BEFORE_S: Final = judged(
    3.0, "a blind spot is checked this soon after a mirror, with a look ahead in between or not"
)
SCAN_S: Final = judged(5.0, "mirror, shoulder, mirror take three to four; nobody drives for longer without the road")


class Scan:
    """A check is a look of up to CHECK_S at a mirror or the cluster, or soon after one of them at the blind spot. Two
    and more of them, each at another target than the one before, are a scan, up to SCAN_S off the road. One target
    alone, however often left for a moment, is none; neither is a glance that has also been at anything else for longer
    than the way from one check to the next takes.
    """

    def __init__(self, mirrors: Set[str], blind_spots: Set[str]) -> None:
        """Names of zones; the cluster counts as a mirror."""
        self._mirrors, self._blind_spots = mirrors, blind_spots
        self._at = ""  # the last zone known
        self._check = ""  # the last mirror or blind spot looked at, and for how long, flickers to elsewhere left out
        self._dwell_s = 0.0
        self._mirror_ago_s = math.inf
        self._start_again()

    def _start_again(self) -> None:
        self._target = ""
        self._targets = 0
        self._look_s = self._other_s = 0.0  # on the target, and since then on what is no check
        self._spoilt = False

    def update(self, step_s: float, zone: str, glance_s: float, *, seen: bool = True, indicated: bool = False) -> bool:
        """Whether the driver is scanning. ``glance_s`` is how long this glance has lasted, flickers of road included; 0
        where there is none. What is not ``seen`` stands still. ``indicated``: it has been to the side that the
        car is to take, which needs no second target and may take TURN_LOOK_S."""
        step_s = min(max(step_s, 0.0), MAX_STEP_S) if seen else 0.0
        if not glance_s:
            self._start_again()
        zone = self._at if zone == UNKNOWN else zone  # a face lost over the shoulder is where it was
        self._dwell(step_s, zone, confirmed=glance_s > 0)
        self._at = zone
        if zone == self._target:
            self._look_s += step_s
        elif zone in self._mirrors or (self._mirror_ago_s <= MIRROR_BEFORE_S and zone in self._blind_spots):
            if self._dwell_s >= DWELL_S:
                self._target, self._targets = zone, self._targets + 1
                self._look_s, self._other_s = self._dwell_s, 0.0
        elif zone != ROAD:
            self._other_s += step_s
        self._spoilt |= self._look_s > CHECK_S or self._other_s > TRANSIT_S
        return (indicated and glance_s < TURN_LOOK_S) or (self._targets > 1 and not self._spoilt and glance_s < SCAN_S)

    def _dwell(self, step_s: float, zone: str, *, confirmed: bool) -> None:
        """A glance counts from its first frame, and is a glance only once it is ``confirmed``: by then a short look at
        the mirror may be over."""
        if zone == self._check:
            self._dwell_s += step_s if self._at == zone else 0.0
        elif zone in self._mirrors or zone in self._blind_spots:
            self._check, self._dwell_s = zone, 0.0
        elif not confirmed:
            self._check, self._dwell_s = "", 0.0
        seen = self._check in self._mirrors and self._dwell_s >= DWELL_S
        self._mirror_ago_s = 0.0 if seen else self._mirror_ago_s + step_s
