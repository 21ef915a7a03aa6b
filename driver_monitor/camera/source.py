"""The contract every frame source meets."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from driver_monitor.camera.frame import Frame


class FrameSource(ABC):
    """A context manager that yields :class:`Frame` objects with strictly increasing ``t_s``.

    ``live`` sources never end by themselves and may drop frames; the others end, deliver every frame and know
    ``duration_s`` and ``frame_count`` where the file tells (None where it does not).
    Opening raises :class:`driver_monitor.camera.errors.CameraError` with one clear sentence.
    """

    live: bool = False
    name: str
    duration_s: float | None = None
    frame_count: int | None = None

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """Yield frames until the source ends, or until :meth:`close` is called from another thread."""

    @abstractmethod
    def close(self) -> None:
        """Release the device or file; safe to call twice and from another thread."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
