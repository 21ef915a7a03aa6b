"""The contract every face tracker meets."""

from abc import ABC, abstractmethod

from driver_monitor.camera.frame import Frame
from driver_monitor.closing import Closing
from driver_monitor.face.observation import FaceObservation


class FaceTracker(Closing, ABC):
    """A context manager that turns each :class:`Frame` of one stream into a :class:`FaceObservation`.

    ``restarts`` counts how often the machinery behind it had to be started again; ``pid`` is the process that
    looks at the pictures, None while there is none.
    """

    restarts: int = 0

    @property
    @abstractmethod
    def pid(self) -> int | None: ...

    @abstractmethod
    def track(self, frame: Frame) -> FaceObservation:
        """What is seen in ``frame``; frames of one stream come in the order of their ``t_s``.

        A fault is an observation (CAMERA_LOST, TRACKER_LOST), not an exception.
        Raises :class:`driver_monitor.face.errors.TrackerError` once tracking has become impossible.
        """

    @abstractmethod
    def reset(self) -> None:
        """Begin a new stream: forget the driver and accept times that start again from 0."""

    @abstractmethod
    def close(self) -> None:
        """End the worker; safe to call twice."""
