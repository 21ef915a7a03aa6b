"""Where this driver's road is: the direction looked in most, as an offset from the neutral pose.

The mode rather than the mean: drivers look at the road more than anywhere else, and the rest is lopsided.
"""

import math
from typing import Final

from driver_monitor.parameter import judged
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.state.terms import ROUNDING_S, SAMPLE_S

# Only looks close to the neutral pose count: no lap, console or phone in its holder can become the road.
YAW_REACH_DEG: Final = judged((-14.0, 14.0), "looks this close to the neutral pose count")
PITCH_REACH_DEG: Final = judged((-8.0, 10.0), "the same up and down")
BIN_DEG: Final = judged(2.0, "of the histogram of looks")
KERNEL_DEG: Final = judged(6.0, "radius over which its peak is sought")
MEAN_SHIFTS: Final = judged(4, "steps towards the peak", unit="count")
FORGET_S: Final = judged(300.0, "time constant of the looks that count; a minute's stare is a minority")
EVIDENCE_S: Final = judged(120.0, "of looks that count, before anything moves")
FOLLOW_S: Final = judged(120.0, "time constant of the offset; openpilot learns its pose offset over 60 s, clamped too")
MAX_YAW_DEG: Final = judged(8.0, "how far the offset may go to the side")
PITCH_LIMITS_DEG: Final = judged((-5.0, 6.0), "how far down and up")
NEUTRAL_JUMP_DEG: Final = judged(1.0, "a neutral pose that moves this far at once is another one")


class RoadCentre:
    """Feed it every frame's gaze while the eyes are open."""

    def __init__(self) -> None:
        self._neutral: HeadPose | None = None
        self._sampled_s: float | None = None
        self.forget()

    def forget(self) -> None:
        self._yaws, self._pitches = _Histogram(*YAW_REACH_DEG), _Histogram(*PITCH_REACH_DEG)
        self.yaw_deg = self.pitch_deg = 0.0

    def update(self, t_s: float, yaw_deg: float, pitch_deg: float, neutral: HeadPose) -> None:
        """``yaw_deg`` and ``pitch_deg`` from ``neutral``, the driver's learned pose towards the camera."""
        step_s = SAMPLE_S if self._sampled_s is None else t_s - self._sampled_s
        if 0 <= step_s < SAMPLE_S - ROUNDING_S:
            return
        self._sampled_s = t_s
        if self._neutral is None or _apart_deg(neutral, self._neutral) > NEUTRAL_JUMP_DEG:
            self.forget()
        self._neutral = neutral
        step_s = min(max(step_s, 0.0), 2 * SAMPLE_S)
        if not (self._yaws.reaches(yaw_deg) and self._pitches.reaches(pitch_deg)):
            return
        self._yaws.add(yaw_deg, step_s)
        self._pitches.add(pitch_deg, step_s)
        if self._yaws.total_s < EVIDENCE_S:
            return
        low, high = PITCH_LIMITS_DEG
        share = step_s / FOLLOW_S
        self.yaw_deg += share * (max(-MAX_YAW_DEG, min(MAX_YAW_DEG, self._yaws.mode())) - self.yaw_deg)
        self.pitch_deg += share * (max(low, min(high, self._pitches.mode())) - self.pitch_deg)


class _Histogram:
    """Seconds spent in bins of BIN_DEG, the older ones fading."""

    def __init__(self, low_deg: float, high_deg: float) -> None:
        self._low_deg, self._high_deg = low_deg, high_deg
        self._bins = [0.0] * round((high_deg - low_deg) / BIN_DEG)
        self.total_s = 0.0

    def reaches(self, angle_deg: float) -> bool:
        return self._low_deg <= angle_deg < self._high_deg

    def add(self, angle_deg: float, seconds: float) -> None:
        fade = math.exp(-seconds / FORGET_S)
        self._bins = [fade * one for one in self._bins]
        # Shared out between the two nearest bins, or the mode would jump from middle to middle.
        place = max(0.0, min(len(self._bins) - 1.0, (angle_deg - self._low_deg) / BIN_DEG - 0.5))
        lower = min(int(place), len(self._bins) - 2)
        self._bins[lower] += seconds * (lower + 1 - place)
        self._bins[lower + 1] += seconds * (place - lower)
        self.total_s = fade * self.total_s + seconds

    def mode(self) -> float:
        """Where most time is spent within KERNEL_DEG around: mean shift from the fullest three bins in a row."""
        bins = self._bins
        best = max(range(1, len(bins) - 1), key=lambda i: bins[i - 1] + bins[i] + bins[i + 1])
        at = self._low_deg + BIN_DEG * (best + 0.5)
        for _ in range(MEAN_SHIFTS):
            mass = moment = 0.0
            for index, seconds in enumerate(bins):
                off = self._low_deg + BIN_DEG * (index + 0.5) - at
                weight = seconds * max(0.0, 1 - abs(off) / KERNEL_DEG)
                mass += weight
                moment += weight * off
            at += moment / mass
        return at


def _apart_deg(one: HeadPose, other: HeadPose) -> float:
    return max(
        abs(one.yaw_deg - other.yaw_deg), abs(one.pitch_deg - other.pitch_deg), abs(one.roll_deg - other.roll_deg)
    )
