"""What a look is at: the names of zones that are no setting, and what a look means for driving."""

from enum import StrEnum
from typing import Final

ROAD: Final = "road"
ELSEWHERE: Final = "elsewhere"
UNKNOWN: Final = "unknown"


class Gaze(StrEnum):
    """What a look is at, as far as driving goes."""

    ROAD = "road"
    DRIVING_TASK = "driving_task"  # a mirror or the cluster: off the road, and part of driving
    AWAY = "away"
    UNKNOWN = "unknown"
