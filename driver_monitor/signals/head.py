"""The head: its angles from the driver's neutral, smoothed, how much it moves, and nods."""

import math
from typing import Final, TypedDict

from driver_monitor.parameter import judged
from driver_monitor.signals.filters import FirstOrder
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.nods import NodDetector

POSE_TAU_S: Final = judged(0.08, "time constant of the head's pose: landmark jitter is faster, head turns are slower")
MOTION_TAU_S: Final = judged(1.0, "time constant of the head's motion")


class HeadSignals(TypedDict):
    yaw_deg: float | None
    pitch_deg: float | None
    roll_deg: float | None
    head_motion_deg_s: float | None
    nod: bool
    nods_600s: int


class Head:
    """Feed it every frame's pose from the driver's neutral (:func:`.head_pose.from_neutral`), None without a face."""

    def __init__(self) -> None:
        self._yaw, self._pitch, self._roll = (FirstOrder(POSE_TAU_S) for _ in range(3))
        self._motion = FirstOrder(MOTION_TAU_S)
        self._nods = NodDetector()

    def update(self, t_s: float, step_s: float, pose: HeadPose | None, *, sure: bool = True) -> HeadSignals:
        """``sure`` is False where a hand on the face shifts the landmarks, and with them the pose: no nods then."""
        if pose is None:
            for smoothed in (self._yaw, self._pitch, self._roll, self._motion):
                smoothed.reset()
            return HeadSignals(
                yaw_deg=None, pitch_deg=None, roll_deg=None, head_motion_deg_s=None, nod=False,
                nods_600s=self._nods.count(t_s),
            )  # fmt: skip
        before = self._yaw.value, self._pitch.value
        yaw = self._yaw.update(pose.yaw_deg, step_s)
        pitch = self._pitch.update(pose.pitch_deg, step_s)
        roll = self._roll.update(pose.roll_deg, step_s)
        moved = None
        if step_s > 0 and yaw is not None and pitch is not None and before[0] is not None and before[1] is not None:
            moved = math.hypot(yaw - before[0], pitch - before[1]) / step_s
        motion = self._motion.update(moved, step_s)
        nod = self._nods.update(t_s, pitch if sure else None, yaw)
        return HeadSignals(
            yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, head_motion_deg_s=motion, nod=nod,
            nods_600s=self._nods.count(t_s),
        )  # fmt: skip
