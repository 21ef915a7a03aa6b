"""The frames every measurement runs on: decoded once, kept in a file that all processes map."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.camera.frame import Frame
from driver_monitor.camera.source import FrameSource
from driver_monitor.counted import counted
from driver_monitor.errors import DriverMonitorError
from driver_monitor.native_path import native_target


@dataclass(frozen=True, slots=True)
class Footage:
    """``images`` uint8 [n, height, width, 3] RGB, ``times_s`` float64 [n]; the files live as long as the context."""

    folder: Path
    images: NDArray[np.uint8]
    times_s: NDArray[np.float64]

    @property
    def frames_file(self) -> Path:
        return self.folder / "frames.npy"

    @property
    def times_file(self) -> Path:
        return self.folder / "times.npy"

    @property
    def interval_s(self) -> float:
        return float(np.median(np.diff(self.times_s)))

    def frames(self) -> Iterator[Frame]:
        for index, t_s in enumerate(self.times_s.tolist()):
            yield Frame(t_s, np.ascontiguousarray(self.images[index]), index)

    def video(self) -> Path:
        """The footage as a video file."""
        path = self.folder / "footage.mp4"
        height, width = self.images.shape[1:3]
        codec = cv2.VideoWriter.fourcc(*"mp4v")
        with native_target(path) as name:
            writer = cv2.VideoWriter(name, codec, 1 / self.interval_s, (width, height))
        if not writer.isOpened():
            raise DriverMonitorError(f"cannot write a video to {path}: OpenCV lacks the mp4v encoder")
        for image in self.images:
            writer.write(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        writer.release()
        return path


@contextmanager
def footage(source: FrameSource, count: int, width_px: int, height_px: int | None) -> Iterator[Footage]:
    """The first ``count`` frames of ``source``, scaled to the given size; a height of None keeps their proportions."""
    folder = Path(tempfile.mkdtemp(prefix="driver-monitor-bench-"))
    try:
        images, times_s = [], []
        for frame in source:
            if frame.image is None:
                continue
            image = frame.image
            size = (width_px, height_px or round(width_px * image.shape[0] / image.shape[1]))
            if image.shape[1::-1] != size:
                image = cast(NDArray[np.uint8], cv2.resize(image, size, interpolation=cv2.INTER_AREA))
            images.append(image)
            times_s.append(frame.t_s)
            if len(images) == count:
                break
        if len(images) < 30:
            raise DriverMonitorError(
                f"{source.name} has {counted(len(images), 'frame')}; a measurement needs 30 at least"
            )
        np.save(folder / "frames.npy", np.stack(images))
        np.save(folder / "times.npy", np.array(times_s))
        del images
        mapped = np.load(folder / "frames.npy", mmap_mode="r")
        yield Footage(folder, mapped, np.array(times_s))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
