"""Gaze zones: names for the directions a driver looks in, and what a look there means."""

import math
from collections.abc import Iterable
from typing import Final

from driver_monitor.config.signals import GazeConfig
from driver_monitor.parameter import judged
from driver_monitor.state.zone import ELSEWHERE, ROAD, UNKNOWN, Gaze

# A gaze along a rim must not flutter. Zones are left beyond their rims; the road is left at its rim and reached again
# inside it: when in doubt the gaze is off the road.
HELD_REACH: Final = judged(1.1, "to its rim, beyond which a zone is left", unit="ratio")
ROAD_AGAIN: Final = judged(0.93, "to its rim, within which the road is reached again", unit="ratio")
TRANSIT_S: Final = judged(0.5, "on its way to a mirror and back a look may cross other things for so long")


class ZoneMap:
    """Ellipses around directions, in degrees from the driver's road centre."""

    def __init__(self, config: GazeConfig, *, seat: str = "left") -> None:
        """``seat`` right mirrors the zones in yaw: they are given for a left-hand-drive car."""
        side = 1.0 if seat == "left" else -1.0
        named = {(name if side > 0 else mirrored(name)): zone for name, zone in config.zones.items()}
        self._zones = [(ROAD, 0.0, 0.0, config.road_half_width_deg, config.road_half_height_deg)]
        self._zones += [
            (name, side * z.yaw_deg, z.pitch_deg, z.half_width_deg, z.half_height_deg) for name, z in named.items()
        ]
        self._centres = {name: (yaw, pitch) for name, yaw, pitch, *_ in self._zones}
        self.driving_task = frozenset(name for name, zone in named.items() if zone.driving_task)

    def zone(self, yaw_deg: float, pitch_deg: float, held: str = "") -> str:
        """The zone whose ellipse holds the direction, the relatively nearest centre where several do.

        ``held`` is the zone of the last look, empty where there was none.
        """
        best, best_distance = ELSEWHERE, 1.0
        for name, yaw, pitch, half_width, half_height in self._zones:
            distance = math.hypot((yaw_deg - yaw) / half_width, (pitch_deg - pitch) / half_height)
            if name == ROAD:
                distance /= 1.0 if held in ("", ROAD) else ROAD_AGAIN
            elif name == held:
                distance /= HELD_REACH
            if distance <= best_distance:
                best, best_distance = name, distance
        return best

    def beside(self, names: Iterable[str], *, left: bool) -> frozenset[str]:
        """Those of the zones that are to the side, beyond the road ahead."""
        sign, road_deg = (1.0 if left else -1.0), self._zones[0][3]
        return frozenset(name for name in names if sign * self._centres[name][0] > road_deg)

    def below(self, pitch_deg: float) -> frozenset[str]:
        """The zones whose centre is that low."""
        return frozenset(name for name, (_, pitch) in self._centres.items() if pitch <= pitch_deg)

    def gaze(self, zone: str) -> Gaze:
        if zone == ROAD:
            return Gaze.ROAD
        if zone == UNKNOWN:
            return Gaze.UNKNOWN
        return Gaze.DRIVING_TASK if zone in self.driving_task else Gaze.AWAY


def mirrored(name: str) -> str:
    """A zone's name in the mirror image of the car: left_mirror <-> right_mirror."""
    for here, there in (("left_", "right_"), ("right_", "left_")):
        if name.startswith(here):
            return there + name.removeprefix(here)
    return name
