"""What is normal for a driver: open eyes, the head when looking at the road, the resting face. A handful of numbers."""

from dataclasses import dataclass
from typing import Final

from driver_monitor.parameter import measured
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.measures import FaceMeasures


@dataclass(frozen=True, slots=True)
class RestingFace:
    """Blendshapes of the face at rest, 0..1; ``iris`` and ``iris_rise`` as in FaceMeasures and FaceRatios."""

    brow_down: float = 0.0
    brow_inner_up: float = 0.0
    mouth_frown: float = 0.0
    mouth_press: float = 0.0
    smile: float = 0.0
    look_up: float = 0.0
    look_down: float = 0.0
    iris: float = 0.0
    iris_rise: float = 0.0

    def values(self) -> tuple[float, ...]:
        return (
            self.brow_down, self.brow_inner_up, self.mouth_frown, self.mouth_press,
            self.smile, self.look_up, self.look_down, self.iris, self.iris_rise,
        )  # fmt: skip


PRIOR_FACE: Final = measured(
    RestingFace(look_up=0.05, look_down=0.15, iris_rise=0.075),
    "where the eyes rest when nothing is known of the driver",
    "attentive clips",
    unit="blendshape",
)


def resting_face(face: FaceMeasures) -> RestingFace:
    shown = face.expression
    return RestingFace(
        shown.brow_down, shown.brow_inner_up, shown.mouth_frown, shown.mouth_press,
        shown.smile, shown.look_up, shown.look_down, face.iris, face.ratios.iris_rise,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Normal:
    """The driver's normal: ``open_ear`` is pose-corrected, ``pose`` is towards the camera.

    ``shut_ear`` goes with what is kept from drive to drive; within one, :mod:`.closed_level` learns it.
    """

    open_ear: float
    pose: HeadPose
    face: RestingFace
    shut_ear: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at a face: the pose-corrected ``ear`` of both eyes, the blink blendshape, pose and face."""

    ear: float
    blink_score: float
    pose: HeadPose
    face: RestingFace
