"""Many drives at a time, on this machine or on many: the same function over items, results in the items' order."""

import logging
import multiprocessing
import os
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from driver_monitor.closing import Closing
from driver_monitor.ending import TERMINATED, Terminated, being_ended, terminated, undisturbed
from driver_monitor.errors import DriverMonitorError, UsageError

logger = logging.getLogger(__name__)

ENGINES: Final = ("processes", "dask")
ATTEMPTS: Final = 3  # of an item whose process was killed: twice may be bad luck, a third time it is the item
_TIDY_S: Final = 5.0  # that a process may take to remove what it has half written

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741


@dataclass(frozen=True, slots=True)
class Outcome(Generic[I, T]):
    """``value`` is what the function returned; None, with ``error`` saying why, where it failed."""

    item: I
    value: T | None = None
    error: str = ""


class Engine(Closing, ABC):
    """A context manager. The function and the items travel to other processes, so both must be picklable."""

    @abstractmethod
    def map(
        self,
        function: Callable[[I], T],
        items: Sequence[I],
        on_done: Callable[[Outcome[I, T]], None] = lambda outcome: None,
    ) -> list[Outcome[I, T]]:
        """One outcome an item, in their order; ``on_done`` hears of each as it comes, in any order.

        An item whose function raises is an outcome with an error. A worker that dies costs nothing but time: its items
        are given to another one, a few times.
        """


def attempt(function: Callable[[I], T], item: I) -> Outcome[I, T]:
    """Run in the worker. A DriverMonitorError is its sentence; all else is a defect of ours and is logged whole."""
    try:
        return Outcome(item, function(item))
    except DriverMonitorError as error:
        return Outcome(item, error=str(error))
    except Exception as error:  # noqa: BLE001  (one broken drive must not end the others)
        if being_ended():
            raise Terminated from None
        logger.error("%s", traceback.format_exc())
        return Outcome(item, error=f"{type(error).__name__}: {error}")


def killed(item: I) -> Outcome[I, T]:
    """What becomes of an item that took every process down that had it."""
    return Outcome(item, error=f"its process was killed {ATTEMPTS} times (out of memory?): it was left out")


class _Processes(ProcessPoolExecutor):
    """Ctrl-C is the parent's to answer, while Python still starts in its children as well as later."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        with undisturbed():  # processes are started by the first task
            return super().submit(_at_work, fn, *args, **kwargs)


def spawned(jobs: int) -> ProcessPoolExecutor:
    """Spawned, for forking a program with threads is not safe."""
    return _Processes(jobs, multiprocessing.get_context("spawn"))


def _at_work(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run in the worker. One that is ended in here has tidied up after itself by then; before and after there is
    nothing to tidy up."""
    try:
        with terminated() as ending:
            found = function(*args, **kwargs)
    except Terminated:
        os._exit(TERMINATED)
    if ending.code is not None:  # a library put an error of its own in its place
        os._exit(TERMINATED)
    return found


def ended(pool: ProcessPoolExecutor) -> None:
    """End a pool's processes, whatever they are doing."""
    workers = list((getattr(pool, "_processes", None) or {}).values())
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join(_TIDY_S)
        worker.kill()
    pool.shutdown(wait=True, cancel_futures=True)


class HereEngine(Engine):
    """This process, one item after the other."""

    def map(
        self,
        function: Callable[[I], T],
        items: Sequence[I],
        on_done: Callable[[Outcome[I, T]], None] = lambda outcome: None,
    ) -> list[Outcome[I, T]]:
        found = []
        for item in items:
            found.append(attempt(function, item))
            on_done(found[-1])
        return found


class ProcessEngine(Engine):
    """Processes of this machine, ``jobs`` at a time."""

    def __init__(self, jobs: int) -> None:
        self._jobs = max(1, jobs)
        self._pool: ProcessPoolExecutor | None = None

    def map(
        self,
        function: Callable[[I], T],
        items: Sequence[I],
        on_done: Callable[[Outcome[I, T]], None] = lambda outcome: None,
    ) -> list[Outcome[I, T]]:
        found: dict[int, Outcome[I, T]] = {}
        struck = []
        for place, outcome in self._some(function, items):
            if outcome is None:
                struck.append(place)
                continue
            found[place] = outcome
            on_done(outcome)
        # A pool does not say which of its processes died: what was in it is tried again, each by itself.
        for place in struck:
            found[place] = self._alone(function, items[place])
            on_done(found[place])
        return [found[place] for place in range(len(items))]

    def _some(self, function: Callable[[I], T], items: Sequence[I]) -> Iterator[tuple[int, Outcome[I, T] | None]]:
        """Outcomes as they come, None for what was in a pool that broke. No more are handed out than there are
        processes, so that one that dies takes no more with it."""
        places = iter(range(len(items)))
        running = {self._submit(function, items[place]): place for place in islice(places, self._jobs)}
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                place = running.pop(future)
                outcome = self._outcome(future)
                following = next(places, None)
                if following is not None:
                    running[self._submit(function, items[following])] = following
                yield place, outcome

    def _alone(self, function: Callable[[I], T], item: I) -> Outcome[I, T]:
        for _ in range(ATTEMPTS - 1):
            outcome = self._outcome(self._submit(function, item))
            if outcome is not None:
                return outcome
        return killed(item)

    def _outcome(self, future: "Future[Outcome[I, T]]") -> Outcome[I, T] | None:
        try:
            return future.result()
        except BrokenProcessPool:
            return None

    def _submit(self, function: Callable[[I], T], item: I) -> "Future[Outcome[I, T]]":
        if self._pool is not None:
            try:
                return self._pool.submit(attempt, function, item)
            except BrokenProcessPool:
                self._pool.shutdown(wait=False)
        self._pool = spawned(self._jobs)
        return self._pool.submit(attempt, function, item)

    def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            ended(pool)


def open_engine(name: str, scheduler: str | None, jobs: int) -> Engine:
    """``scheduler`` is dask's address, ``jobs`` the processes at a time (one is this process itself).

    Raises UsageError for what does not fit together, DriverMonitorError where the scheduler cannot be used.
    """
    if name == "dask":
        if not scheduler:
            raise UsageError("--engine dask needs --scheduler ADDRESS, as in tcp://10.0.0.5:8786")
        from driver_monitor.jobs.dask_engine import DaskEngine  # noqa: PLC0415  (heavy, and an extra)

        return DaskEngine(scheduler)
    if scheduler:
        raise UsageError("--scheduler belongs to --engine dask")
    return ProcessEngine(jobs) if jobs > 1 else HereEngine()
