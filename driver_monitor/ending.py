"""SIGINT and SIGTERM as exceptions in the main thread, so that every ``with`` on the way out tidies up after itself."""

import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

INTERRUPTED: Final = 128 + signal.SIGINT  # as a shell reports it
TERMINATED: Final = 128 + signal.SIGTERM
# 'timeout', systemd and shells send a signal to a process and then to its group: the second one must not break into
# what the first one has begun to tidy up. Whoever presses Ctrl-C again after that means it.
REPEATED_S: Final = 2.0


class Terminated(SystemExit):
    """SIGTERM. Not an Exception: nothing that went wrong, and nobody's to handle on the way out."""

    def __init__(self) -> None:
        super().__init__(TERMINATED)


class RaisedSignal:
    """A signal handler that raises: KeyboardInterrupt for SIGINT, else :class:`Terminated`. ``code`` is the exit code
    of the signal that came, None while there was none: a library may well put an error of its own in its place."""

    def __init__(self) -> None:
        self.code: int | None = None
        self._at_s = -math.inf
        self._held: int | None = None

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now_s = time.monotonic()
        if now_s - self._at_s < REPEATED_S:
            return
        if _starting:  # what is half started could not be ended
            self._held = number
            return
        self._at_s, self.code = now_s, 128 + number
        raise KeyboardInterrupt if number == signal.SIGINT else Terminated

    def release(self) -> None:
        """Raise what came while it could not be."""
        number, self._held = self._held, None
        if number is not None and not _starting:
            self(number, None)

    @contextmanager
    def raising(self) -> Iterator[None]:
        """For SIGINT and SIGTERM, in the main thread. A signal that is ignored stays so (nohup)."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wanted = (signal.SIGINT, signal.SIGTERM)
        before = {
            number: signal.signal(number, self) for number in wanted if signal.getsignal(number) is not signal.SIG_IGN
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler if self.code is None else signal.SIG_IGN)


@contextmanager
def terminated() -> Iterator[RaisedSignal]:
    """SIGTERM raises :class:`Terminated` in here, in a process that does another's work; outside it just ends it."""
    ended = RaisedSignal()
    signal.signal(signal.SIGTERM, ended)
    _at_work.append(ended)
    try:
        yield ended
    finally:
        _at_work.pop()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def being_ended() -> bool:
    """Whether SIGTERM came in :func:`terminated`: what goes wrong after that is a library's error in its place."""
    return any(ended.code is not None for ended in _at_work)


@contextmanager
def undisturbed() -> Iterator[None]:
    """What is started in here is started as a whole: signals that come meanwhile are raised afterwards. Its processes
    and threads never see a SIGINT, from their first instruction on."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    _starting.append(True)
    try:
        yield
    finally:
        _starting.pop()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(number)
            if isinstance(handler, RaisedSignal):
                handler.release()


_starting: Final[list[bool]] = []  # not empty while processes are being started
_at_work: Final[list[RaisedSignal]] = []
