"""How a face went out of sight: turning away, bent down, with shut eyes; or for no reason that can be told.

Most lost faces say nothing about the driver: a hand, the sun, a lens. Only a head that was plainly leaving the range in
which faces can be tracked, or a lapse that was plainly under way, is taken to go on, and for HOLD_S only.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from driver_monitor.signals.head_pose import HeadPose, off_camera_deg
from driver_monitor.signals.seen_time import FLICKER_S

TURN_S: Final = 0.3  # the turn is measured over so long at most
FROM_MIRROR_S: Final = 0.1  # and over so long at least: it may have begun at the mirror just now
TURNING_DEG_S: Final = 60.0  # looks over the shoulder take the head round at 100-200 deg/s
# The nose's angle off the camera. FaceLandmarker follows a head to 50 deg to the side or down and has lost it at 58.
RANGE_DEG: Final = 50.0
NEAR_RANGE_DEG: Final = 40.0  # no mirror check is still under way here at TURNING_DEG_S
SHOULDER_DEG: Final = 110.0  # where a turn to the side is taken to end, from neutral
LAP_DEG: Final = -42.0  # and one down
SEEN_S: Final = 0.2  # the last frame with a face must be as recent when it is lost
HOLD_S: Final = 2.0 - FLICKER_S  # a blind-spot check takes about a second; after two nobody knows
# A glance under 2 s is nothing (Euro NCAP 2026). One that has lasted for this long and through a flicker goes on.
LAPSE_AWAY_S: Final = 1.5
LAPSE_SHUT_S: Final = 1.0  # shut for as long is no blink: norms call it caution
COVER_S: Final = 1.0  # a picture that goes dark within this time of the loss was on its way to be covered


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
        self._away_s = self._shut_s = 0.0
        self._lost_s: float | None = None
        self.last_seen = LastSeen.NOTHING

    def seen(self, t_s: float, pose: HeadPose, head: HeadPose, *, away_s: float, shut_s: float) -> None:
        """``pose`` is the head towards the camera, ``head`` from neutral; ``away_s`` is how long a look at nothing that
        belongs to driving has lasted, ``shut_s`` how long the eyes have been shut."""
        self._lost_s, self.last_seen = None, LastSeen.NOTHING
        self._away_s, self._shut_s = away_s, shut_s
        self._poses.append(_Pose(t_s, head, off_camera_deg(pose)))
        while t_s - self._poses[0].t_s > TURN_S:
            self._poses.popleft()

    def unseen(self, t_s: float, *, blind: bool) -> None:
        """``blind`` says that the monitor cannot see, whatever the driver does: a lost or covered camera, darkness."""
        if self._lost_s is None:
            self._lost_s = t_s
            if not blind:
                self.last_seen = LastSeen.EYES_CLOSED if self._shut_s >= LAPSE_SHUT_S else self._leaving(t_s)
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
                return self._poses[-1].head.yaw_deg, LAP_DEG
        return None

    def _leaving(self, t_s: float) -> LastSeen:
        if not self._poses or t_s - self._poses[-1].t_s > SEEN_S:
            return LastSeen.NOTHING
        way = self._turning(t_s)
        if way is LastSeen.NOTHING and self._away_s >= LAPSE_AWAY_S:
            returning_deg_s, _ = self._speed(lambda pose: -pose.off_road_deg)
            return LastSeen.NOTHING if returning_deg_s >= TURNING_DEG_S else LastSeen.LOOKING_AWAY
        return way

    def _turning(self, t_s: float) -> LastSeen:
        """Which way the head was turning out of the camera's sight, fast enough to be out by ``t_s``."""
        last = self._poses[-1]
        speed_deg_s, first = self._speed(lambda pose: pose.off_camera_deg)
        if last.off_camera_deg < NEAR_RANGE_DEG or speed_deg_s < TURNING_DEG_S:
            return LastSeen.NOTHING
        if last.off_camera_deg + speed_deg_s * (t_s - last.t_s) < RANGE_DEG:
            return LastSeen.NOTHING
        yaw_deg, pitch_deg = last.head.yaw_deg - first.head.yaw_deg, last.head.pitch_deg - first.head.pitch_deg
        if abs(yaw_deg) >= abs(pitch_deg):
            return LastSeen.TURNING_LEFT if yaw_deg > 0 else LastSeen.TURNING_RIGHT
        return LastSeen.TURNING_DOWN if pitch_deg < 0 else LastSeen.NOTHING

    def _speed(self, angle: Callable[[_Pose], float]) -> tuple[float, _Pose]:
        """How fast the angle was growing, deg/s, measured from the pose since when that was the most."""
        last = self._poses[-1]
        speeds = [
            ((angle(last) - angle(pose)) / (last.t_s - pose.t_s), pose)
            for pose in self._poses
            if last.t_s - pose.t_s >= FROM_MIRROR_S - 1e-9
        ]
        return max(speeds, key=lambda speed: speed[0], default=(0.0, last))
