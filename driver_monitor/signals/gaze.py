"""Where the driver looks: head and eyes together, mapped to a named zone."""

import math
from typing import Final

from driver_monitor.config.signals import GazeConfig

EYE_GAIN: Final = 2.4  # eye width over eyeball radius: about 29 mm over 12 mm; extreme glances measure 0.33
MAX_EYE_YAW_DEG: Final = 35.0  # what an eye turns without the head following
EYE_PITCH_GAIN_DEG: Final = 20.0  # a full look-up or look-down blendshape; landmarks alone give a tenth of the angle

LOWERED_LIDS_DEG: Final = 20.0  # lids that cover the eye in a look down: the eyes are at least so far below the head

ROAD: Final = "road"
ELSEWHERE: Final = "elsewhere"
UNKNOWN: Final = "unknown"


EYE_TRUST_YAW_DEG: Final = (20.0, 40.0)  # head yaw towards the camera over which iris landmarks lose their meaning


def eye_trust(head_yaw_deg: float) -> float:
    """How far eye-in-head angles can be believed, 1..0, on a head turned so far from the camera."""
    full, none = EYE_TRUST_YAW_DEG
    return min(1.0, max(0.0, (none - abs(head_yaw_deg)) / (none - full)))


def eye_yaw_deg(iris: float) -> float:
    """Eye-in-head yaw from the iris offset (share of the eye's width, positive to the driver's left)."""
    angle = math.degrees(math.asin(max(-1.0, min(1.0, EYE_GAIN * iris))))
    return max(-MAX_EYE_YAW_DEG, min(MAX_EYE_YAW_DEG, angle))


class ZoneMap:
    """Ellipses around directions, in degrees from the driver's road centre."""

    def __init__(self, config: GazeConfig, *, seat: str = "left") -> None:
        """``seat`` right mirrors the zones in yaw: they are given for a left-hand-drive car."""
        side = 1.0 if seat == "left" else -1.0
        self._zones = [(ROAD, 0.0, 0.0, config.road_half_width_deg, config.road_half_height_deg)]
        self._zones += [
            (
                _mirrored(name) if side < 0 else name,
                side * z.yaw_deg,
                z.pitch_deg,
                z.half_width_deg,
                z.half_height_deg,
            )
            for name, z in config.zones.items()
        ]
        self.driving_task = frozenset(
            _mirrored(name) if side < 0 else name for name, zone in config.zones.items() if zone.driving_task
        )

    def zone(self, yaw_deg: float, pitch_deg: float) -> str:
        """The zone whose ellipse holds the direction, the relatively nearest centre where several do."""
        best, best_distance = ELSEWHERE, 1.0
        for name, yaw, pitch, half_width, half_height in self._zones:
            distance = math.hypot((yaw_deg - yaw) / half_width, (pitch_deg - pitch) / half_height)
            if distance <= best_distance:
                best, best_distance = name, distance
        return best


def _mirrored(name: str) -> str:
    """left_mirror <-> right_mirror: sides are the car's, so they swap when the zones are mirrored."""
    for here, there in (("left_", "right_"), ("right_", "left_")):
        if name.startswith(here):
            return there + name.removeprefix(here)
    return name
