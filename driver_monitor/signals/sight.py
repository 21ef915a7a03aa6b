"""What is to be seen of the face behind hands, hair and glasses, and how far each eye can be trusted."""

from dataclasses import dataclass

from driver_monitor.face.observation import FaceObservation
from driver_monitor.signals.eyesight import EyeSight
from driver_monitor.signals.hands import EyePlace, MouthSight
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.openness import Openness
from driver_monitor.signals.visibility import HAND_QUALITY, Visibility


@dataclass(frozen=True, slots=True)
class Sight:
    """``lids`` are those of the eyes that can be seen, ``hand`` says that something covers the mouth."""

    visibility: Visibility
    lids: Openness
    hand: bool
    quality_left: float
    quality_right: float


class FaceSight:
    """Feed it every frame with a face, and say when there is none."""

    def __init__(self) -> None:
        self._eyes, self._mouth, self._eye_place = EyeSight(), MouthSight(), EyePlace()

    def update(
        self, observation: FaceObservation, pose: HeadPose, lids: Openness, visibility: Visibility, *,
        step_s: float, closed_s: float,
    ) -> Sight:  # fmt: skip
        """``pose`` is towards the camera, ``lids`` as the landmarks draw both eyes, ``visibility`` what the picture
        and the pose allow, ``closed_s`` how long the eyes had been closed up to the last frame."""
        hand = self._mouth.update(observation, pose, step_s, usable=not visibility.cause)
        usual = None if hand else self._eye_place.usual_luma  # with a hand there the place of the eyes decides
        eyes = self._eyes.update(observation, lids, step_s, visibility.quality_eyes, usual_luma=usual)
        cause, quality, quality_eyes = visibility.cause or eyes.cause, visibility.quality, eyes.quality
        shown = 0.0 if eyes.cause else lids.both  # eyes that are hidden do not show how bright they are
        found = self._eye_place.update(observation.eye_luma, shown, step_s, hand=hand, closed_s=closed_s)
        trust = 1.0
        if hand:
            trust = HAND_QUALITY * found
            cause, quality, quality_eyes = cause or "hand_on_face", HAND_QUALITY * quality, trust * quality_eyes
        seen = lids.without(left=eyes.left_hidden, right=eyes.right_hidden)
        return Sight(
            Visibility(cause, quality, quality_eyes), seen, hand, trust * eyes.quality_left, trust * eyes.quality_right
        )

    def unseen(self, step_s: float) -> None:
        """Without a face nothing is known of the eyes; the driver's own mouth is remembered for a while."""
        self._eyes.reset()
        self._mouth.unseen(step_s)

    def forget(self) -> None:
        """Another face: what its mouth looks like is to be learned."""
        self._mouth.forget()
