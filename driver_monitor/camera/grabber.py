"""The low-level side of a live camera: open, read, close. Threads, reopening and media time are LiveCapture's."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Patience:
    """What is borne before a camera counts as lost: this many failures in a row *and* this long without a frame.

    After so many failures it is opened again, whether it counts as lost by then or not.
    """

    failures: int
    without_frame_s: float


class Grabber(ABC):
    """One camera, used from one thread only; it may be opened again after it was closed.

    ``name`` is what the user is shown: no passwords. ``mode`` is size and rate of its frames in words, once it is
    open. Every failure is a :class:`driver_monitor.camera.errors.CameraError`.
    """

    name: str
    mode: str = ""
    patience: Patience = Patience(failures=5, without_frame_s=1.0)

    @abstractmethod
    def open(self) -> None:
        """Open the camera. Raises CameraError that says what to do next, CameraSetupError where waiting is in vain."""

    @abstractmethod
    def read(self) -> tuple[float, NDArray[Any]]:
        """Wait for the next frame; return when it came (``time.monotonic()``, s) and the frame, grey, BGR or BGRA.

        Raises BadFrameError for one that cannot be used, CameraError when the camera is lost; should not wait much
        longer than ``CameraConfig.stall_s``, and not return at once again and again.
        """

    @abstractmethod
    def close(self) -> None:
        """Release the camera; safe to call twice, and when it was never opened."""
