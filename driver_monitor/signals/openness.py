"""How far open the lids are, relative to the driver's own open and closed eye."""

import math
from dataclasses import dataclass, replace
from typing import Final

from driver_monitor.parameter import judged
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.landmarks import FaceRatios

MIN_COS: Final = judged(0.6, "the pose correction is not trusted below this", unit="cosine")
ONE_EYE_YAW_DEG: Final = judged(30.0, "from here on only the nearer eye counts")
BOTH_EYES_YAW_DEG: Final = judged(20.0, "up to here both eyes are seen well: a wink is not sleep")
WINK_MARGIN: Final = judged(0.15, "by which the eyes differ in a wink", unit="open share")


@dataclass(frozen=True, slots=True)
class Openness:
    """Lid opening: 1 = this driver's open eye, 0 = closed.

    ``left`` and ``right`` are None where that eye is hidden. ``both`` weighs the eye nearer to the camera more;
    ``wider`` is the more open eye while both are seen well, else ``both``. ``right_weight`` 0..1 is the right eye's
    share of ``both``.
    """

    left: float | None
    right: float | None
    both: float
    wider: float
    right_weight: float = 0.5

    @property
    def both_seen(self) -> bool:
        return self.left is not None and self.right is not None

    def without(self, *, left: bool, right: bool) -> "Openness":
        """As seen with one eye hidden: the other decides alone. With both hidden nothing is known of the lids."""
        if left == right or self.left is None or self.right is None:
            return self
        seen = self.right if left else self.left
        return replace(
            self, left=None if left else seen, right=None if right else seen, both=seen, wider=seen,
            right_weight=1.0 if left else 0.0,
        )  # fmt: skip


def pose_corrected(ear: float, pose: HeadPose) -> float:
    """EAR as it would be face on: width shrinks with the cosine of yaw, lid distance with that of pitch."""
    yaw_cos = max(MIN_COS, math.cos(math.radians(pose.yaw_deg)))
    pitch_cos = max(MIN_COS, math.cos(math.radians(pose.pitch_deg)))
    return ear * yaw_cos / pitch_cos


def right_weight(yaw_deg: float) -> float:
    """The right eye's share of what both say, by the head's yaw towards the camera: turning to the left takes the left
    eye away from it."""
    return min(1.0, max(0.0, 0.5 + 0.5 * yaw_deg / ONE_EYE_YAW_DEG))


def openness(ratios: FaceRatios, pose: HeadPose, open_ear: float, shut_ear: float) -> Openness:
    """``open_ear`` and ``shut_ear`` are the driver's pose-corrected EAR of open and of closed eyes, ``pose`` is towards
    the camera."""

    def relative(ear: float) -> float:
        return (pose_corrected(ear, pose) - shut_ear) / (open_ear - shut_ear)

    left, right = relative(ratios.ear_left), relative(ratios.ear_right)
    weight = right_weight(pose.yaw_deg)
    both = weight * right + (1 - weight) * left
    wider = max(left, right) if abs(pose.yaw_deg) <= BOTH_EYES_YAW_DEG else both
    return Openness(left, right, both, wider, weight)
