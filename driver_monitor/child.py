"""What sealed worker processes have in common, seen from inside: no network, no files, no life without the parent."""

import contextlib
import os
import resource
import select
import socket
import threading

from driver_monitor.privacy import SandboxError, seal


def sealed(*, required: bool, local_programs: bool = False) -> str:
    """Cut this process off from every network; why that failed, empty if it did not.

    Raises :class:`SandboxError` where it failed and is ``required``. ``local_programs``: see :func:`seal`.
    """
    try:
        seal(local_programs=local_programs)
    except SandboxError as error:
        if required:
            raise
        return str(error)
    return ""


def forbid_files() -> None:
    """From now on the kernel lets this process, and all its children, write not one byte into any file.

    That holds for shared memory that is grown later and for a core dump as well. Pipes and sockets go on working.
    """
    for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(limit, (0, 0))


def end_with(parent: socket.socket) -> None:
    """End at once when the parent's end of the socket goes, even in the middle of work that never ends.

    Not PR_SET_PDEATHSIG: that fires when the *thread* that started the worker ends.
    """
    threading.Thread(target=_wait_and_end, args=(parent,), daemon=True).start()


def say(parent: socket.socket, message: bytes) -> None:
    """A parent that has gone needs no answer."""
    with contextlib.suppress(ConnectionError):
        parent.send(message)


def _wait_and_end(parent: socket.socket) -> None:
    hang_up = select.poll()
    hang_up.register(parent, 0)
    hang_up.poll()
    os._exit(0)
