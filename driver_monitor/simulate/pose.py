"""From asked to drawn: what must be drawn so that FaceLandmarker reports the angles and lids a script asks for."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.simulate.portrait import Portrait
from driver_monitor.simulate.relief import Turn

# The range the calibration was measured over, degrees; further turns go on one degree for one.
YAW_DEG: Final = (-45.0, 45.0)
PITCH_DEG: Final = (-38.0, 18.0)
DEGREE: Final = 5
TERMS: Final = tuple((i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i))


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the head is meant to point, as FaceLandmarker's matrix reports it: degrees, yaw + to the driver's left,
    pitch + up, roll + to the left shoulder; the shift in pixels (right, down)."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    shift_px: tuple[float, float] = (0.0, 0.0)


def terms(yaw_deg: NDArray[np.float64] | float, pitch_deg: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """The polynomial's terms [len(TERMS), ...] for asked angles."""
    yaw, pitch = np.asarray(yaw_deg, np.float64) / 40, np.asarray(pitch_deg, np.float64) / 40
    return np.stack([yaw**i * pitch**j for i, j in TERMS])


def drawn(portrait: Portrait, pose: Pose) -> Turn:
    """The rotation to draw for an asked pose; the portrait's ``pose`` holds [len(TERMS), 3] coefficients."""
    yaw = float(np.clip(pose.yaw_deg, *YAW_DEG))
    pitch = float(np.clip(pose.pitch_deg, *PITCH_DEG))
    turn_yaw, turn_pitch, roll = terms(yaw, pitch) @ portrait.pose
    return Turn(
        yaw_deg=float(turn_yaw) + pose.yaw_deg - yaw,
        pitch_deg=float(turn_pitch) + pose.pitch_deg - pitch,
        roll_deg=pose.roll_deg - float(roll),
        shift_px=pose.shift_px,
    )


def lid_fraction(portrait: Portrait, closure: float) -> float:
    """How far down to draw the lid so that the measured opening is ``1 - closure`` of the way from shut to open."""
    steps = np.linspace(0, 1, len(portrait.lids))
    return float(np.interp(closure, steps, portrait.lids))
