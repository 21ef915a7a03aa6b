"""Starting, hearing and ending a worker's process, seen from the parent."""

import contextlib
import logging
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from typing import Final, Protocol

from driver_monitor.face.frame_buffer import FrameBuffer
from driver_monitor.face.messages import MAX_BYTES, buffer
from driver_monitor.privacy import python_path

logger = logging.getLogger(__name__)
libraries = logging.getLogger("driver_monitor.libraries")  # what they say of themselves

_KEPT_LINES: Final = 30
_LINE_BYTES: Final = 1000
_REAP_S: Final = 0.5
# What MediaPipe, LiteRT and absl have to say on every start, by their prefixes for information and warnings; of no use
# to anybody, not even in explaining a death. Errors, and what Python says, are kept.
_CHATTER: Final = re.compile(r"(?:INFO|WARNING): |[IW]\d{4} ")


class WorkerGoneError(Exception):
    """The other end of the socket has closed; :meth:`WorkerProcess.obituary` tells why."""


class Settings(Protocol):
    """What a worker is told on its command line."""

    def to_json(self) -> str: ...


class WorkerProcess:
    """One run of a worker: of the ``module``, which people know as ``name``.

    Its standard output and error are kept (the last lines) and logged at DEBUG level, those of the libraries apart.
    """

    def __init__(
        self, settings: Settings, *, module: str = "driver_monitor.face.worker", name: str = "vision worker"
    ) -> None:
        self._name = name
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, str(theirs.fileno()), settings.to_json()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(theirs.fileno(),),
                # numpy's own threads are of no use there and cost memory
                env=os.environ | {"PYTHONPATH": python_path(), "OPENBLAS_NUM_THREADS": "1"},
                process_group=0,  # a Ctrl-C in the terminal must not reach it while Python starts
            )
        self._incoming = select.poll()
        self._incoming.register(self._socket, select.POLLIN)
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._listener = threading.Thread(target=self._listen, name=f"{name}: log", daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: bytes) -> None:
        """Raises :class:`WorkerGoneError`."""
        try:
            self._socket.send(message)
        except OSError as error:
            raise WorkerGoneError from error

    def send_buffer(self, frame_buffer: FrameBuffer) -> None:
        """Make ``frame_buffer`` the worker's. Raises :class:`WorkerGoneError`."""
        try:
            socket.send_fds(self._socket, [buffer(frame_buffer.capacity)], [frame_buffer.fd])
        except OSError as error:
            raise WorkerGoneError from error

    def receive(self, timeout_s: float) -> bytes | None:
        """The next message, None if there is none within ``timeout_s``. Raises :class:`WorkerGoneError`."""
        try:
            if not self._incoming.poll(max(0.0, timeout_s) * 1000.0):
                return None
            message = self._socket.recv(MAX_BYTES)
        except OSError as error:
            raise WorkerGoneError from error
        if not message:
            raise WorkerGoneError
        return message

    def obituary(self) -> str:
        """How it ended and its last words; to be called after :meth:`end`."""
        code = self._process.returncode
        if code is None:
            how = "it could not be ended"
        elif code < 0:
            how = f"ended by {signal.Signals(-code).name}"
        else:
            how = f"exit code {code}"
        words = list(self._lines)[-3:]
        return f"{how}; its last words: {' | '.join(words)}" if words else how

    def end(self, grace_s: float) -> None:
        """Hang up, wait ``grace_s`` for it to go by itself, then kill it; safe to call twice."""
        self._socket.close()
        try:
            self._process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_REAP_S)
        self._listener.join(_REAP_S)

    def _listen(self) -> None:
        stream = self._process.stdout
        if stream is None:
            raise RuntimeError("the worker was started without a pipe")
        with stream:
            for raw in iter(lambda: stream.readline(_LINE_BYTES), b""):
                line = raw.decode(errors="replace").rstrip()
                if _CHATTER.match(line):
                    libraries.debug("%s: %s", self._name, line)
                elif line:
                    self._lines.append(line)
                    logger.debug("%s: %s", self._name, line)
