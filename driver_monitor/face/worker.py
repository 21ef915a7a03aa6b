"""The vision worker: the child process that alone loads what looks at faces, after cutting itself off from the network.

Started by :class:`driver_monitor.face.worker_process.WorkerProcess` as
``python -m driver_monitor.face.worker FD SETTINGS``, where FD is its end of a socket pair. It ends when the parent
closes the other end, or dies.
"""

import contextlib
import os
import signal
import socket
import sys
from dataclasses import replace
from typing import Final

from driver_monitor.child import end_with, say, sealed
from driver_monitor.errors import DriverMonitorError
from driver_monitor.face import messages
from driver_monitor.face.backends import open_backend
from driver_monitor.face.body.nets import BodyNets
from driver_monitor.face.body.turns import BodyTurns
from driver_monitor.face.driver_choice import DriverChoice
from driver_monitor.face.follower import DriverFollower
from driver_monitor.face.frame_buffer import FrameBuffer
from driver_monitor.face.messages import Kind, WorkerSettings
from driver_monitor.face.picture_quality import PictureGauge
from driver_monitor.face.skin import SkinGauge
from driver_monitor.face.still import StillSkipper

# How long the face may wait for Python's lock while a body is looked at; Python's own is ten times that.
_SWITCH_S: Final = 0.0005


class Worker:
    """The worker's loop. Loads the backend when constructed; raises :class:`TrackerError` when it cannot."""

    def __init__(self, settings: WorkerSettings, parent: socket.socket) -> None:
        self._settings = settings
        self._parent = parent
        self._buffer: FrameBuffer | None = None
        self._backend = open_backend(settings.backend, settings)
        self._turns = self._open_body(settings)
        self._begin_stream()

    def run(self) -> None:
        """Answer until the parent has gone."""
        while True:
            message, fds, _, _ = socket.recv_fds(self._parent, messages.MAX_BYTES, 1)
            if not message:
                return
            match messages.kind(message):
                case Kind.LOOK:
                    self._look(message)
                case Kind.BUFFER:
                    if self._buffer is not None:
                        self._buffer.close()
                    self._buffer = FrameBuffer(fds[0], messages.read_buffer(message))
                case Kind.RESET:
                    self._backend.reset()
                    if self._turns is not None:
                        self._turns.reset()
                    self._begin_stream()
                case unexpected:
                    raise ValueError(f"the parent sent a {unexpected.name} message")

    def _look(self, message: bytes) -> None:
        number, height, width, t_s = messages.read_look(message)
        if self._buffer is None:
            raise ValueError("the parent sent a LOOK before a BUFFER")
        image = self._buffer.picture((height, width, 3))
        seen = self._look_at(image, t_s)
        if self._turns is not None:
            body = self._turns.turn(image, t_s, seen.face.box(image) if seen.face else None)
            seen = replace(seen, body=body) if body else seen
        skin = self._skin
        self._parent.send(
            messages.sight(
                number,
                seen,
                lambda landmarks: self._gauge.measure(image, landmarks, t_s),
                (lambda landmarks: skin.measure(image, landmarks)) if skin else None,
            )
        )

    @staticmethod
    def _open_body(settings: WorkerSettings) -> BodyTurns | None:
        models = settings.body
        if models is None:
            return None
        sys.setswitchinterval(_SWITCH_S)
        nets = BodyNets(models, settings.seat, settings.min_face_share, settings.forget_s)
        return BodyTurns(nets, patient=settings.patient)

    def _begin_stream(self) -> None:
        choice = DriverChoice(self._settings.seat, self._settings.min_face_share, self._settings.forget_s)
        follower = DriverFollower(
            self._backend, choice, max_faces=self._settings.max_faces, recheck_s=self._settings.recheck_s
        )
        most_levels = self._settings.skip_still
        self._look_at = StillSkipper(follower.look, most_levels).look if most_levels else follower.look
        self._gauge = PictureGauge()
        self._skin = SkinGauge() if self._settings.skin else None


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole terminal; the parent decides
    parent = socket.socket(fileno=int(sys.argv[1]))
    settings = WorkerSettings.from_json(sys.argv[2])
    try:
        unsealed = sealed(required=settings.require_sandbox)
        end_with(parent)
        worker = Worker(settings, parent)
    except DriverMonitorError as error:
        say(parent, messages.text(Kind.FAILED, str(error)))
        sys.exit(1)
    say(parent, messages.text(Kind.READY, unsealed))
    with contextlib.suppress(ConnectionError):
        worker.run()
    # Nothing here needs tidying up, and MediaPipe's own end takes a tenth of a second.
    os._exit(0)


if __name__ == "__main__":
    main()
