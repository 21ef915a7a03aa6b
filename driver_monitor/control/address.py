"""The socket's place: who may connect to it, and that it belongs to one monitor."""

import contextlib
import fcntl
import getpass
import grp
import os
import shutil
import socket
import stat
from pathlib import Path
from typing import Final

from driver_monitor.client import default_socket
from driver_monitor.closing import Closing
from driver_monitor.config.control import ControlConfig
from driver_monitor.errors import DriverMonitorError
from driver_monitor.native_path import file_path

MAX_PATH_BYTES: Final = 100  # the kernel takes 107; a name of ours, which it has until it is ready, is longer
OWNER_MODE: Final = 0o600
GROUP_MODE: Final = 0o660


class ControlError(DriverMonitorError):
    """The local socket cannot be made; the sentence says why and what to do."""

    reason = "setup"


class Listener(Closing):
    """A listening Unix socket that nobody but ``config.group`` and the user may connect to.

    It appears under its name only once that holds. What a killed run has left there is replaced. Raises ControlError
    where another monitor has it, or where it cannot be made.
    """

    def __init__(self, config: ControlConfig) -> None:
        self.path: Final = place(config)
        self._lock = -1
        own = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        self.socket = socket.socket(socket.AF_UNIX)
        try:
            self._take(self.path)
            own.unlink(missing_ok=True)
            self.socket.bind(os.fspath(own))
            if config.group:
                shutil.chown(own, group=config.group)
            own.chmod(GROUP_MODE if config.group else OWNER_MODE)
            self.socket.listen()
            self.socket.setblocking(False)
            self._inode = own.stat().st_ino
            own.replace(self.path)
        except (OSError, LookupError) as error:
            self._shut()
            with contextlib.suppress(OSError):
                own.unlink(missing_ok=True)
            raise ControlError(f"the local socket {self.path} cannot be made: {_why(error, config.group)}") from None
        except ControlError:
            self._shut()
            raise

    def close(self) -> None:
        if self._lock < 0:
            return
        with contextlib.suppress(OSError):
            if self.path.stat().st_ino == self._inode:
                self.path.unlink()
        self._shut()

    def _take(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ControlError(
                f"another monitor has the local socket {path}: stop it, or give this one a control.socket of its own"
            ) from None
        if path.exists() and not stat.S_ISSOCK(path.stat().st_mode):
            raise ControlError(f"{path} is there and is no socket: remove it or set control.socket to another")
        if path.exists() and _answers(path):
            raise ControlError(f"another program listens on {path}: set control.socket to another")

    def _shut(self) -> None:
        self.socket.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def place(config: ControlConfig) -> Path:
    """Raises ControlError where the kernel takes no socket of that name."""
    path = file_path(config.socket) if config.socket else default_socket()
    path = path.absolute()
    if len(os.fsencode(path)) > MAX_PATH_BYTES:
        raise ControlError(
            f"control.socket: {path} is longer than the {MAX_PATH_BYTES} bytes a socket may have; name a shorter one"
        )
    return path


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as trial:
        try:
            trial.connect(os.fspath(path))
        except ConnectionRefusedError:
            return False
    return True


def _why(error: OSError | LookupError, group: str) -> str:
    who = getpass.getuser()
    if isinstance(error, LookupError):
        return f"there is no group '{group}'; make it by 'sudo groupadd {group}' or correct control.group"
    if isinstance(error, PermissionError) and group and not _member(group):
        return f"{who} is not in the group {group}: run 'sudo usermod -aG {group} {who}' and log in again"
    if isinstance(error, PermissionError):
        return f"{who} may not write there; set control.socket to a place where that is allowed"
    return f"{error.strerror or error}; set control.socket to another place"


def _member(group: str) -> bool:
    return os.geteuid() == 0 or grp.getgrnam(group).gr_gid in {os.getegid(), *os.getgroups()}
