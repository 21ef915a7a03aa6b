"""Where readings of the voice come from."""

from abc import ABC, abstractmethod

from driver_monitor.closing import Closing
from driver_monitor.state.voice import VoiceReading


class VoiceSource(Closing, ABC):
    """A context manager asked once a frame; never blocks. The microphone has a process of its own."""

    @abstractmethod
    def reading(self, t_s: float) -> VoiceReading | None:
        """What was heard up to media time ``t_s``, stamped with it; None while there is nothing new."""
