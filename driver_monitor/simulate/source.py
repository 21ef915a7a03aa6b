"""A scripted drive as a frame source: rendered as fast as it is read."""

from collections.abc import Iterator
from threading import Event as Flag

from driver_monitor.camera.frame import Frame
from driver_monitor.camera.source import FrameSource
from driver_monitor.simulate.drive import ScriptedDrive


class ScriptedSource(FrameSource):
    """Plays a built-in drive (``demo``) or a drive script's path; ``drive`` has the truth.

    The picture's size and frame rate are the script's, whatever the camera config says. Raises UsageError for a
    script that is not there or not right, DriverMonitorError when its portrait is not installed.
    """

    def __init__(self, name_or_path: str) -> None:
        self.drive = ScriptedDrive.load(name_or_path)
        self.name = f"scripted:{name_or_path}"
        self.duration_s = self.drive.duration_s
        self.frame_count = len(self.drive)
        self._closed = Flag()

    def __iter__(self) -> Iterator[Frame]:
        for frame, _ in self.drive.frames():
            if self._closed.is_set():
                return
            yield frame

    def close(self) -> None:
        self._closed.set()
