"""Where the driver looks: the head's turn and what the eyes add to it."""

import math
from collections import deque
from typing import Final

from driver_monitor.parameter import judged, measured
from driver_monitor.signals.eyes import EyeState
from driver_monitor.signals.filters import FirstOrder
from driver_monitor.signals.head_pose import HeadPose, gaze_direction, off_camera_deg
from driver_monitor.signals.measures import FaceMeasures
from driver_monitor.signals.normal import RestingFace
from driver_monitor.signals.ramp import ramp

EYE_GAIN: Final = judged(
    2.4, "eye width over eyeball radius: about 29 mm over 12 mm; extreme glances measure 0.33", unit="ratio"
)
MAX_EYE_YAW_DEG: Final = judged(35.0, "what an eye turns without the head following")
MAX_EYE_PITCH_DEG: Final = judged(25.0, "the same up and down")

# Landmarks under-read a vertical look: the iris of eyes 15-25 deg down in a level head sinks by 0.04-0.08 of the eye's
# width (geometry: 0.11-0.18), and the look-down blendshape rises by 0.2-0.35.
RISE_DEG: Final = judged(350.0, "of a look down that sinks the iris by a whole eye width")
LOOK_DEG: Final = judged(70.0, "of a look down with a whole look-down blendshape")
LOOK_UP_DEG: Final = judged(
    20.0, "the look-up one is also moved by a lowered head: it must not lift a look down to the road"
)
LID_DEG: Final = judged(97.0, "of a whole openness: a look 30 deg down takes 0.31 off it, a quarter off the EAR")
OPEN_MOUTH: Final = judged(
    (0.25, 0.45), "inner lips: lids come down with a yawn, and with no look", unit="mouth widths"
)
SMILE: Final = judged(
    (0.1, 0.4), "over rest: cheeks push the lids up, and the landmarks read a look down out of it", unit="blendshape"
)
SQUINT: Final = judged(
    (0.1, 0.3), "lowering of the brow over rest from which lids are narrowed, and wholly", unit="blendshape"
)

EYE_TAU_S: Final = judged(0.15, "time constant of the eyes' direction")
OPEN_LIDS: Final = judged(0.5, "eyes opened less tell nothing of where they look sideways", unit="open share")
PITCH_LIDS: Final = judged(
    0.35, "eyes opened less tell nothing of how far up or down they look: that lowers the lids", unit="open share"
)
BLINK_S: Final = judged(0.4, "lids that follow a gaze stay down for longer than a blink")
TURNED_DEG: Final = judged(
    10.0, "where the eyes were before they narrowed is void once the head has turned this far since"
)
LOWERED_LIDS_DEG: Final = judged(
    20.0, "lids that cover the eye in a look down: the eyes are at least so far below the head"
)
EYE_TRUST_DEG: Final = judged(
    (20.0, 40.0), "the nose's angle off the camera over which iris landmarks lose their meaning"
)
# So much may the irises differ, shares of the eye's width: on clips of real faces before the camera, eyes to the side
# or not, 19 of 20 frames stay within 0.16. One that lies in its corner while the other looks ahead was not found.
IRIS_TRUST: Final = measured(
    (0.2, 0.35), "by which the irises may differ", "clips of real faces: 19 of 20 frames within 0.16", unit="eye widths"
)

# Landmarks are drawn to eyes that look into the camera: of eyes that go with a turning head, the irises seem to stay
# behind by up to this share of the eye's width times the sine of the turn (drawn portraits: 0.05 and 0.13). Eyes that
# really stay on the road stay behind by 1 / EYE_GAIN.
STAY_BEHIND: Final = measured(
    0.15,
    "times the sine of the turn, by which irises seem to stay behind a turning head",
    "drawn portraits: 0.05 and 0.13",
    unit="eye widths",
)


def eye_trust(face: FaceMeasures) -> float:
    """How far eye-in-head angles can be believed, 1..0: not on a head turned far from the camera, whichever way, nor
    where the two irises contradict each other."""
    apart = abs(face.ratios.iris_left - face.ratios.iris_right)
    full, none = EYE_TRUST_DEG
    alike, other = IRIS_TRUST
    return ramp(-off_camera_deg(face.pose), -none, -full) * ramp(-apart, -other, -alike)


def borne_out(offset: float, turn_deg: float) -> float:
    """The iris offset less what the head's turn from neutral alone may feign."""
    feigned = STAY_BEHIND * math.sin(math.radians(turn_deg))
    return math.copysign(max(0.0, abs(offset) - abs(feigned)), offset) if offset * feigned < 0 else offset


def eye_yaw_deg(iris: float) -> float:
    """Eye-in-head yaw from the iris offset (share of the eye's width, positive to the driver's left)."""
    angle = math.degrees(math.asin(max(-1.0, min(1.0, EYE_GAIN * iris))))
    return max(-MAX_EYE_YAW_DEG, min(MAX_EYE_YAW_DEG, angle))


def eye_pitch_deg(face: FaceMeasures, rest: RestingFace, openness: float, head_pitch_deg: float = 0.0) -> float:
    """Eye-in-head pitch, positive up, as far as all the evidence bears it out. ``openness`` is the widest of late.

    Each cue alone is misled: raised brows lower the iris between its corners, drowsy lids come down over an iris that
    stays, a smile narrows the eyes. A look down does all three: iris down, look-down blendshape up, upper lid down.
    """
    shown = face.expression
    rise = RISE_DEG * borne_out(face.ratios.iris_rise - rest.iris_rise, head_pitch_deg)
    up = min(rise, LOOK_UP_DEG * (shown.look_up - rest.look_up))
    if up > 0:
        return min(up, MAX_EYE_PITCH_DEG)
    # Joy, sun and a yawn narrow the eyes of a driver who looks ahead.
    squint = ramp(shown.brow_down - rest.brow_down, *SQUINT)
    calm = 1.0 - max(ramp(shown.smile - rest.smile, *SMILE), squint, ramp(face.ratios.mouth_opening, *OPEN_MOUTH))
    down = min(-rise, LOOK_DEG * (shown.look_down - rest.look_down), LID_DEG * calm * (1.0 - openness))
    return -min(max(0.0, down), MAX_EYE_PITCH_DEG)


def _apart_deg(one: HeadPose, other: HeadPose) -> float:
    return math.hypot(one.yaw_deg - other.yaw_deg, one.pitch_deg - other.pitch_deg)


class GazeDirection:
    """Feed it every frame with a face; :meth:`reset` without one.

    ``eyes_known`` is how far the eyes had their say in the last direction, 0..1: with 0 it is the head's alone.
    """

    def __init__(self) -> None:
        self._yaw, self._pitch, self._trust = FirstOrder(EYE_TAU_S), FirstOrder(EYE_TAU_S), FirstOrder(EYE_TAU_S)
        self._lids: deque[tuple[float, float]] = deque()  # time, openness
        self._head = HeadPose(0.0, 0.0, 0.0)  # when the eyes were last seen to look anywhere
        self.eyes_known = 0.0

    def update(
        self, t_s: float, step_s: float, face: FaceMeasures, head: HeadPose, *,
        rest: RestingFace, eyes: str, openness: float | None,
    ) -> tuple[float, float]:  # fmt: skip
        """Yaw and pitch, degrees from the driver's neutral.

        ``head`` is from neutral too. ``openness`` is None where the eyes cannot be judged: then the head alone tells
        where the driver looks. Through a blink the eyes keep their last direction, and behind lids narrow for longer
        until the head turns: then they are taken to have gone with it.
        """
        if openness is None:
            self.reset()
            return gaze_direction(head, 0.0, 0.0)
        self._lids.append((t_s, openness))
        while t_s - self._lids[0][0] > BLINK_S:
            self._lids.popleft()
        openings = [opening for _, opening in self._lids]
        narrowest, widest = min(openings), max(openings)
        trust = eye_trust(face)
        if openness >= OPEN_LIDS:
            self._trust.update(trust, step_s)
            self._yaw.update(trust * eye_yaw_deg(borne_out(face.iris - rest.iris, head.yaw_deg)), step_s)
            self._head = head
        elif widest < OPEN_LIDS and _apart_deg(head, self._head) > TURNED_DEG:
            self._forget_eyes()
        if narrowest >= PITCH_LIDS:
            self._pitch.update(trust * eye_pitch_deg(face, rest, widest, head.pitch_deg), step_s)
        self.eyes_known = self._trust.value or 0.0
        pitch = self._pitch.value or 0.0
        if eyes == EyeState.GLANCE_DOWN and widest < OPEN_LIDS:  # for longer than a blink
            self.eyes_known, pitch = 1.0, -LOWERED_LIDS_DEG
        return gaze_direction(head, self._yaw.value or 0.0, pitch)

    def reset(self) -> None:
        self._forget_eyes()
        self._lids.clear()
        self.eyes_known = 0.0

    def _forget_eyes(self) -> None:
        self._yaw.reset()
        self._pitch.reset()
        self._trust.reset()
