"""What the program writes for others to read: there as a whole, or not at all."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from driver_monitor.closing import Closing
from driver_monitor.errors import DriverMonitorError
from driver_monitor.printable import ESCAPED


def write_whole(path: Path, data: str | bytes) -> None:
    """Write a file in one go: a full disk, a signal or a power cut leaves the old one, or none.

    Raises OSError where the disk refuses.
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as stream:
            stream.write(data.encode("utf-8", ESCAPED) if isinstance(data, str) else data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A folder to fill that gets the name ``path`` at the end: whatever ends the filling early leaves what was there.

    What a process that was killed left of its own is removed. Raises OSError where the disk refuses.
    """
    part = path.with_name(path.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        if path.exists():
            shutil.rmtree(path)
        part.replace(path)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


class MadeFolder(Closing):
    """A folder, made with its parents if need be. Closed, those that were made and hold nothing are gone again.

    Raises OSError where it cannot be made.
    """

    def __init__(self, path: Path, mode: int = 0o777) -> None:
        self._made = [folder for folder in (path, *path.parents) if not folder.exists()]  # innermost first
        try:
            path.mkdir(mode=mode, parents=True, exist_ok=True)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        inside = [Path(folder) for folder, _, _ in os.walk(self._made[0], topdown=False)] if self._made else []
        for folder in (*inside, *self._made):
            with contextlib.suppress(OSError):  # it holds something
                folder.rmdir()


class OutputFolder(MadeFolder):
    """The folder of a command's results, which ``option`` names. Raises DriverMonitorError where it cannot be made."""

    def __init__(self, path: Path, option: str = "--out") -> None:
        try:
            super().__init__(path)
        except OSError as error:
            raise DriverMonitorError(
                f"cannot write into {path}: {error.strerror or error}; choose another {option}"
            ) from None
