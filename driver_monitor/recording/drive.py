"""A recorded drive as everybody reads it, whatever kind of file it lies in."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from driver_monitor.config.config import Config
from driver_monitor.config.errors import ConfigError
from driver_monitor.config.loader import load_text
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.event import Content, Event, RecordedAlert, RecordedFrame
from driver_monitor.recording.header import DriveHeader
from driver_monitor.state.alert import Alert
from driver_monitor.state.driver_state import DriverState


class Drive(ABC):
    """What was recorded of one drive, at ``path``, in ``files``.

    A reader implements the hooks below. It raises RecordingError where nothing can be read; what can be read is given,
    and every reading says anew in ``problems`` what is damaged or does not belong, and in ``notes`` where the drive was
    cut off: the end of a run that was killed, which is as good as a drive can be then.

    A drive holds nothing open. A reading does, until it ends or its iterator is closed.
    """

    def __init__(self, path: Path, files: list[Path]) -> None:
        self.path: Final = path
        self.files: Final = files
        self.problems: list[str] = []
        self.notes: list[str] = []
        self.messages: Counter[str] = Counter()  # by topic, of what was last read; empty where files have none
        self.header: Final = self._read_header()

    @cached_property
    def config(self) -> Config:
        """The config of the run; raises RecordingError where this version cannot use it."""
        return self.config_of(self.header.config_text)

    def config_of(self, text: str) -> Config:
        """The config of a reload on the way; raises RecordingError like :attr:`config`."""
        try:
            return _config(text)
        except ConfigError as error:
            raise RecordingError(
                f"{self.path}: its config cannot be used by this version ({self.header.software} wrote it); give one "
                f"with --config\n{error}"
            ) from None

    @cached_property
    def duration_s(self) -> float | None:
        """Time from the start of the drive to its end, without reading it; None where the last file has no index."""
        return self._duration_s()

    def events(self, *wanted: Content) -> Iterator[Event]:
        """What is ``wanted`` of the drive in order of time, and where its files begin; everything where nothing is."""
        self.problems, self.notes, self.messages = [], [], Counter()
        return self._events(frozenset(wanted or Content))

    def frames(self, *wanted: Content) -> Iterator[RecordedFrame]:
        """Every frame with its state, and what else is ``wanted`` of it; none for a drive of level 'events'."""
        return (event for event in self.events(Content.STATES, *wanted) if isinstance(event, RecordedFrame))

    def states(self) -> Iterator[DriverState]:
        """Every recorded frame's state; none for a drive of level 'events'."""
        return (frame.state for frame in self.frames())

    def alerts(self) -> list[Alert]:
        """As they were given."""
        return [event.alert for event in self.events(Content.ALERTS) if isinstance(event, RecordedAlert)]

    def jpegs(self, file: Path, since_s: float) -> Iterator[tuple[float, bytes]]:
        """Times (s) and JPEG frames of one of its files, from ``since_s`` on or somewhat before; none where the drive
        keeps none."""
        return iter(())

    @abstractmethod
    def _read_header(self) -> DriveHeader:
        """Raises RecordingError where there is none."""

    @abstractmethod
    def _duration_s(self) -> float | None:
        """See :attr:`duration_s`."""

    @abstractmethod
    def _events(self, wanted: frozenset[Content]) -> Iterator[Event]:
        """See :meth:`events`; ``problems``, ``notes`` and ``messages`` are empty when it begins."""


@lru_cache(maxsize=32)
def _config(text: str) -> Config:
    """Drives of one car share theirs, and reading it takes as long as minutes of signals."""
    return load_text(text, "config of the drive").config
