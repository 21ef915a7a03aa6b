"""Encoders of the annotated video.

VP9 in WebM is what Chromium, Firefox and Android (phones and their galleries) play, and Safari in its recent versions;
nobody asks a patent licence for it, and what a killed run leaves can be played up to there. PyAV's wheels carry
the encoder for x86-64 and aarch64. Where PyAV is missing, OpenCV's MPEG-4 part 2 remains, for players such as VLC.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.native_path import native_path, native_target
from driver_monitor.report.errors import cannot_write

WEBM: Final = ".webm"
MP4: Final = ".mp4"
_KEY_FRAME_S: Final = 2.0  # a player that seeks decodes this much at most
# Realtime settings: at the same size and quality a sixth of the time of libvpx's own choice.
_VP9: Final = {"deadline": "realtime", "cpu-used": "8", "row-mt": "1", "crf": "36", "b": "0", "lag-in-frames": "0"}
_THREADS: Final = 2
_NONE: Final = "no video was saved"

Image = NDArray[np.uint8]


@cache
def without_vp9() -> str:
    """Why there is no VP9 on this machine; empty where there is."""
    try:
        import av  # noqa: PLC0415  (a tenth of a second, for those who want a video)
    except ImportError as missing:  # a board for which no wheel was to be had
        return f"PyAV cannot be loaded ({missing}); 'pip install av' brings it"
    return "" if "libvpx-vp9" in av.codecs_available else "this PyAV was built without libvpx"


def best_suffix() -> str:
    return MP4 if without_vp9() else WEBM


class Encoder(ABC):
    """Makes a file of pictures of one size, uint8 [height, width, 3] in OpenCV's channel order."""

    @abstractmethod
    def write(self, image: Image) -> None:
        """Raises ReportError where the file cannot be written."""

    @abstractmethod
    def close(self) -> None:
        """End the file; safe to call twice."""


class Vp9(Encoder):
    def __init__(self, path: Path, width_px: int, height_px: int, fps: float) -> None:
        import av  # noqa: PLC0415
        import av.logging  # noqa: PLC0415

        self._path = path
        self._broken: Final = (OSError, av.FFmpegError)
        self._frame: Final = av.VideoFrame.from_ndarray
        av.logging.set_level(av.logging.PANIC)
        self._file: BinaryIO = path.open("wb")
        self._container = av.open(self._file, "w", format="webm")
        rate = Fraction(fps).limit_denominator(1001)
        self._stream = self._container.add_stream("libvpx-vp9", rate=rate, options=dict(_VP9))
        self._stream.width, self._stream.height, self._stream.pix_fmt = width_px, height_px, "yuv420p"
        context = self._stream.codec_context
        context.gop_size = round(_KEY_FRAME_S * fps)
        context.thread_count = _THREADS
        context.color_range, context.colorspace = 1, 6  # limited, BT.601: what cvtColor makes, at any size
        self._time_base = 1 / rate
        self._written = 0
        self._open = True

    def write(self, image: Image) -> None:
        planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420), np.uint8)
        frame = self._frame(planes, format="yuv420p")
        frame.pts, frame.time_base = self._written, self._time_base
        with self._guarded():
            for packet in self._stream.encode(frame):
                self._container.mux(packet)
        self._written += 1

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        with self._guarded(), self._file:
            for packet in self._stream.encode(None) if self._written else ():
                self._container.mux(packet)
            self._container.close()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except self._broken as error:
            self._open = False
            self._file.close()
            reason = getattr(error, "strerror", None) or str(error)
            saved = f"{self._written} frames are in it, as far as it can be played" if self._written else _NONE
            raise cannot_write(self._path, reason, saved) from error


class Mp4v(Encoder):
    """MPEG-4 part 2: all that OpenCV's wheels can write into an mp4 file; browsers do not play it."""

    def __init__(self, path: Path, width_px: int, height_px: int, fps: float) -> None:
        with native_target(path) as name:
            self._writer = cv2.VideoWriter(name, cv2.VideoWriter.fourcc(*"mp4v"), fps, (width_px, height_px))
        if not self._writer.isOpened():
            path.unlink(missing_ok=True)
            raise cannot_write(path, "OpenCV cannot start its mp4v encoder", _NONE)

    def write(self, image: Image) -> None:
        self._writer.write(image)

    def close(self) -> None:
        self._writer.release()


def encoder(path: Path, width_px: int, height_px: int, fps: float) -> Encoder:
    """By the file's suffix, :data:`WEBM` or :data:`MP4`. Raises OSError or ReportError where it cannot be begun."""
    return (Vp9 if path.suffix == WEBM else Mp4v)(path, width_px, height_px, fps)


def frames_in(path: Path) -> int:
    """How many frames a finished file has; 0 where it cannot be read."""
    with native_path(path) as name:
        if path.suffix == WEBM:
            import av  # noqa: PLC0415

            try:
                with av.open(name) as container:
                    return sum(packet.size > 0 for packet in container.demux(video=0))
            except (OSError, av.FFmpegError):
                return 0
        capture = cv2.VideoCapture(name)
        try:
            return int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) if capture.isOpened() else 0
        finally:
            capture.release()
