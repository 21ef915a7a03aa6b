"""One drive on its way through the monitor once more, whatever it was kept as."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from driver_monitor.closing import Closing
from driver_monitor.config.config import Config
from driver_monitor.monitor import Moment, Monitor


class Passage(Closing, ABC):
    """A context manager that yields every frame's :class:`Moment`, in order, as fast as it goes.

    ``duration_s`` and ``fps`` are None where they cannot be told beforehand. ``notes`` is what a reader of the outcome
    should know, ``problems`` what is missing from it; both are complete once all moments have come. ``damaged`` says
    that the source lacked something which it has told by itself.
    """

    name: str
    config: Config
    monitor: Monitor
    duration_s: float | None = None
    fps: float | None = None
    damaged: bool = False

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.problems: list[str] = []

    @abstractmethod
    def __iter__(self) -> Iterator[Moment]: ...
