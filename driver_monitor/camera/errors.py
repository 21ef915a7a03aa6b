"""What can be wrong with a camera, by what helps: another frame, opening it again, or only a person."""

from driver_monitor.errors import DriverMonitorError


class CameraError(DriverMonitorError):
    """A camera or video that cannot be opened or read."""

    reason = "camera"


class BadFrameError(CameraError):
    """One frame that cannot be used; the next one may be well."""


class CameraSetupError(CameraError):
    """Something that no waiting mends: software that is not installed, a device that is no camera."""
