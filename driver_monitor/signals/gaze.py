"""Where the driver looks: the head's turn and what the eyes add to it."""

import math
from collections import deque
from typing import Final

from driver_monitor.signals.eyes import EyeState
from driver_monitor.signals.filters import FirstOrder
from driver_monitor.signals.head_pose import HeadPose, gaze_direction
from driver_monitor.signals.measures import FaceMeasures
from driver_monitor.signals.normal import RestingFace
from driver_monitor.signals.ramp import ramp

EYE_GAIN: Final = 2.4  # eye width over eyeball radius: about 29 mm over 12 mm; extreme glances measure 0.33
MAX_EYE_YAW_DEG: Final = 35.0  # what an eye turns without the head following
MAX_EYE_PITCH_DEG: Final = 25.0

# Landmarks under-read a vertical look: the iris of eyes 15-25 deg down in a level head sinks by 0.04-0.08 of the eye's
# width (geometry: 0.11-0.18), and the look-down blendshape rises by 0.2-0.35.
RISE_DEG: Final = 350.0  # for a whole eye width
LOOK_DEG: Final = 70.0  # for a whole look-down blendshape
LOOK_UP_DEG: Final = 20.0  # the look-up one is also moved by a lowered head: it must not lift a look down to the road
LID_DEG: Final = 97.0  # a look 30 deg down takes a quarter off the EAR, 0.31 off the openness

EYE_TAU_S: Final = 0.15
YAW_LIDS: Final = 0.5  # eyes opened less tell nothing of where they look sideways
PITCH_LIDS: Final = 0.35  # but a look down lowers the lids
BLINK_S: Final = 0.3  # lids that follow a gaze stay down for longer than a blink
LOWERED_LIDS_DEG: Final = 20.0  # lids that cover the eye in a look down: the eyes are at least so far below the head
EYE_TRUST_YAW_DEG: Final = (20.0, 40.0)  # head yaw towards the camera over which iris landmarks lose their meaning


def eye_trust(head_yaw_deg: float) -> float:
    """How far eye-in-head angles can be believed, 1..0, on a head turned so far from the camera."""
    full, none = EYE_TRUST_YAW_DEG
    return ramp(-abs(head_yaw_deg), -none, -full)


def eye_yaw_deg(iris: float) -> float:
    """Eye-in-head yaw from the iris offset (share of the eye's width, positive to the driver's left)."""
    angle = math.degrees(math.asin(max(-1.0, min(1.0, EYE_GAIN * iris))))
    return max(-MAX_EYE_YAW_DEG, min(MAX_EYE_YAW_DEG, angle))


def eye_pitch_deg(face: FaceMeasures, rest: RestingFace, openness: float) -> float:
    """Eye-in-head pitch, positive up, as far as all the evidence bears it out. ``openness`` is the widest of late.

    Each cue alone is misled: raised brows lower the iris between its corners, drowsy lids come down over an iris that
    stays, a smile narrows the eyes. A look down does all three: iris down, look-down blendshape up, upper lid down.
    """
    shown = face.expression
    rise = RISE_DEG * (face.ratios.iris_rise - rest.iris_rise)
    up = min(rise, LOOK_UP_DEG * (shown.look_up - rest.look_up))
    if up > 0:
        return min(up, MAX_EYE_PITCH_DEG)
    calm = 1.0 - min(1.0, max(0.0, shown.smile - rest.smile))
    down = min(-rise, LOOK_DEG * (shown.look_down - rest.look_down), LID_DEG * calm * (1.0 - openness))
    return -min(max(0.0, down), MAX_EYE_PITCH_DEG)


class GazeDirection:
    """Feed it every frame with a face; :meth:`reset` without one."""

    def __init__(self) -> None:
        self._yaw, self._pitch = FirstOrder(EYE_TAU_S), FirstOrder(EYE_TAU_S)
        self._lids: deque[tuple[float, float]] = deque()  # time, openness

    def update(
        self, t_s: float, step_s: float, face: FaceMeasures, head: HeadPose, *,
        rest: RestingFace, eyes: EyeState, openness: float | None,
    ) -> tuple[float, float]:  # fmt: skip
        """Yaw and pitch, degrees from the driver's neutral.

        ``head`` is from neutral too. ``openness`` is None where the eyes cannot be judged: then the head alone tells
        where the driver looks. Through a blink the eyes keep their last direction.
        """
        if openness is None:
            self.reset()
        else:
            self._lids.append((t_s, openness))
            while t_s - self._lids[0][0] > BLINK_S:
                self._lids.popleft()
            if openness >= YAW_LIDS:
                self._yaw.update(eye_yaw_deg(face.iris - rest.iris), step_s)
            openings = [opening for _, opening in self._lids]
            if min(openings) >= PITCH_LIDS:
                self._pitch.update(eye_pitch_deg(face, rest, max(openings)), step_s)
        pitch = -LOWERED_LIDS_DEG if eyes is EyeState.GLANCE_DOWN else self._pitch.value or 0.0
        return gaze_direction(head, eye_trust(face.pose.yaw_deg) * (self._yaw.value or 0.0), pitch)

    def reset(self) -> None:
        self._yaw.reset()
        self._pitch.reset()
        self._lids.clear()
