"""A recorded drive where a camera or a video is wanted."""

from pathlib import Path

from driver_monitor.errors import UsageError


def refuse_recorded(source: str) -> None:
    """Raises UsageError for a recorded drive, or a folder of them, in words that say what takes it."""
    path = Path(source)
    if not path.exists():
        return
    from driver_monitor.recording.drive import is_drive  # noqa: PLC0415  (loads what the recordings need)

    if is_drive(path):
        raise UsageError(f"{source} is a recorded drive; use 'driver-monitor replay {source}'")
