from driver_monitor.errors import DriverMonitorError


class CameraError(DriverMonitorError):
    """A camera or video that cannot be opened or read."""
