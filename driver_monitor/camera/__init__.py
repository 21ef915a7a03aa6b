"""Where frames come from.

Only the light contracts are exported here, so that a module which just needs :class:`Frame` does not pay for OpenCV;
sources are opened with :func:`driver_monitor.camera.open.open_source`.
"""

from driver_monitor.camera.errors import CameraError
from driver_monitor.camera.frame import Frame
from driver_monitor.camera.source import FrameSource

__all__ = ["CameraError", "Frame", "FrameSource"]
