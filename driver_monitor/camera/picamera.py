"""The Raspberry Pi's ribbon camera through picamera2, which is imported only when this camera is chosen."""

import time
from typing import Any

from numpy.typing import NDArray

from driver_monitor.camera.errors import CameraError, CameraSetupError
from driver_monitor.camera.grabber import Grabber
from driver_monitor.config.camera import CameraConfig

_INSTALL = (
    "install it (sudo apt install python3-picamera2) and let this environment see it "
    "(python3 -m venv --system-site-packages)"
)


class PiCameraGrabber(Grabber):
    """The first camera libcamera lists, as 8-bit frames of the configured size and rate."""

    def __init__(self, config: CameraConfig) -> None:
        self.name = "picamera2"
        self._config = config
        self._camera: Any = None

    def open(self) -> None:
        try:
            from picamera2 import Picamera2  # noqa: PLC0415  (exists on a Raspberry Pi only)
        except ImportError as error:
            raise CameraSetupError(
                f"the camera 'picamera2' needs the package picamera2, which is not there; {_INSTALL}."
            ) from error
        try:
            camera = self._camera = Picamera2()
            camera.configure(
                camera.create_video_configuration(
                    # libcamera's name for blue, green, red in memory order
                    main={"size": (self._config.width_px, self._config.height_px), "format": "RGB888"},
                    controls={"FrameRate": self._config.fps},
                )
            )
            camera.start()
            self.mode = f"{self._config.width_px} x {self._config.height_px} px at {self._config.fps:g} Hz"
        except (IndexError, RuntimeError) as error:  # no camera listed; busy, or refuses the mode
            raise CameraError(
                f"the Raspberry Pi camera does not open ({error}); check the ribbon cable with "
                "'rpicam-hello --list-cameras', and that no other program uses it."
            ) from error

    def read(self) -> tuple[float, NDArray[Any]]:
        if self._camera is None:
            raise CameraError("the Raspberry Pi camera is not open.")
        try:
            image = self._camera.capture_array("main", wait=self._config.stall_s)
        except (TimeoutError, RuntimeError) as error:
            raise CameraError("the Raspberry Pi camera stopped delivering frames; check its ribbon cable.") from error
        return time.monotonic(), image

    def close(self) -> None:
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.close()
