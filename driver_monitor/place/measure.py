"""From a camera to its place: frames in, the driver told what to do meanwhile."""

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from driver_monitor.camera.frame import Frame
from driver_monitor.camera.source import FrameSource
from driver_monitor.config.config import Config
from driver_monitor.face.tracker import FaceTracker
from driver_monitor.parameter import defined, judged
from driver_monitor.place.measurement import PlaceError, PlaceMeasurement
from driver_monitor.place.survey import SIDEWAYS_DEG, PlaceSurvey, Progress
from driver_monitor.signals.head_pose import head_pose

# Smaller faces than a driver's are followed as well, to be told that they are too small.
SMALLEST_FACE_SHARE: Final = defined(0.02, "of the frame's width", "the least that face.min_face_share may be")
# On an upside-down face the tracker may see an upright one, and be sure of it: its eyes are then where there are none.
DARKER_EYES: Final = judged(
    0.95, "to the eyes of the frame as it is, of a turned frame with the real eyes", unit="ratio"
)
QUARTER_DEG: Final = 90
_TURNS_DEG: Final = (180, 90, 270)


def for_measuring(config: Config) -> Config:
    """The config of the tracker: it looks at faces that are too small as well."""
    face = config.face.model_copy(update={"min_face_share": min(SMALLEST_FACE_SHARE, config.face.min_face_share)})
    return config.model_copy(update={"face": face})


def measure_place(
    source: FrameSource, tracker: FaceTracker, config: Config, told: Callable[[Progress], None]
) -> PlaceMeasurement:
    """``tracker`` is one of :func:`for_measuring`; ``told`` hears of every frame.

    Raises :class:`driver_monitor.place.measurement.PlaceError` where the place cannot be measured or will not do, and
    what source and tracker raise.
    """
    survey = PlaceSurvey(config)
    doubts = survey.in_doubt
    for frame in source:
        told(survey.update(tracker.track(frame)))
        if frame.image is not None and any(new and not old for new, old in zip(survey.in_doubt, doubts, strict=True)):
            _refuse_turned(frame, tracker, survey.eye_luma, config.camera.rotate_deg)
        doubts = survey.in_doubt
        if survey.done:
            break
    return survey.result()


def _refuse_turned(frame: Frame, tracker: FaceTracker, eye_luma: float, rotate_deg: int) -> None:
    """Raises PlaceError where the frame shows an upright face once it is turned, and in the frame as it is there was
    none, or one with brighter eyes. The tracker begins a new stream."""
    assert frame.image is not None
    upright = {}
    for turn_deg in _TURNS_DEG:
        tracker.reset()
        seen = tracker.track(Frame(0.0, np.ascontiguousarray(np.rot90(frame.image, -turn_deg // QUARTER_DEG))))
        pose = head_pose(seen.matrix)
        if pose is not None and abs(pose.roll_deg) < SIDEWAYS_DEG:
            upright[seen.eye_luma] = turn_deg
    tracker.reset()
    if not upright:
        return
    darkest = min(upright)
    if math.isnan(eye_luma) or darkest < DARKER_EYES * eye_luma:
        turn_deg = upright[darkest]
        lies = "is upside down" if turn_deg == 2 * QUARTER_DEG else "lies on its side"
        wanted = (rotate_deg + turn_deg) % (4 * QUARTER_DEG)
        raise PlaceError("turned_frame", f"the camera {lies}: set camera.rotate_deg: {wanted}, and measure again")
