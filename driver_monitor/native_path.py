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
    path = Path(system_name(name)).expanduser()
    if not name.isascii():
        with suppress(UnicodeEncodeError):
            as_utf8 = Path(os.fsdecode(name.encode("utf-8"))).expanduser()
            if any(each.exists() for each in (as_utf8, *as_utf8.parents) if not str(each).isascii()):
                return as_utf8
    return path


def system_name(name: str) -> str:
    """``name`` as a system call or another program can be given it: as UTF-8 where the locale has no other way."""
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return os.fsdecode(name.encode("utf-8", "surrogateescape"))
    return name


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
