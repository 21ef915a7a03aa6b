"""A recorded drive where a camera or a video is wanted."""

from pathlib import Path

from driver_monitor.errors import UsageError
from driver_monitor.recording.open import is_drive


def refuse_recorded(source: str) -> None:
    """Raises UsageError for a recorded drive, or a folder of them, in words that say what takes it."""
    if Path(source).exists() and is_drive(Path(source)):
        raise UsageError(f"{source} is a recorded drive; use 'driver-monitor replay {source}'")
