"""Many drives at a time, on this machine or on many: the same function over items, results in the items' order."""

import logging
import multiprocessing
import os
import traceback
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

from driver_monitor.closing import Closing
from driver_monitor.ending import TERMINATED, Terminated, being_ended, terminated, undisturbed
from driver_monitor.errors import DriverMonitorError
from driver_monitor.jobs.choice import check_choice

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

    def result(self) -> T:
        """The value. Raises DriverMonitorError with what went wrong."""
        if self.error:
            raise DriverMonitorError(self.error)
        return cast(T, self.value)


class Engine(Closing, ABC):
    """A context manager. The function and the items travel to other processes, so both must be picklable."""

    @abstractmethod
    def map(
        self,
        function: Callable[[I], T],
        items: Sequence[I],
        on_done: Callable[[Outcome[I, T]], None] = lambda outcome: None,
        *,
        home: Callable[[I], Hashable] | None = None,
    ) -> list[Outcome[I, T]]:
        """One outcome an item, in their order; ``on_done`` hears of each as it comes, in any order.

        An item whose function raises is an outcome with an error. A worker that dies costs nothing but time: its items
        are given to another one, a few times. Items of one ``home`` go to the same process, in every map: it may keep
        at hand what they have in common. Only processes of this machine heed it.
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


class _Processes(ProcessPoolExecutor):
    """Ctrl-C is the parent's to answer, while Python still starts in its children as well as later."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        with undisturbed():  # processes are started by the first task
            return super().submit(_at_work, fn, *args, **kwargs)


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


class _Worker(Closing):
    """A process of its own, started by its first task, and anew by the first after it has died."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, function: Callable[[I], T], item: I) -> "Future[Outcome[I, T]]":
        if self._pool is not None:
            try:
                return self._pool.submit(attempt, function, item)
            except BrokenProcessPool:
                self._pool.shutdown(wait=False)
        # Spawned, for forking a program with threads is not safe.
        self._pool = _Processes(1, multiprocessing.get_context("spawn"))
        return self._pool.submit(attempt, function, item)

    def terminate(self) -> None:
        """Begin to end it, whatever it is doing."""
        for process in self._processes():
            process.terminate()

    def close(self) -> None:
        for process in self._processes():
            process.terminate()
            process.join(_TIDY_S)
            process.kill()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _processes(self) -> list[Any]:
        return list((getattr(self._pool, "_processes", None) or {}).values())


class HereEngine(Engine):
    """This process, one item after the other."""

    def map(
        self,
        function: Callable[[I], T],
        items: Sequence[I],
        on_done: Callable[[Outcome[I, T]], None] = lambda outcome: None,
        *,
        home: Callable[[I], Hashable] | None = None,
    ) -> list[Outcome[I, T]]:
        found = []
        for item in items:
            found.append(attempt(function, item))
            on_done(found[-1])
        return found


class ProcessEngine(Engine):
    """Processes of this machine, ``jobs`` at a time, each with one item: where one dies, it is known of what."""

    def __init__(self, jobs: int) -> None:
        self._workers = [_Worker() for _ in range(max(1, jobs))]
        self._homes: dict[Hashable, _Worker] = {}

    def map(
        self,
        function: Callable[[I], T],
        items: Sequence[I],
        on_done: Callable[[Outcome[I, T]], None] = lambda outcome: None,
        *,
        home: Callable[[I], Hashable] | None = None,
    ) -> list[Outcome[I, T]]:
        found: dict[int, Outcome[I, T]] = {}
        killed: Counter[int] = Counter()
        anyone: deque[int] = deque()
        own: dict[_Worker, deque[int]] = {worker: deque() for worker in self._workers}
        for place, item in enumerate(items):
            (anyone if home is None else own[self._at_home(home(item))]).append(place)
        running: dict[Future[Outcome[I, T]], tuple[_Worker, int]] = {}

        def hand_out(worker: _Worker) -> None:
            waiting = own[worker] or anyone
            if waiting:
                place = waiting.popleft()
                running[worker.submit(function, items[place])] = worker, place

        for worker in self._workers:
            hand_out(worker)
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                worker, place = running.pop(future)
                try:
                    outcome = future.result()
                except BrokenProcessPool:
                    killed[place] += 1
                    if killed[place] < ATTEMPTS:
                        own[worker].appendleft(place)
                        hand_out(worker)
                        continue
                    lost = f"its process was killed {ATTEMPTS} times (out of memory?): it was left out"
                    outcome = Outcome(items[place], error=lost)
                hand_out(worker)
                found[place] = outcome
                on_done(outcome)
        return [found[place] for place in range(len(items))]

    def _at_home(self, home: Hashable) -> _Worker:
        """The worker of that home, at first the one with the fewest."""
        if home not in self._homes:
            crowd = Counter(self._homes.values())
            self._homes[home] = min(self._workers, key=lambda worker: crowd[worker])
        return self._homes[home]

    def close(self) -> None:
        for worker in self._workers:
            worker.terminate()  # all at once, for each may take a while
        for worker in self._workers:
            worker.close()


def open_engine(name: str, scheduler: str | None, jobs: int) -> Engine:
    """``scheduler`` is dask's address, ``jobs`` the processes at a time (one is this process itself).

    Raises UsageError for what does not fit together, DriverMonitorError where the scheduler cannot be used.
    """
    check_choice(name, scheduler)
    if scheduler:
        from driver_monitor.jobs.dask_engine import DaskEngine  # noqa: PLC0415  (heavy, and an extra)

        return DaskEngine(scheduler)
    return ProcessEngine(jobs) if jobs > 1 else HereEngine()
