"""What the driver's face shows, a few times a second."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.face_crop import FaceCrop, crop_face
from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.parameter import judged
from driver_monitor.signals.head_pose import head_pose
from driver_monitor.state.terms import ROUNDING_S

MAX_YAW_DEG: Final = judged(40.0, "FER2013's faces are mostly frontal: beyond this the net has seen next to nothing")
MAX_PITCH_DEG: Final = judged(35.0, "the same up and down")
MIN_PIXELS_PER_PX: Final = judged(
    0.6, "eyes about 10 camera pixels apart: enlarged from less, brows and lips are a smear", unit="ratio"
)
MIN_INSIDE: Final = judged(0.8, "of the crop inside the frame", unit="share")
HOLD_LOOKS: Final = judged(
    2.0, "an answer outlives this many looks in which the face could not be judged", unit="count"
)


class ExpressionClassifier:
    """Runs the net at ``expression_hz`` of media time and holds its answer in between, so equal drives give equal
    answers however fast they are played."""

    def __init__(self, model: OnnxModel, config: ClassifiersConfig) -> None:
        self._model = model
        self._names: Final = model.card.classes["probabilities"]
        self._period_s: Final = 1.0 / config.expression_hz
        self.reset()

    def reset(self) -> None:
        """Another stream or another driver."""
        self._tried_s: float | None = None  # when a face was last cut out, good or not
        self._looked_s: float | None = None
        self._answer: dict[str, float] | None = None

    def update(
        self, t_s: float, image: NDArray[np.uint8] | None, observation: FaceObservation
    ) -> dict[str, float] | None:
        """Probability by expression (they add up to 1), None while the driver's face has not been judged of late.

        ``image`` uint8 [height, width, 3] RGB is the picture that ``observation`` came from.
        """
        if observation.tracking is Tracking.NOT_DRIVER or (self._tried_s is not None and t_s < self._tried_s):
            self.reset()
        due = self._tried_s is None or t_s - self._tried_s >= self._period_s - ROUNDING_S
        if due and image is not None and observation.landmarks is not None:
            self._tried_s = t_s  # cutting the face out costs as much as judging it, so in vain counts too
            crop = judgeable_crop(image, observation)
            if crop is not None:
                faces = crop.image[np.newaxis, np.newaxis]
                probabilities = self._model.run(face=faces)["probabilities"][0].tolist()
                self._answer = dict(zip(self._names, probabilities, strict=True))
                self._looked_s = t_s
        if self._looked_s is not None and t_s - self._looked_s > HOLD_LOOKS * self._period_s:
            self._answer = None
        return self._answer


def judgeable_crop(image: NDArray[np.uint8], observation: FaceObservation) -> FaceCrop | None:
    """The driver's aligned face, None where it is missing, too small, too far turned away or cut off."""
    pose = head_pose(observation.matrix)
    if observation.landmarks is None or pose is None:
        return None
    if abs(pose.yaw_deg) > MAX_YAW_DEG or abs(pose.pitch_deg) > MAX_PITCH_DEG:
        return None
    crop = crop_face(image, observation.landmarks)
    if crop is None or crop.pixels_per_px < MIN_PIXELS_PER_PX or crop.inside < MIN_INSIDE:
        return None
    return crop
