"""Many drives at once, each read by itself: a broken one costs only itself."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

from driver_monitor.config.config import Config
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.recording.drive import find_drives
from driver_monitor.score.reading import Read, read_drive


def all_drives(sources: Iterable[Path]) -> list[Path]:
    """Every drive that is named, or lies in a folder that is; each once."""
    found = {drive.resolve(): drive for source in sources for drive in find_drives(source)}
    return list(found.values())


def read_drives(
    drives: Sequence[Path],
    *,
    labels: Path | None = None,
    config: Config | None = None,
    jobs: int | None = None,
    done: Callable[[int], None] = lambda _: None,
) -> list[Read]:
    """Read them ``jobs`` at a time (None: one a core); ``done`` hears how many are.

    In the order of ``drives``; what could not be read is a sentence in its ``problems``. Raises UsageError where two
    are the same drive.
    """
    at_once = min(jobs or os.cpu_count() or 1, len(drives))
    one = partial(_one, labels=labels, config=config)
    if at_once <= 1:
        found = []
        for drive in drives:
            found.append(one(drive))
            done(len(found))
    else:
        found = _at_once(one, drives, at_once, done)
    _told_apart(drives, found)
    return found


def _one(drive: Path, labels: Path | None, config: Config | None) -> Read:
    try:
        return read_drive(drive, labels=labels, config=config)
    except DriverMonitorError as error:
        return Read(None, problems=[str(error)])


def _at_once(one: Callable[[Path], Read], drives: Sequence[Path], jobs: int, done: Callable[[int], None]) -> list[Read]:
    # Spawned: a fork of a process with threads may hang.
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        places = {pool.submit(one, drive): place for place, drive in enumerate(drives)}
        found = [Read(None)] * len(drives)
        for count, future in enumerate(as_completed(places), 1):
            place = places[future]
            found[place] = _result(future, drives[place])
            done(count)
    return found


def _result(future: "Future[Read]", drive: Path) -> Read:
    try:
        return future.result()
    except BrokenProcessPool:
        return Read(
            None, problems=[f"{drive}: a process that read drives was ended from outside before it had this one"]
        )


def _told_apart(drives: Sequence[Path], found: Sequence[Read]) -> None:
    seen: dict[str, Path] = {}
    for path, read in zip(drives, found, strict=True):
        if read.outcome is None:
            continue
        other = seen.setdefault(read.outcome.drive_id, path)
        if other != path:
            raise UsageError(
                f"{other} and {path} are the same drive ({read.outcome.drive_id}); name its folder, or one of the two"
            )
