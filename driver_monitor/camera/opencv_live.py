"""USB and network cameras through OpenCV."""

import glob
import math
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
from numpy.typing import NDArray

from driver_monitor.camera.device import is_camera_node
from driver_monitor.camera.errors import BadFrameError, CameraError, CameraSetupError
from driver_monitor.camera.grabber import Grabber, Patience
from driver_monitor.camera.quiet import silence_opencv
from driver_monitor.config.camera import CameraConfig
from driver_monitor.config.camera_address import redacted

if TYPE_CHECKING:
    from driver_monitor.camera.jpeg import JpegDecoder
    from driver_monitor.camera.mjpeg import MjpegStream

_AFTER_A_FAILURE_S = 0.02
_USB2_RAW_PIXELS = 640 * 480  # at 30 Hz USB 2 carries no more than this uncompressed, so ask for JPEG above it


class OpenCvGrabber(Grabber):
    """What the two kinds of OpenCV camera share: reading and closing."""

    def __init__(self, name: str, config: CameraConfig) -> None:
        self.name = name
        self._config = config
        self._capture: cv2.VideoCapture | None = None

    def read(self) -> tuple[float, NDArray[Any]]:
        if self._capture is None:
            raise CameraError(f"camera {self.name} is not open.")
        began_s = time.monotonic()
        found, image = self._capture.read()
        now_s = time.monotonic()
        if found:
            return now_s, image
        if now_s - began_s >= 0.9 * self._config.stall_s:
            raise CameraError(f"camera {self.name} stopped delivering frames; check its cable, power and network.")
        # OpenCV does not tell a frame it cannot decode from a stream's end, which it repeats as fast as it is asked.
        time.sleep(max(0.0, _AFTER_A_FAILURE_S - (now_s - began_s)))
        raise BadFrameError(
            f"camera {self.name} delivers nothing that can be read; check its cable, power and network."
        )

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class DeviceGrabber(OpenCvGrabber):
    """A Video4Linux camera, by its device path. Asks for the configured size and rate; the camera has the last word."""

    # Cables and hubs lose a few JPEGs in a row; to open a camera anew takes half a second and more.
    patience = Patience(failures=10, without_frame_s=1.0)

    def __init__(self, path: str, config: CameraConfig) -> None:
        super().__init__(path, config)

    def open(self) -> None:
        silence_opencv()
        # OpenCV waits 10 s for a silent device unless told otherwise, and only in whole seconds.
        os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(math.ceil(self._config.stall_s)))
        refuse_unusable_device(self.name)
        capture = cv2.VideoCapture(self.name, cv2.CAP_V4L2)
        if not capture.isOpened():
            raise CameraError(
                f"{self.name} does not open as a camera; another program may be using it (fuser -v {self.name}), "
                f"or the frames are on another node ({_devices()}); a Raspberry Pi ribbon camera needs "
                "camera.source 'picamera2'."
            )
        if self._config.width_px * self._config.height_px > _USB2_RAW_PIXELS:
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._config.width_px)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._config.height_px)
        capture.set(cv2.CAP_PROP_FPS, self._config.fps)
        self._capture = capture
        self.mode = _mode(capture)

    def read(self) -> tuple[float, NDArray[Any]]:
        try:
            return super().read()
        except BadFrameError:
            refuse_unusable_device(self.name)  # pulled out, it will not come back by reading on
            raise


class NetworkGrabber(OpenCvGrabber):
    """A network camera by URL (RTSP, MJPEG over HTTP and the like). Size and rate are the camera's own."""

    # FFmpeg takes a second or more to find out what a stream is when it is opened again.
    patience = Patience(failures=5, without_frame_s=2.0)

    def __init__(self, url: str, config: CameraConfig) -> None:
        super().__init__(redacted(url), config)
        self._url = url
        self._mjpeg: MjpegStream | None = None
        self._decoder: JpegDecoder | None = None

    def read(self) -> tuple[float, NDArray[Any]]:
        if self._mjpeg is None:
            return super().read()
        image = self._mjpeg.read()
        return time.monotonic(), image

    def close(self) -> None:
        super().close()
        if self._mjpeg is not None:
            self._mjpeg.close()
            self._mjpeg = None

    def open(self) -> None:
        if self._url.lower().startswith("http") and self._opens_as_mjpeg():
            return
        silence_opencv()
        limits = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(1000 * self._config.open_timeout_s),
            cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(1000 * self._config.stall_s),
        ]  # fmt: skip
        capture = cv2.VideoCapture(self._url, cv2.CAP_FFMPEG, limits)
        if not capture.isOpened():
            raise CameraError(
                f"camera {self.name} does not answer or sends no video; check the address, user and password, and that "
                "it is on this network."
            )
        self._capture = capture
        self.mode = _mode(capture)

    def _opens_as_mjpeg(self) -> bool:
        """False where something else is sent: FFmpeg knows more kinds."""
        from driver_monitor.camera.jpeg import JpegDecoder  # noqa: PLC0415  (0.4 s to load)
        from driver_monitor.camera.mjpeg import MjpegStream, NotMjpegError  # noqa: PLC0415

        self._decoder = self._decoder or JpegDecoder()
        try:
            self._mjpeg = MjpegStream(
                self._url,
                self.name,
                self._decoder,
                open_timeout_s=self._config.open_timeout_s,
                read_timeout_s=self._config.stall_s,
            )
        except NotMjpegError:
            return False
        return True


def refuse_unusable_device(path: str) -> None:
    """Raise CameraError, saying what to do, when a device does not exist or may not be used."""
    device = Path(path)
    if not device.exists():
        raise CameraError(f"There is no camera {path}; {_devices()}.")
    if not device.is_char_device():
        raise CameraSetupError(f"{path} is not a camera device; {_devices()}.")
    if not os.access(path, os.R_OK | os.W_OK):
        raise CameraError(
            f"You may not use {path}; join the group video (sudo usermod -aG video $USER), then log in again."
        )
    if not is_camera_node(device):
        raise CameraSetupError(f"{path} is not a camera device; {_devices()}.")


def _devices() -> str:
    found = sorted(glob.glob("/dev/video*"), key=lambda path: (len(path), path))
    return f"there are {', '.join(found)}" if found else "no /dev/video* exists, so plug a camera in or load its driver"


def _mode(capture: cv2.VideoCapture) -> str:
    width, height = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    rate_hz = capture.get(cv2.CAP_PROP_FPS)
    return f"{width:.0f} x {height:.0f} px" + (f" at {rate_hz:.3g} Hz" if 0 < rate_hz <= 1000 else "")
