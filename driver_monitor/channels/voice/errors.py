"""What can go wrong with a microphone."""

from typing import Literal

from driver_monitor.errors import DriverMonitorError


class MicrophoneError(DriverMonitorError):
    """``missing`` is a word of VOICE_MISSING."""

    reason = "microphone"

    def __init__(self, missing: Literal["no_microphone", "unplugged"], words: str) -> None:
        super().__init__(words)
        self.missing = missing
