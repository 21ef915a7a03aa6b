"""A live camera that never makes the loop wait and never ends a drive by disappearing."""

import logging
import math
import threading
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from driver_monitor.camera.backoff import Backoff
from driver_monitor.camera.errors import CameraError
from driver_monitor.camera.frame import Frame
from driver_monitor.camera.grabber import Grabber
from driver_monitor.camera.newest import Newest
from driver_monitor.camera.picture import upright_rgb
from driver_monitor.camera.presentation import SMALLEST_STEP_S
from driver_monitor.camera.source import FrameSource
from driver_monitor.config.camera import CameraConfig

log = logging.getLogger(__name__)

FAULT_PERIOD_S = 0.2  # how often time goes on while there is no picture
_JOIN_S = 0.2


class LiveCapture(FrameSource):
    """Runs a :class:`Grabber` in a thread of its own and yields its newest picture.

    Media time is the capture clock (``time.monotonic()`` when the picture came), 0 at the first yielded frame. While
    the camera is lost, frames without a picture come every :data:`FAULT_PERIOD_S`; it is closed and opened again
    after ``reopen_first_s``, doubling up to ``reopen_max_s``. ``index`` counts dropped frames too.

    With ``required`` the constructor waits for the first picture and raises the grabber's CameraError when opening or
    that first read fails; without it the camera may come later.
    """

    live = True

    def __init__(self, grabber: Grabber, config: CameraConfig, *, required: bool = True) -> None:
        self.name = grabber.name
        self.reopened = 0
        self._grabber = grabber
        self._required = required
        self._start_s: float | None = None
        self._t_s, self._index = 0.0, -1
        self._config = config
        self._newest: Newest[tuple[float, NDArray[np.uint8]]] = Newest()
        self._stop = threading.Event()
        self._tried = threading.Event()
        self._first_error: CameraError | None = None
        self._fault = "camera is being opened"
        self._reported = ""
        self._last_picture_s = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"camera {self.name}", daemon=True)
        self._thread.start()
        if required:
            self._wait_for_the_first_picture()

    def __iter__(self) -> Iterator[Frame]:
        while True:
            taken = self._newest.take(FAULT_PERIOD_S)
            if taken is None and self._newest.ended:
                return
            fault = "" if taken else self._current_fault()
            if taken is None and not fault:
                continue
            (at_s, image), dropped = taken or ((time.monotonic(), None), 0)
            if self._start_s is None:
                self._start_s, dropped = at_s, 0
            else:
                self._t_s = max(at_s - self._start_s, self._t_s + SMALLEST_STEP_S)
            self._index += 1 + dropped
            captured_s = at_s if taken else math.nan
            yield Frame(self._t_s, image, self._index, dropped, fault, captured_s)

    def close(self) -> None:
        self._stop.set()
        self._newest.close()
        if threading.current_thread() is not self._thread:
            # A blocked open or read cannot be interrupted; the thread releases the device when it comes back.
            self._thread.join(_JOIN_S)

    def _wait_for_the_first_picture(self) -> None:
        try:
            self._tried.wait()
        except BaseException:
            self.close()
            raise
        if self._first_error is not None:
            self.close()
            raise self._first_error

    def _current_fault(self) -> str:
        silent_s = time.monotonic() - self._last_picture_s
        if self._fault:
            return self._fault
        return f"no picture for {silent_s:.1f} s" if silent_s > self._config.stall_s else ""

    def _run(self) -> None:
        backoff = Backoff(self._config.reopen_first_s, self._config.reopen_max_s)
        try:
            while not self._stop.is_set():
                try:
                    self._grab(backoff)
                except CameraError as error:
                    self._lost(error)
                finally:
                    self._grabber.close()
                self._stop.wait(backoff.next_s())
        except BaseException as error:  # noqa: BLE001  (a defect in the thread is raised in the consumer's)
            self._newest.finish(error)
        finally:
            self._tried.set()

    def _grab(self, backoff: Backoff) -> None:
        self._grabber.open()
        while not self._stop.is_set():
            at_s, picture = self._grabber.read()
            image = upright_rgb(picture, self._config)
            if self._fault and self._tried.is_set():
                self.reopened += 1
                log.warning("camera %s delivers again after %.1f s", self.name, at_s - self._last_picture_s)
            self._fault, self._reported, self._last_picture_s = "", "", at_s
            self._newest.put((at_s, image))
            self._tried.set()
            backoff.reset()

    def _lost(self, error: CameraError) -> None:
        if self._required and not self._tried.is_set():
            self._first_error = error
        elif str(error) != self._reported and not self._stop.is_set():
            log.warning("camera lost: %s", error)
        self._tried.set()
        self._reported = str(error)
        self._fault = self._reported.partition(";")[0].rstrip(".")
