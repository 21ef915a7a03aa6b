"""What can be wrong with a recorded drive."""

from driver_monitor.errors import DriverMonitorError, UsageError


class RecordingError(DriverMonitorError):
    """A drive that cannot be written or read: one sentence, with the file and what to do."""

    reason = "recording"


class NoDriveError(RecordingError, UsageError):
    """There is no drive where one was named."""
