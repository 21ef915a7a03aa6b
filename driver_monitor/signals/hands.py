"""A hand on the face, or a cup, or a scarf pulled up: whether the mouth is hidden, and whether the eyes count then."""

import math
from typing import Final

from driver_monitor.face.observation import FaceObservation
from driver_monitor.parameter import judged
from driver_monitor.signals.filters import FirstOrder
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.state.terms import FRESH_DRIVER_S

HIDDEN: Final = judged(
    0.45, "of the driver's own contrasts; smiles, speech and yawns keep more than half", unit="share"
)
SEEN: Final = judged(0.60, "of them, from which on the mouth is seen again", unit="share")
SIGHT_TAU_S: Final = judged(0.3, "time constant of the mouth's contrasts")
LEARN_S: Final = judged(2.0, "of a face before anything is said of its mouth")
RISE_S: Final = judged(20.0, "time constant towards a mouth that stands out more than known")
FALL_S: Final = judged(120.0, "time constant towards a mouth that stands out less")
ADOPT_S: Final = judged(300.0, "what hides a mouth for so long belongs to this face, or it is another face")
FAINT: Final = judged(0.10, "a mouth that stands out no more than this is too pale to miss", unit="contrast")
REDNESS_WEIGHT: Final = judged(
    2.0, "brings redness (0.1 to 0.35) to the size of the darkness of lips (0.2) and line (0.4)", unit="ratio"
)
MAX_OFF_DEG: Final = judged(30.0, "between face and camera; beyond, what is seen of the mouth is no longer its front")

EYE_LUMA_TAU_S: Final = judged(5.0, "time constant of the eyes' own brightness")
EYE_LUMA_OPEN: Final = judged(0.7, "from which on eyes show how bright they are", unit="open share")
EYE_LUMA_NEAR: Final = judged(
    0.12, "landmarks pushed off the eyes measure 0.2 and more away", unit="share of the skin's"
)
FOUND_S: Final = judged(0.3, "eyes that look like the driver's own for so long are where the landmarks put them")
CLOSED_BEFORE_S: Final = judged(0.6, "longer than a hand takes to come and to be noticed")

_Contrasts = tuple[float, float, float]


class MouthSight:
    """Compares how the mouth stands out with how this driver's own does: 1 = all of it, 0 = nothing but skin.

    The measure is the projection of the three contrasts of ``picture_quality.mouth_quality`` on the driver's own,
    learned in the first seconds and followed slowly since. So a pale mouth, a beard, lipstick or an infrared picture
    (no redness) are each their own measure. Only these three numbers are kept.
    """

    def __init__(self) -> None:
        self._share = FirstOrder(SIGHT_TAU_S)
        self._own: list[float] = [math.nan] * 3
        self._learned_s = self._hidden_s = self._unseen_s = 0.0
        self.hidden = False

    def update(self, observation: FaceObservation, pose: HeadPose, step_s: float, *, usable: bool) -> bool:
        """Whether something hides the mouth. ``pose`` is the head's towards the camera; a head turned far away and a
        picture that is not ``usable`` (dark, blurred) change nothing."""
        self._unseen_s = 0.0
        seen = (REDNESS_WEIGHT * observation.lip_redness, observation.lip_darkness, observation.mouth_line)
        off_deg = math.hypot(pose.yaw_deg, pose.pitch_deg)
        if not usable or off_deg > MAX_OFF_DEG or not math.isfinite(seen[1] + seen[2]):
            return self.hidden
        if self._learned_s < LEARN_S:
            self._learned_s += step_s
            self._learn(seen, step_s / self._learned_s if self._learned_s > 0 else 1.0)
            return False
        share = self._compare(seen)
        smoothed = self._share.update(share, step_s)
        self.hidden = smoothed is not None and smoothed < (SEEN if self.hidden else HIDDEN)
        if not self.hidden:
            self._hidden_s = 0.0
            self._learn(seen, step_s / (RISE_S if share is None or share > 1 else FALL_S))
            return False
        self._hidden_s += step_s
        if self._hidden_s > ADOPT_S:
            self.forget()
        return self.hidden

    def unseen(self, step_s: float) -> None:
        """A frame without a face."""
        self._share.reset()
        self.hidden = False
        self._hidden_s = 0.0
        self._unseen_s += step_s
        if self._unseen_s > FRESH_DRIVER_S:
            self.forget()

    def forget(self) -> None:
        """Another face, or the same one under a mask."""
        self._share.reset()
        self._own = [math.nan] * 3
        self._learned_s = self._hidden_s = 0.0
        self.hidden = False

    def _compare(self, seen: _Contrasts) -> float | None:
        """How much of the driver's own contrasts is there; None where the mouth is too pale to tell."""
        size = there = 0.0
        for now, own in zip(seen, self._own, strict=True):
            if math.isfinite(now + own):
                size += own * own
                there += now * own
        return there / size if size >= FAINT * FAINT else None

    def _learn(self, seen: _Contrasts, share: float) -> None:
        for index, now in enumerate(seen):
            if math.isfinite(now):
                own = self._own[index]
                self._own[index] = own + min(1.0, share) * (now - own) if math.isfinite(own) else now


class EyePlace:
    """Whether the eyes' landmarks are still on the eyes while a hand is on the face.

    A hand on mouth and nose can push them off, and then open eyes read closed, or closed ones open. So with a hand
    there the eyes count only after they have looked as dark against the skin as open ones did before it came; from then
    on until it goes, or from the start if they had been closed before it came.
    """

    def __init__(self) -> None:
        self._own = FirstOrder(EYE_LUMA_TAU_S)
        self._near_s = 0.0
        self._hand = self._found = False

    @property
    def usual_luma(self) -> float | None:
        """How bright this driver's open eyes are, as a share of the skin's brightness."""
        return self._own.value

    def update(self, eye_luma: float, openness: float, step_s: float, *, hand: bool, closed_s: float) -> bool:
        """Whether the eyes can be trusted. ``eye_luma`` is a share of the skin's brightness, NaN where not known;
        ``closed_s`` is how long the eyes had been closed up to the last frame."""
        if not hand:
            self._hand = False
            if math.isfinite(eye_luma) and openness >= EYE_LUMA_OPEN:
                self._own.update(eye_luma, step_s)
            return True
        if not self._hand:
            self._hand, self._near_s, self._found = True, 0.0, closed_s >= CLOSED_BEFORE_S
        own = self._own.value
        near = own is not None and abs(eye_luma - own) <= EYE_LUMA_NEAR  # not for NaN
        self._near_s = self._near_s + step_s if near else 0.0
        self._found = self._found or self._near_s >= FOUND_S
        return self._found
