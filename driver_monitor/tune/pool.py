"""Processes that each keep their share of the drives in memory, so that a drive is read once for all trials."""

import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Final, Generic, Protocol, TypeVar

from driver_monitor.closing import Closing
from driver_monitor.errors import DriverMonitorError

ATTEMPTS: Final = 3

Item = TypeVar("Item")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Item, Value]):
    """``value`` is what the function returned; None, with ``error`` saying why, where it failed."""

    item: Item
    value: Value | None = None
    error: str = ""


class Engine(Protocol):
    """Runs a function of a module over items that can be pickled, here or elsewhere."""

    def map(
        self,
        function: Callable[[Item], Value],
        items: Sequence[Item],
        on_done: Callable[[Outcome[Item, Value]], None] = lambda outcome: None,
    ) -> Sequence[Outcome[Item, Value]]:
        """One outcome an item, in their order; ``on_done`` hears of each as it comes."""


class Pool(Closing):
    """``jobs`` processes; item i of every map goes to process i modulo ``jobs``. With one job, this process itself."""

    def __init__(self, jobs: int) -> None:
        self._workers = [_worker() for _ in range(jobs)] if jobs > 1 else []

    def map(
        self,
        function: Callable[[Item], Value],
        items: Sequence[Item],
        on_done: Callable[[Outcome[Item, Value]], None] = lambda outcome: None,
    ) -> Sequence[Outcome[Item, Value]]:
        """See :class:`Engine`. An item whose process is ended from outside is given to a new one, a few times."""
        futures = [self._submit(index, function, item) for index, item in enumerate(items)]
        found = []
        for index, item in enumerate(items):
            outcome = self._outcome(index, function, item, futures[index])
            on_done(outcome)
            found.append(outcome)
        return found

    def _submit(
        self, index: int, function: Callable[[Item], Value], item: Item
    ) -> "Future[Outcome[Item, Value]] | None":
        if not self._workers:
            return None
        place = index % len(self._workers)
        try:
            return self._workers[place].submit(attempt, function, item)
        except BrokenProcessPool:
            self._workers[place] = _worker()
            return self._workers[place].submit(attempt, function, item)

    def _outcome(
        self, index: int, function: Callable[[Item], Value], item: Item, future: "Future[Outcome[Item, Value]] | None"
    ) -> Outcome[Item, Value]:
        for _ in range(ATTEMPTS):
            if future is None:
                return attempt(function, item)
            try:
                return future.result()
            except BrokenProcessPool:
                future = self._submit(index, function, item)
        return Outcome(item, error=f"its process was ended {ATTEMPTS} times from outside (out of memory?)")

    def close(self) -> None:
        for worker in self._workers:
            for process in list((getattr(worker, "_processes", None) or {}).values()):
                process.terminate()
            worker.shutdown(wait=True, cancel_futures=True)


def attempt(function: Callable[[Item], Value], item: Item) -> Outcome[Item, Value]:
    """Run in the worker: a drive that cannot be read is an outcome, a defect of ours keeps its stack trace."""
    try:
        return Outcome(item, function(item))
    except DriverMonitorError as error:
        return Outcome(item, error=str(error))


def _worker() -> ProcessPoolExecutor:
    # Spawned: forking a program with threads is not safe.
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_leave_interrupts)


def _leave_interrupts() -> None:
    """Ctrl-C is the parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
