"""The head: its angles from the driver's neutral, smoothed, how much it moves, and nods."""

import math
from typing import Final

from driver_monitor.frozen import maker
from driver_monitor.parameter import judged
from driver_monitor.signals.context import FrameContext
from driver_monitor.signals.filters import FirstOrder
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.nods import NodDetector
from driver_monitor.state.signals import HeadMotionSignals, HeadSignals

POSE_TAU_S: Final = judged(0.08, "time constant of the head's pose: landmark jitter is faster, head turns are slower")
MOTION_TAU_S: Final = judged(1.0, "time constant of the head's motion")
_MAKE_ANGLES: Final = maker(HeadSignals)
_MAKE_MOTION: Final = maker(HeadMotionSignals)


class Head:
    """Feed it every frame's pose from the driver's neutral (:func:`.head_pose.from_neutral`), None without a face."""

    def __init__(self) -> None:
        self._yaw, self._pitch, self._roll = (FirstOrder(POSE_TAU_S) for _ in range(3))

    def update(self, frame: FrameContext, pose: HeadPose | None) -> HeadSignals:
        if pose is None:
            for smoothed in (self._yaw, self._pitch, self._roll):
                smoothed.reset()
            return _MAKE_ANGLES()
        return _MAKE_ANGLES(
            yaw_deg=self._yaw.update(pose.yaw_deg, frame.step_s),
            pitch_deg=self._pitch.update(pose.pitch_deg, frame.step_s),
            roll_deg=self._roll.update(pose.roll_deg, frame.step_s),
        )


class HeadMotion:
    """Feed it every frame's smoothed angles."""

    def __init__(self) -> None:
        self._speed = FirstOrder(MOTION_TAU_S)
        self._nods = NodDetector()
        self._last = HeadSignals()

    def update(self, frame: FrameContext, head: HeadSignals) -> HeadMotionSignals:
        """A hand on the face shifts the landmarks, and with them the pose: no nods then."""
        before, self._last = self._last, head
        if head.yaw_deg is None or head.pitch_deg is None:
            self._speed.reset()
            return _MAKE_MOTION(nods_600s=self._nods.count(frame.t_s))
        moved = None
        if frame.step_s > 0 and before.yaw_deg is not None and before.pitch_deg is not None:
            moved = math.hypot(head.yaw_deg - before.yaw_deg, head.pitch_deg - before.pitch_deg) / frame.step_s
        return _MAKE_MOTION(
            head_motion_deg_s=self._speed.update(moved, frame.step_s),
            nod=self._nods.update(frame.t_s, None if frame.covered else head.pitch_deg, head.yaw_deg),
            nods_600s=self._nods.count(frame.t_s),
        )
