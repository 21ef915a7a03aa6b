"""From a camera to its place: frames in, the driver told what to do meanwhile."""

from collections.abc import Callable
from typing import Final

import numpy as np

from driver_monitor.camera.frame import Frame
from driver_monitor.camera.source import FrameSource
from driver_monitor.config.config import Config
from driver_monitor.face.observation import Tracking
from driver_monitor.face.tracker import FaceTracker
from driver_monitor.parameter import defined
from driver_monitor.place.measurement import PlaceMeasurement
from driver_monitor.place.survey import QUARTER_DEG, PlaceSurvey, Progress, turned

# Smaller faces than a driver's are followed as well, to be told that they are too small.
SMALLEST_FACE_SHARE: Final = defined(0.02, "of the frame's width", "the least that face.min_face_share may be")
_TURNS: Final = (180, 90, 270)


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
    turned_round = False
    for frame in source:
        told(survey.update(tracker.track(frame)))
        if survey.faceless and frame.image is not None and not turned_round:
            turned_round = True
            _look_for_a_turned_face(frame, tracker, config)
        if survey.done:
            break
    return survey.result()


def _look_for_a_turned_face(frame: Frame, tracker: FaceTracker, config: Config) -> None:
    """Raises PlaceError where the frame shows a face once it is turned. The tracker begins a new stream."""
    assert frame.image is not None
    for turn in _TURNS:
        tracker.reset()
        image = np.ascontiguousarray(np.rot90(frame.image, -turn // QUARTER_DEG))
        if tracker.track(Frame(0.0, image)).tracking is Tracking.TRACKED:
            raise turned(config.camera.rotate_deg, turn)
    tracker.reset()
