"""What a recorded drive is made of, in the order in which it happened."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.observation import FaceObservation
from driver_monitor.recording.clock import Stamp
from driver_monitor.state.alert import Alert
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.senses import NO_SENSES, Senses


class Content(Enum):
    """What can be asked of a drive; what is not asked for is not decoded."""

    STATES = "states"  # a RecordedFrame each
    LANDMARKS = "landmarks"  # in the frames: their observations
    VIDEO = "video"  # in the frames: their JPEG
    ALERTS = "alerts"
    CONTROLS = "controls"
    STATE_LINES = "state lines"
    HEALTH = "health"


@dataclass(slots=True)
class RecordedFrame:
    """One frame, as far as the drive's level keeps it."""

    t_s: float
    state: DriverState
    observation: FaceObservation | None = None
    jpeg: bytes | None = None
    senses: Senses = NO_SENSES

    def image(self) -> NDArray[np.uint8] | None:
        """uint8 [h, w, 3] RGB; None where none was kept. Raises ValueError where the JPEG cannot be decoded."""
        if self.jpeg is None:
            return None
        import cv2  # noqa: PLC0415  (only a drive with video pays for it)

        image = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR)
        if image is None:
            raise ValueError("not a JPEG image")
        return np.ascontiguousarray(image[:, :, ::-1])


@dataclass(frozen=True, slots=True)
class RecordedAlert:
    """``alert`` as it was given, its evidence rounded as in JSON."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class Control:
    """What was done to the running monitor before the frame that follows: ``reload``, ``acknowledge`` or ``quiet``
    (``text``: on, off); or what the driver said of it, which changes nothing: ``mark``, or ``wrong`` of the last alert.

    ``fault`` follows the last frame instead: the run ended by one, which ``text`` names.
    """

    t_s: float
    control: str
    config_text: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class StateLine:
    """The state of a second, as 'run --json' printed it."""

    t_s: float
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Health:
    """How the monitor did: see :data:`driver_monitor.recording.mcap.topics.HEALTH`."""

    t_s: float
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SegmentStart:
    """A new file begins; in a drive of clips, what comes has nothing to do with what was before."""

    path: Path
    number: int
    began: Stamp | None = None  # by the clock; not of earlier versions


Event = RecordedFrame | RecordedAlert | Control | StateLine | Health | SegmentStart
