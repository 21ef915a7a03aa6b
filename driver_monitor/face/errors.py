from driver_monitor.errors import DriverMonitorError


class TrackerError(DriverMonitorError):
    """The vision worker cannot be started, or died more often than its restart budget allows."""

    reason = "tracker"
