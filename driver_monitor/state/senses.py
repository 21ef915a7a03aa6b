"""What sensors beside the camera have sent up to a frame."""

from dataclasses import dataclass
from typing import Final

from driver_monitor.state.heart import HeartReading
from driver_monitor.state.voice import VoiceReading


@dataclass(frozen=True, slots=True)
class Senses:
    """``heart`` is what a heart sensor says, None without one; ``voice`` is what was heard since the frame before, None
    where that is nothing new."""

    heart: HeartReading | None = None
    voice: VoiceReading | None = None


NO_SENSES: Final = Senses()
