"""Videos that come through a pipe: kept in a nameless file first, because a video's index may well come last."""

import errno
import logging
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import IO, Final

from driver_monitor.camera.errors import CameraError
from driver_monitor.config.camera_address import STDIN
from driver_monitor.native_path import file_path
from driver_monitor.printable import printable

_STDIN_FILE: Final = Path("/proc/self/fd/0")

log = logging.getLogger(__name__)


def shown_name(source: str) -> str:
    """What a source is called in words and reports."""
    return "standard input" if source in (STDIN, "/dev/stdin") else printable(source)


def seekable(source: str) -> tuple[Path, IO[bytes] | None]:
    """The file that ``source`` names; for what comes through a pipe a copy, and what keeps it until it is closed.

    Waits until the writer of the pipe has closed it. Raises CameraError where there is nothing to be read.
    """
    path = _STDIN_FILE if source == STDIN else file_path(source)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if path == _STDIN_FILE:
            raise CameraError("standard input is closed; pipe a video into it, or name a file.") from error
        return path, None  # it is not there, and who opens it will say so
    if path == _STDIN_FILE and os.isatty(0):
        raise CameraError("standard input is a terminal; pipe a video into it, or name a file.")
    if not (stat.S_ISFIFO(mode) or (stat.S_ISSOCK(mode) and path == _STDIN_FILE)):
        return path, None
    log.info("%s is read to its end first", shown_name(source))
    copy = tempfile.TemporaryFile(prefix="driver-monitor-")  # noqa: SIM115  (it lives as long as the source)
    try:
        with os.fdopen(os.dup(0), "rb") if path == _STDIN_FILE else path.open("rb") as pipe:
            shutil.copyfileobj(pipe, copy, 1 << 20)
        copy.flush()
    except OSError as error:
        copy.close()
        raise CameraError(_unread(shown_name(source), error)) from error
    except BaseException:
        copy.close()
        raise
    return Path(f"/proc/self/fd/{copy.fileno()}"), copy


def _unread(name: str, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"{name} does not fit into {tempfile.gettempdir()}; free some space, or set TMPDIR to a larger disk."
    return f"{name} cannot be read ({error.strerror or error})."
