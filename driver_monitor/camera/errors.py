from driver_monitor.errors import DriverMonitorError, UsageError


class CameraError(DriverMonitorError):
    """A camera or video that cannot be opened or read."""


class SourceError(CameraError, UsageError):
    """A text that names no camera and no video, whatever may be plugged in."""
