"""File names as the system and libraries written in C++ take them.

OpenCV takes a name as UTF-8: one that is not (``bad\\xff.mp4``, or any umlaut under a C locale) ends the whole program
with signal 11, and under a Latin-1 locale it looks for another file.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_FOLDERS: Final = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108  (a folder of our own is made there)


def file_path(name: str) -> Path:
    """The path that a setting means. Config files are UTF-8, and so are nearly all file names, whatever the locale."""
    if not name.isascii():
        with suppress(UnicodeEncodeError):
            as_utf8 = os.fsdecode(name.encode("utf-8"))
            path = Path(as_utf8).expanduser()
            there = (each.exists() for each in (path, *path.parents) if not str(each).isascii())
            if not _is_name(name) or any(there):
                name = as_utf8
    return Path(name).expanduser()


def _is_name(text: str) -> bool:
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def native_path(path: Path) -> Iterator[str]:
    """An absolute name in plain ASCII for a file that is there, good until the context ends.

    The file's own where it is such a name, else that of a descriptor: whoever opens it gets the file itself.
    Raises OSError where the file cannot be opened.
    """
    name = str(path.absolute())
    if name.isascii():
        yield name
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


@contextmanager
def native_target(path: Path) -> Iterator[str]:
    """An absolute name in plain ASCII, with the same suffix, for a file that is to be written; until the context ends.

    OpenCV chooses a container by the suffix, so a link has to do here. Raises OSError where none can be made.
    """
    name = str(path.absolute())
    if name.isascii():
        yield name
        return
    folder = next(each for each in (tempfile.gettempdir(), *_FOLDERS) if each.isascii() and os.path.isdir(each))
    with tempfile.TemporaryDirectory(prefix="driver-monitor-", dir=folder) as own:
        link = f"{own}/file{path.suffix if path.suffix.isascii() else ''}"
        os.symlink(name, link)
        yield link
