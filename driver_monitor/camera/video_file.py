"""A video file, every frame of it, at its own presentation times."""

import logging
import os
import stat
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.camera.container import Container, inspect
from driver_monitor.camera.errors import CameraError
from driver_monitor.camera.frame import Frame
from driver_monitor.camera.presentation import PresentationClock
from driver_monitor.camera.quiet import silence_opencv
from driver_monitor.camera.repetition import ONE_FRAME, Repetition
from driver_monitor.camera.source import FrameSource
from driver_monitor.camera.spool import seekable, shown_name
from driver_monitor.camera.upright import upright_rgb
from driver_monitor.config.camera import CameraConfig
from driver_monitor.config.camera_address import STDIN
from driver_monitor.counted import counted
from driver_monitor.native_path import native_path

log = logging.getLogger(__name__)

_RETRIES = 2000  # failed reads in a row that mean the end: damage costs one read a lost frame, 12 us each at the end
_UNKNOWN_FPS = 30.0
_SHORT_BY_S = 0.5  # shorter than announced by more than this (and by 2 %) is worth a word; less is rounding
_HOLE_S = 1.0  # with a tenth of the announced frames missing, a longer step than this is a hole, not a slow camera


class VideoFileSource(FrameSource):
    """Opens the file and decodes its first frame at once, so that what is no video is refused here.

    The rotation written in the file is honoured (by OpenCV); ``config.rotate_deg`` turns further. Iteration goes
    through the file once. ``problem`` is empty, or after the last frame one sentence about what the file lacked (also
    logged); ``repaired_times`` counts the presentation times that had to be repaired. Where the file holds a camera's
    frozen frame, its frames come without an image and say so.
    ``duration_s`` and ``frame_count`` are what the file announces, None where it does not.
    """

    live = False

    def __init__(self, path: str | Path, config: CameraConfig) -> None:
        self.name = shown_name(str(path))
        self.problem = ""
        self._config = config
        self._lock = threading.Lock()
        self._closed = False
        self._frames = 0
        self._last_s = 0.0
        self._gaps = 0
        self._longest_step_s = 0.0
        self._ahead: deque[tuple[float, NDArray[Any]]] = deque()
        self._could_be_still = False
        self._repetition = Repetition()
        self._told_frozen = False
        self._capture = cv2.VideoCapture()
        file, self._spooled = seekable(str(path))
        try:
            self._container = _checked(file, self.name)
            self._open(file)
            self._decode_ahead()
        except BaseException:
            self.close()
            raise
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self._clock = PresentationClock(1 / (fps if 0 < fps < 1000 else _UNKNOWN_FPS))
        if not self._container.fragmented:
            self._announce(fps)

    @property
    def repaired_times(self) -> int:
        return self._clock.repaired

    def __iter__(self) -> Iterator[Frame]:
        while True:
            with self._lock:
                if self._closed:
                    return
                decoded = self._ahead.popleft() if self._ahead else self._decode()
            if decoded is None:
                break
            raw_s, image = decoded
            had_repairs = self._clock.repaired
            t_s = self._clock.media_time(raw_s)
            self._longest_step_s = max(self._longest_step_s, t_s - self._last_s)
            self._last_s = t_s
            if self._clock.repaired == 1 and not had_repairs:
                log.warning(
                    "%s: presentation times stand still, step back or are missing, first at %.3f s; they are repaired",
                    self.name, self._last_s,
                )  # fmt: skip
            index = self._frames
            self._frames += 1
            yield self._frame(t_s, upright_rgb(image, self._config), index)
        self._judge_the_end()

    def _frame(self, t_s: float, image: NDArray[np.uint8], index: int) -> Frame:
        if not self._repetition.update(t_s, image):
            return Frame(t_s, image, index)
        if not self._told_frozen:
            self._told_frozen = True
            log.warning("%s: %s, first at %.1f s; then it counts as lost", self.name, ONE_FRAME, t_s)
        return Frame(t_s, None, index, fault=ONE_FRAME)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._ahead.clear()
            self._capture.release()
            if self._spooled is not None:
                self._spooled.close()

    def _open(self, file: Path) -> None:
        silence_opencv()
        # An absolute path, because FFmpeg takes what stands before a colon for a protocol.
        with native_path(file) as name:
            self._capture.open(name, cv2.CAP_FFMPEG)
            self._could_be_still = cv2.haveImageReader(name)
        if self._capture.isOpened():
            return
        if self._could_be_still:
            raise _still_image(self.name)
        if self._container.cut_off:
            raise CameraError(f"{self.name} is cut off and nothing of it can be read; copy or record it again.")
        if self._container.kind in ("iso", "riff"):
            raise CameraError(f"{self.name} holds no video frames; record it again.")
        raise CameraError(f"{self.name} is not a video that can be decoded; convert it to MP4 (H.264) first.")

    def _announce(self, fps: float) -> None:
        """Length and frame count from the first frame on: a time offset is nothing that could be read."""
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        if count <= 0:
            return
        self.frame_count = int(count)
        self.duration_s = self._container.announced_s or (count / fps if fps > 0 else None)
        if self.duration_s and self._container.counts_from_zero and 0 < self._begins_s < self.duration_s:
            if self._container.announced_s is None:  # then the count is but length by rate
                self.frame_count = max(1, round(count * (1 - self._begins_s / self.duration_s)))
            self.duration_s -= self._begins_s

    def _decode_ahead(self) -> None:
        first = self._decode()
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self._begins_s = self._capture.get(cv2.CAP_PROP_PTS) / fps if first and fps > 0 else 0.0
        second = self._decode() if first and self._could_be_still else None
        self._ahead.extend(frame for frame in (first, second) if frame)
        if self._could_be_still and not second:
            raise _still_image(self.name)
        if not first:
            raise CameraError(f"{self.name} holds no frame that can be decoded; record or convert it again.")

    def _decode(self) -> tuple[float, NDArray[Any]] | None:
        """The next frame that can be decoded, with its time in the file (s); None at the end."""
        for failures in range(_RETRIES):
            found, image = self._capture.read()
            if found:
                self._gaps += failures > 0
                return self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000, image
        return None

    def _judge_the_end(self) -> None:
        frames, last_s = self._frames, self._last_s
        read_s = last_s + (last_s / (frames - 1) if frames > 1 else 0.0)
        short_by_s = self.duration_s - read_s if self.duration_s else 0.0
        of_s = f" of {self.duration_s:.1f} s" if self.duration_s and short_by_s > 0 else ""
        hole = self._longest_step_s > _HOLE_S and frames < 0.9 * (self.frame_count or 0)
        if self._container.cut_off:
            missing = f" by {counted(self._container.missing_bytes, 'byte')}" if self._container.missing_bytes else ""
            self.problem = f"{self.name} is cut off{missing}: {read_s:.1f} s{of_s} could be read; copy it again."
        elif self._gaps or hole:
            of = counted(self.frame_count, "frame") if self.frame_count else "its frames"
            self.problem = (
                f"{self.name} is damaged: {frames} of {of} could be read, "
                f"with up to {self._longest_step_s:.1f} s between two."
            )
        elif short_by_s > max(_SHORT_BY_S, 0.02 * (self.duration_s or 0)):
            self.problem = f"{self.name} ends early: {read_s:.1f} s{of_s} could be read; copy or record it again."
        if self.problem:
            log.warning("%s", self.problem)


def _is_null(about: os.stat_result) -> bool:
    return stat.S_ISCHR(about.st_mode) and about.st_rdev == os.stat(os.devnull).st_rdev


def _checked(file: Path, name: str) -> Container:
    """Refuse what cannot be a video, in words that say what it is instead."""
    try:
        about = file.stat()
        if stat.S_ISDIR(about.st_mode):
            raise CameraError(f"{name} is a folder; name one video file in it.")
        if name == shown_name(STDIN) and (about.st_size == 0 if stat.S_ISREG(about.st_mode) else _is_null(about)):
            raise CameraError("standard input was empty; pipe a video into it, or name a file.")
        if not stat.S_ISREG(about.st_mode):
            raise CameraError(f"{name} is neither a video file nor a camera device.")
        if about.st_size == 0:
            raise CameraError(f"{name} is empty (0 bytes); record or copy it again.")
        container = inspect(file)
    except FileNotFoundError as error:
        raise CameraError(f"There is no file {name}; check the path.") from error
    except OSError as error:
        raise CameraError(f"{name} cannot be read ({error.strerror}); check its permissions and the disk.") from error
    if container.kind == "text":
        raise CameraError(f"{name} is a text file, not a video.")
    if container.kind == "still":
        raise _still_image(name)
    if container.kind == "iso" and not container.has_index and not container.fragmented:
        raise CameraError(
            f"{name} is truncated: its index (the 'moov' box, written last) is missing, so the recording was never "
            "finished; copy it again, or repair it with a tool such as untrunc."
        )
    return container


def _still_image(name: str) -> CameraError:
    return CameraError(f"{name} is a still image, not a video; a driver's state needs frames over time.")
