"""Where the car's speed comes from."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final

from driver_monitor.closing import Closing
from driver_monitor.state.speed import Speed, SpeedKnowledge

UNKNOWN: Final = Speed(None, SpeedKnowledge.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Reading:
    kmh: float
    at_s: float  # when it was measured, on the reader's clock


class SpeedSource(Closing, ABC):
    """A context manager asked once a frame; never blocks. Readers run in their own thread.

    ``socket_families`` are those that it opens in this process, beside Unix sockets.
    """

    socket_families: frozenset[int] = frozenset()

    @abstractmethod
    def speed(self, t_s: float) -> Speed:
        """The speed at media time ``t_s``; UNKNOWN when the last reading is older than the configured limit."""


class MeasuringSource(SpeedSource):
    """``name`` is what the config calls it.

    Live, media time runs with the monotonic clock but from another origin, and a frame is asked about while it is
    fresh. So staleness is judged by the reader's own clock at the moment of asking, and ``t_s`` is not used: such a
    source is for live cameras only. A recorded drive brings its speed along or is given one.
    """

    name: str

    @abstractmethod
    def fresh(self) -> Reading | None:
        """The newest reading, None where it is older than the limit, or was taken back."""

    def speed(self, t_s: float) -> Speed:
        reading = self.fresh()
        return UNKNOWN if reading is None else Speed(reading.kmh, SpeedKnowledge.MEASURED, self.name)
