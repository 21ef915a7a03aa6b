"""A live camera that never makes the loop wait and never ends a drive by disappearing."""

import logging
import math
import threading
import time
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.camera.backoff import Backoff
from driver_monitor.camera.errors import BadFrameError, CameraError, CameraSetupError
from driver_monitor.camera.frame import Frame
from driver_monitor.camera.grabber import Grabber
from driver_monitor.camera.newest import Newest
from driver_monitor.camera.presentation import SMALLEST_STEP_S
from driver_monitor.camera.repetition import Repetition
from driver_monitor.camera.source import FrameSource
from driver_monitor.camera.upright import upright_rgb
from driver_monitor.config.camera import CameraConfig

log = logging.getLogger(__name__)

FAULT_PERIOD_S: Final = 0.2  # how often time goes on while there is no frame
AT_ONCE_S: Final = 0.05  # before a camera that gave frames until now is opened again for the first time
_JOIN_S: Final = 0.2


class LiveCapture(FrameSource):
    """Runs a :class:`Grabber` in a thread of its own and yields its newest frame.

    Media time is the capture clock (``time.monotonic()`` when the frame came), 0 at the first yielded frame. A
    frame that cannot be used is left out and counted. When the grabber's patience is at its end, or no frame comes
    for ``stall_s``, the camera is lost: frames without an image come every :data:`FAULT_PERIOD_S`. Independent of
    that it is closed and opened again after the grabber's number of failures in a row: at once where it gave frames
    until now, then after ``reopen_first_s``, doubling up to ``reopen_max_s``. A camera that repeats one frame is lost
    as well (:class:`Repetition`); it is watched on between the attempts, because it may come to itself.
    ``index`` counts dropped frames too.

    With ``required`` the constructor waits for the first frame and raises the grabber's CameraError when opening or
    that first read fails; without it the camera may come later.
    """

    live = True

    def __init__(self, grabber: Grabber, config: CameraConfig, *, required: bool = True) -> None:
        self.name = grabber.name
        self.reopened = 0
        self.bad_frames = 0
        self._grabber = grabber
        self._required = required
        self._start_s: float | None = None
        self._t_s, self._index, self._bad_told = 0.0, -1, 0
        self._config = config
        self._newest: Newest[tuple[float, NDArray[np.uint8]]] = Newest()
        self._stop = threading.Event()
        self._tried = threading.Event()
        self._first_error: CameraError | None = None
        self._repetition = Repetition()
        self._failures = 0  # in a row
        self._trouble = ""  # the last failure's sentence, empty while all is well
        self._told: set[str] = set()  # sentences of this outage
        self._seen = self._gave = False  # a frame has come, at all and since it was opened
        self._shown = False  # a frame has been yielded
        self._lost_s = math.nan  # since when it counts as lost
        self._last_frame_s = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"camera {self.name}", daemon=True)
        self._thread.start()
        if required:
            self._wait_for_the_first_frame()

    @property
    def mode(self) -> str:
        return self._grabber.mode

    def __iter__(self) -> Iterator[Frame]:
        while True:
            taken = self._newest.take(FAULT_PERIOD_S)
            if taken is None and (self._newest.ended or self._stop.is_set()):
                return
            fault = "" if taken else self._current_fault()
            if taken is None and not fault:
                continue
            (at_s, image), dropped = taken or ((time.monotonic(), None), 0)
            self._tell(fault, at_s)
            if self._start_s is None:
                self._start_s, dropped = at_s, 0
            else:
                self._t_s = max(at_s - self._start_s, self._t_s + SMALLEST_STEP_S)
            self._index += 1 + dropped
            bad, self._bad_told = self.bad_frames - self._bad_told, self.bad_frames
            captured_s = at_s if taken else math.nan
            yield Frame(self._t_s, image, self._index, dropped, fault, captured_s, bad)

    def stop(self) -> None:
        self._stop.set()

    def close(self) -> None:
        self._stop.set()
        self._newest.close()
        if threading.current_thread() is not self._thread:
            # A blocked open or read cannot be interrupted; the thread releases the device when it comes back.
            self._thread.join(_JOIN_S)

    def _wait_for_the_first_frame(self) -> None:
        try:
            self._tried.wait()
        except BaseException:
            self.close()
            raise
        if self._first_error is not None:
            self.close()
            raise self._first_error

    def _current_fault(self) -> str:
        """Why the camera counts as lost, in a few words; empty while it does not."""
        silent_s = time.monotonic() - self._last_frame_s
        trouble, patience = self._trouble, self._grabber.patience
        worn_out = self._failures >= patience.failures and silent_s > patience.without_frame_s
        not_there = self._tried.is_set() and not self._seen  # what never gave a frame has nothing to lose
        if worn_out or silent_s > self._config.stall_s or not_there or self._repetition.frozen:
            return trouble.partition(";")[0].rstrip(".") or f"no frame for {silent_s:.1f} s"
        return ""

    def _tell(self, fault: str, at_s: float) -> None:
        """Say when the camera is lost, once for each reason, and when it is back."""
        if fault:
            self._lost_s = at_s if math.isnan(self._lost_s) else self._lost_s
            if self._trouble or self._shown or at_s - self._last_frame_s >= self._config.open_timeout_s:
                self._complain()
            return
        if self._told:
            self._told.clear()
            delivers = "delivers again" if self._shown else "delivers now"
            log.warning("camera %s %s after %.1f s", self.name, delivers, at_s - self._lost_s)
        self.reopened += self._shown and not math.isnan(self._lost_s)
        self._lost_s = math.nan
        self._shown = True

    def _complain(self) -> None:
        sentence = self._trouble or f"camera {self.name} delivers no frames; check its cable, power and network."
        if sentence not in self._told and not self._stop.is_set():
            log.warning("%s: %s It is waited for.", "camera lost" if self._shown else "no camera yet", sentence)
        self._told.add(sentence)

    def _run(self) -> None:
        backoff = Backoff(self._config.reopen_first_s, self._config.reopen_max_s)
        try:
            while not self._stop.is_set():
                self._gave = False
                try:
                    self._grab(backoff)
                except CameraSetupError:
                    raise
                except CameraError as error:
                    self._fail(error)
                    if self._required and not self._tried.is_set():
                        self._first_error = error
                    self._tried.set()
                finally:
                    self._grabber.close()
                self._stop.wait(AT_ONCE_S if self._gave else backoff.next_s())
        except BaseException as error:  # noqa: BLE001  (a defect in the thread is raised in the consumer's)
            if isinstance(error, CameraError) and self._required and not self._tried.is_set():
                self._first_error = error
            self._newest.finish(error)
        finally:
            self._tried.set()

    def _grab(self, backoff: Backoff) -> None:
        """Open the camera and take its frames until told to stop. Raises CameraError when it is to be reopened."""
        self._grabber.open()
        bad = 0
        reopen_s = math.inf
        while not self._stop.is_set():
            try:
                at_s, raw = self._grabber.read()
                image = self._upright(raw)
            except BadFrameError as error:
                bad += 1
                self._fail(error)
                if bad >= self._grabber.patience.failures:
                    raise CameraError(str(error)) from error
                continue
            if bad:  # what never gets well again is no bad frame but a lost camera
                if not self.bad_frames:
                    log.warning("%s Single bad frames are left out and counted.", self._trouble)
                self.bad_frames += bad
                bad = 0
            self._seen = self._gave = True
            if self._repetition.update(at_s, image):
                self._trouble = f"camera {self.name} repeats one frame; unplug it and plug it in, or restart it."
                if math.isinf(reopen_s):
                    reopen_s = at_s + backoff.next_s()
                elif at_s >= reopen_s:
                    raise CameraError(self._trouble)
                continue
            self._failures, self._trouble, self._last_frame_s = 0, "", at_s
            self._newest.put((at_s, image))
            self._tried.set()
            backoff.reset()

    def _fail(self, error: CameraError) -> None:
        self._failures += 1
        self._trouble = str(error)

    def _upright(self, raw: NDArray[Any]) -> NDArray[np.uint8]:
        try:
            return upright_rgb(raw, self._config)
        except CameraError as error:
            if not self._seen:  # so are all of them
                raise
            raise BadFrameError(str(error)) from error
