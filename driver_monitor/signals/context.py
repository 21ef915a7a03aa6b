"""What the parts share of a frame: its time, the face, and what is normal for the driver."""

from dataclasses import dataclass

from driver_monitor.signals.intent import Way
from driver_monitor.signals.measures import FaceMeasures
from driver_monitor.signals.normal import Normal


@dataclass(frozen=True, slots=True)
class FrameContext:
    """``step_s`` is since the frame before, ``face`` None where there is none, ``covered`` says that a hand is before
    the mouth, ``known`` that ``normal`` is the driver's own; ``driver_epoch`` is the baseline's; ``way`` is where
    the car is about to go."""

    t_s: float
    step_s: float
    fps: float | None
    face: FaceMeasures | None
    covered: bool
    normal: Normal
    known: bool
    driver_epoch: int
    way: Way = Way.AHEAD
