"""How a face went out of sight: turning away, bent down, with closed eyes; or for no reason that can be told.

Most lost faces say nothing about the driver: a hand, the sun, a lens. Only a head that was plainly leaving the range in
which faces can be tracked, or a lapse that was plainly under way, is taken to go on, and for HOLD_S only.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from driver_monitor.parameter import judged, norm
from driver_monitor.signals.eyes import LAPSE_CLOSED_S
from driver_monitor.signals.glances import LAPSE_S
from driver_monitor.signals.head_pose import HeadPose, off_camera_deg
from driver_monitor.signals.seen_time import FLICKER_S

MOVED_S: Final = judged(0.1, "the turn is measured over so long, and at least one frame: it must be under way")
MEMORY_S: Final = judged(0.4, "poses are kept for so long")
TURNING_DEG_S: Final = judged(
    60.0, "a head that leaves turns this fast: looks over the shoulder take it round at 100-200 deg/s"
)
RANGE_DEG: Final = judged(
    50.0, "the nose's angle off the camera: FaceLandmarker follows a head to 50 deg and has lost it at 58"
)
NEAR_RANGE_DEG: Final = judged(40.0, "no mirror check is still under way here at TURNING_DEG_S")
SHOULDER_DEG: Final = judged(110.0, "where a turn to the side is taken to end, from neutral")
LAP_PITCH_DEG: Final = judged(-42.0, "where a look at the lap is taken to end, from neutral")
SEEN_S: Final = judged(0.2, "the last frame with a face must be as recent when it is lost")
HOLD_S: Final = judged(
    2.0 - FLICKER_S, "so long a turn away is held: a blind-spot check takes about a second; after two nobody knows"
)
# Nothing that belongs to driving is more than 30 deg down (R1): a head there that sinks on, be it asleep, is leaving,
# and one that has looked there for a second is in a lapse. Elsewhere it takes LAPSE_S.
LOW_DEG: Final = norm(
    -30.0, "nothing that belongs to driving is further down", "EU 2023/2590 (ADDW): more than 30 deg down"
)
SINKING_DEG_S: Final = judged(20.0, "a head down there that sinks on this fast is leaving, be it asleep")
LAPSE_LOW_S: Final = judged(
    1.0, "a head that has been down there for so long is in a lapse; elsewhere it takes LAPSE_S"
)
COVER_S: Final = judged(1.0, "a frame that goes dark within this time of the loss was on its way to be covered")


@dataclass(frozen=True, slots=True)
class _Pose:
    t_s: float
    head: HeadPose  # from neutral
    off_camera_deg: float

    @property
    def off_road_deg(self) -> float:
        return math.hypot(self.head.yaw_deg, self.head.pitch_deg)


class LastSeen(StrEnum):
    """What the driver was doing when the face was lost."""

    NOTHING = ""
    TURNING_LEFT = "turning_left"
    TURNING_RIGHT = "turning_right"
    TURNING_DOWN = "turning_down"
    LOOKING_AWAY = "looking_away"
    EYES_CLOSED = "closing_eyes"


class Departure:
    """Feed it every frame with a face that can be judged; ask it in every frame without one."""

    def __init__(self) -> None:
        self._poses: deque[_Pose] = deque()
        self._away_s = self._closed_s = 0.0
        self._lost_s: float | None = None
        self.last_seen = LastSeen.NOTHING

    def seen(self, t_s: float, pose: HeadPose, head: HeadPose, *, away_s: float, closed_s: float) -> None:
        """``pose`` is the head towards the camera, ``head`` from neutral; ``away_s`` is how long a look at nothing that
        belongs to driving has lasted, ``closed_s`` how long the eyes have been closed."""
        self._lost_s, self.last_seen = None, LastSeen.NOTHING
        self._away_s, self._closed_s = away_s, closed_s
        self._poses.append(_Pose(t_s, head, off_camera_deg(pose)))
        while t_s - self._poses[0].t_s > MEMORY_S:
            self._poses.popleft()

    def unseen(self, t_s: float, *, blind: bool) -> None:
        """``blind`` says that the monitor cannot see, whatever the driver does: a lost or covered camera, darkness."""
        if self._lost_s is None:
            self._lost_s = t_s
            if not blind:
                self.last_seen = LastSeen.EYES_CLOSED if self._closed_s >= LAPSE_CLOSED_S else self._leaving(t_s)
        elif blind and t_s - self._lost_s <= COVER_S:
            self.last_seen = LastSeen.NOTHING

    def goes_on(self, t_s: float) -> bool:
        """Whether the driver is still taken to do what they were last seen doing."""
        return bool(self.last_seen) and self._lost_s is not None and t_s - self._lost_s <= HOLD_S

    @property
    def direction(self) -> tuple[float, float] | None:
        """Yaw and pitch from neutral, degrees, in which the head is taken to have gone; None where it did not turn."""
        match self.last_seen:
            case LastSeen.TURNING_LEFT:
                return SHOULDER_DEG, 0.0
            case LastSeen.TURNING_RIGHT:
                return -SHOULDER_DEG, 0.0
            case LastSeen.TURNING_DOWN:
                return self._poses[-1].head.yaw_deg, LAP_PITCH_DEG
        return None

    def _leaving(self, t_s: float) -> LastSeen:
        if not self._poses or t_s - self._poses[-1].t_s > SEEN_S:
            return LastSeen.NOTHING
        way = self._turning(t_s)
        low = self._poses[-1].head.pitch_deg <= LOW_DEG
        if way is LastSeen.NOTHING and self._away_s >= (LAPSE_LOW_S if low else LAPSE_S):
            returning = self._speed(lambda pose: -pose.off_road_deg) >= TURNING_DEG_S
            return LastSeen.NOTHING if returning else LastSeen.LOOKING_AWAY
        return way

    def _turning(self, t_s: float) -> LastSeen:
        """Which way the head was turning out of the camera's sight, fast enough to be out by ``t_s``."""
        last = self._poses[-1]
        if last.head.pitch_deg <= LOW_DEG and self._speed(lambda pose: -pose.head.pitch_deg) >= SINKING_DEG_S:
            return LastSeen.TURNING_DOWN
        speed_deg_s = self._speed(lambda pose: pose.off_camera_deg)
        if last.off_camera_deg < NEAR_RANGE_DEG or speed_deg_s < TURNING_DEG_S:
            return LastSeen.NOTHING
        if last.off_camera_deg + speed_deg_s * (t_s - last.t_s) < RANGE_DEG:
            return LastSeen.NOTHING
        across_deg_s, down_deg_s = (
            self._speed(lambda pose: pose.head.yaw_deg),
            self._speed(lambda pose: -pose.head.pitch_deg),
        )
        if abs(across_deg_s) >= abs(down_deg_s):
            return LastSeen.TURNING_LEFT if across_deg_s > 0 else LastSeen.TURNING_RIGHT
        return LastSeen.TURNING_DOWN if down_deg_s > 0 else LastSeen.NOTHING

    def _speed(self, angle: Callable[[_Pose], float]) -> float:
        """How fast the angle has been growing, deg/s, over the last MOVED_S; 0 where that cannot be told."""
        last = self._poses[-1]
        before = next((pose for pose in reversed(self._poses) if last.t_s - pose.t_s >= MOVED_S - 1e-9), None)
        return 0.0 if before is None else (angle(last) - angle(before)) / (last.t_s - before.t_s)
