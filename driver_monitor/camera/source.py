"""The contract every frame source meets."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from driver_monitor.camera.frame import Frame
from driver_monitor.closing import Closing


class FrameSource(Closing, ABC):
    """A context manager that yields :class:`Frame` objects with strictly increasing ``t_s``.

    ``live`` sources may drop frames and, unless a file stands in for the camera, never end; the others end, deliver
    every frame and know ``duration_s`` and ``frame_count`` where the file tells (None where it does not).
    Opening raises :class:`driver_monitor.camera.errors.CameraError` with one clear sentence.
    """

    live: bool = False
    name: str
    duration_s: float | None = None
    frame_count: int | None = None

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """Yield frames until the source ends, or until :meth:`close` is called from another thread."""

    @property
    def mode(self) -> str:
        """Size and rate of the frames in words; empty where that is not known before they come."""
        return ""

    def stop(self) -> None:
        """Make a live source's iteration end soon, even while no frame comes. Suits a signal handler."""

    @abstractmethod
    def close(self) -> None:
        """Release the device or file; safe to call twice and from another thread."""
