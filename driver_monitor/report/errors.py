"""What can go wrong while a report is written."""

from pathlib import Path

from driver_monitor.errors import DriverMonitorError


class ReportError(DriverMonitorError):
    """A report file that could not be written. The drive itself goes on without it."""


def cannot_write(path: Path, reason: str, saved: str) -> ReportError:
    """``reason`` in the system's words, ``saved`` what the user still has."""
    return ReportError(f"cannot write {path}: {reason}; {saved}. Free some space or choose another --out folder.")
