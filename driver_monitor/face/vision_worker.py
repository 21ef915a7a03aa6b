"""The parent's side of the vision worker: pictures go over, observations come back, deaths are survived."""

import logging
import time
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.camera.frame import Frame
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.counted import counted
from driver_monitor.face import messages
from driver_monitor.face.backend_choice import choose_backend
from driver_monitor.face.body.models import BodyModels
from driver_monitor.face.errors import TrackerError
from driver_monitor.face.follower import Sight
from driver_monitor.face.frame_buffer import FrameBuffer
from driver_monitor.face.messages import Kind, WorkerSettings
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.face.picture_quality import PictureQuality, brightness
from driver_monitor.face.restart_budget import RestartBudget
from driver_monitor.face.tracker import FaceTracker
from driver_monitor.face.worker_process import WorkerGoneError, WorkerProcess

logger = logging.getLogger(__name__)

_CLOSE_GRACE_S: Final = 0.3
_DEATH_GRACE_S: Final = 0.5  # hanging up comes first, then the exit code that explains it


class VisionWorker(FaceTracker):
    """A :class:`FaceTracker` in a process of its own, sealed off from the network before it loads the backend.

    Constructing starts the process and returns at once; :meth:`ready` tells when it has loaded everything. The first
    :meth:`track` waits for that. Afterwards nothing waits longer than ``frame_timeout_s``: a worker that dies or hangs
    costs that frame, a new one starts in the background, and frames until it is ready are TRACKER_LOST.
    To be used from one thread at a time.
    """

    def __init__(self, config: FaceConfig, privacy: PrivacyConfig, model: Path, body: BodyModels | None = None) -> None:
        """``model`` is the checked face model file, from :func:`driver_monitor.assets.face_model`; with ``body``, from
        :func:`driver_monitor.face.body.models.body_models`, the driver's body is looked at as well."""
        self.restarts = 0
        self.unsealed = ""  # why the worker is not cut off from the network; empty if it is (known once ready)
        self._config = config
        self._settings = WorkerSettings(
            backend=choose_backend(config.backend).name,
            model=str(model),
            require_sandbox=privacy.require_sandbox,
            seat=config.seat,
            max_faces=config.max_faces,
            min_face_share=config.min_face_share,
            recheck_s=config.recheck_s,
            forget_s=config.forget_s,
            min_detection_confidence=config.min_detection_confidence,
            min_presence_confidence=config.min_presence_confidence,
            skip_still=config.skip_still,
            patient=config.patient,
            pose_model=str(body.pose) if body else "",
            hand_model=str(body.hand) if body else "",
            phone_detector=str(body.phone_detector or "") if body else "",
        )
        self._budget = RestartBudget(config.restarts, config.restart_window_s)
        self._failure = ""
        self._buffer: FrameBuffer | None = None
        self._number = 0
        self._been_ready = False
        self._process: WorkerProcess | None = None
        self._start()

    @property
    def backend(self) -> str:
        """The name of what looks at faces."""
        return self._settings.backend

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def ready(self, timeout_s: float = 0.0) -> bool:
        """Whether the worker can track, waiting up to ``timeout_s`` for it.

        Raises :class:`TrackerError` when it cannot be started.
        """
        until_s = time.monotonic() + timeout_s
        while not self._ready:
            process = self._alive()
            now_s = time.monotonic()
            try:
                message = process.receive(min(until_s, self._start_deadline_s) - now_s)
            except WorkerGoneError:
                self._restart("died while it started", _DEATH_GRACE_S)
                continue
            if message is not None:
                self._started(message)
            elif time.monotonic() >= self._start_deadline_s:
                self._restart(f"did not start within {self._config.start_timeout_s:g} s (face.start_timeout_s)")
            elif time.monotonic() >= until_s:
                return False
        return True

    def track(self, frame: Frame) -> FaceObservation:
        if frame.image is None:
            return FaceObservation(frame.t_s, Tracking.CAMERA_LOST, 0, 0)
        image = frame.image
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
            raise ValueError(f"a frame's image is uint8 [height, width, 3], not {image.dtype} {list(image.shape)}")
        seen = None
        if self.ready(0.0 if self._been_ready else self._config.start_timeout_s):
            seen = self._look(image, frame.t_s)
        return _observation(frame.t_s, image, seen)

    def reset(self) -> None:
        if self._ready and self._process is not None:
            try:
                self._process.send(bytes([Kind.RESET]))
            except WorkerGoneError:
                self._restart("died between two streams", _DEATH_GRACE_S)

    def close(self) -> None:
        self._failure = self._failure or "the vision worker has been closed"
        if self._process is not None:
            self._process.end(_CLOSE_GRACE_S)
            self._process = None
        self._ready = False
        if self._buffer is not None:
            self._buffer.close()
            self._buffer = None

    def _look(self, image: NDArray[np.uint8], t_s: float) -> tuple[Sight, PictureQuality] | None:
        """What the worker saw; None if it failed on this picture and a new one has been started."""
        process = self._alive()
        self._number = (self._number + 1) % 2**32
        height, width = image.shape[:2]
        try:
            if self._buffer is None or not self._buffer.holds(image.shape):
                if self._buffer is not None:
                    self._buffer.close()
                self._buffer = FrameBuffer.for_picture(image.shape)
                self._buffer_sent = False
            if not self._buffer_sent:
                process.send_buffer(self._buffer)
                self._buffer_sent = True
            np.copyto(self._buffer.picture(image.shape), image)
            process.send(messages.look(self._number, height, width, t_s))
            message = process.receive(self._config.frame_timeout_s)
        except WorkerGoneError:
            self._restart("died", _DEATH_GRACE_S)
            return None
        if message is None:
            self._restart(f"took longer than {self._config.frame_timeout_s:g} s over a frame (face.frame_timeout_s)")
            return None
        number, sight, quality = messages.read_sight(message)
        if number != self._number:
            self._restart(f"answered frame {number} instead of {self._number}")
            return None
        return sight, quality

    def _start(self) -> None:
        self._ready = False
        self._buffer_sent = False
        self._start_deadline_s = time.monotonic() + self._config.start_timeout_s
        self._process = WorkerProcess(self._settings)

    def _started(self, message: bytes) -> None:
        words = messages.read_text(message)
        if messages.kind(message) is not Kind.READY:
            self._give_up(words)
        self._ready = self._been_ready = True
        self.unsealed = words
        if words:
            logger.warning(
                "the vision worker runs without network sandbox, as privacy.require_sandbox allows: %s", words
            )

    def _restart(self, mishap: str, grace_s: float = 0.0) -> None:
        """Bury the worker and start another; raises :class:`TrackerError` when the budget is used up."""
        process = self._alive()
        process.end(grace_s)
        told = f"the vision worker {mishap} ({process.obituary()})"
        if not self._budget.spend(time.monotonic()):
            self._give_up(
                f"{told} and has used up its {counted(self._config.restarts, 'restart')} within "
                f"{self._config.restart_window_s:g} s (face.restarts): run 'driver-monitor doctor', and look for "
                "too little memory ('dmesg | grep -i oom')"
            )
        self.restarts += 1
        logger.warning("%s: restarting it", told)
        self._start()

    def _give_up(self, sentence: str) -> None:
        self._failure = sentence
        if self._process is not None:
            self._process.end(0.0)
            self._process = None
        self._ready = False
        raise TrackerError(sentence)

    def _alive(self) -> WorkerProcess:
        if self._failure or self._process is None:
            raise TrackerError(self._failure)
        return self._process


def _observation(t_s: float, image: NDArray[np.uint8], seen: tuple[Sight, PictureQuality] | None) -> FaceObservation:
    height, width = image.shape[:2]
    if seen is None:
        return FaceObservation(
            t_s, Tracking.TRACKER_LOST, width, height, 0, None, None, None, *PictureQuality(*brightness(image))
        )
    sight, quality = seen
    face = sight.face
    if face is None:
        return FaceObservation(
            t_s, sight.tracking, width, height, sight.faces, None, None, None, *quality, body=sight.body
        )
    return FaceObservation(
        t_s,
        sight.tracking,
        width,
        height,
        sight.faces,
        face.landmarks,
        face.blendshapes,
        face.matrix,
        *quality,
        presence=face.presence,
        body=sight.body,
    )
