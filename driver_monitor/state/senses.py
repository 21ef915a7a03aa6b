"""What sensors beside the camera have sent up to a frame."""

from dataclasses import dataclass
from typing import Final

from driver_monitor.state.heart import HeartReading


@dataclass(frozen=True, slots=True)
class Senses:
    """``heart`` is what a heart sensor says, None without one."""

    heart: HeartReading | None = None


NO_SENSES: Final = Senses()
