"""Where the car's speed comes from."""

from abc import ABC, abstractmethod

from driver_monitor.closing import Closing
from driver_monitor.state.speed import Speed


class SpeedSource(Closing, ABC):
    """A context manager asked once a frame; never blocks. Readers run in their own thread."""

    @abstractmethod
    def speed(self, t_s: float) -> Speed:
        """The speed at media time ``t_s``; UNKNOWN when the last reading is older than the configured limit."""
