"""The low-level side of a live camera: open, read, close. Threads, reopening and media time are LiveCapture's."""

from abc import ABC, abstractmethod
from typing import Any

from numpy.typing import NDArray


class Grabber(ABC):
    """One camera, used from one thread only; it may be opened again after it was closed.

    ``name`` is what the user is shown: no passwords. Every failure is a
    :class:`driver_monitor.camera.errors.CameraError`.
    """

    name: str

    @abstractmethod
    def open(self) -> None:
        """Open the camera. Raises CameraError that says what to do next."""

    @abstractmethod
    def read(self) -> tuple[float, NDArray[Any]]:
        """Wait for the next picture; return when it came (``time.monotonic()``, s) and the picture, grey, BGR or BGRA.

        Raises CameraError when the camera is lost; should not wait much longer than ``CameraConfig.stall_s``.
        """

    @abstractmethod
    def close(self) -> None:
        """Release the camera; safe to call twice, and when it was never opened."""
