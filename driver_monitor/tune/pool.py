"""Processes that each keep their share of the drives in memory, so that a drive is read once for all trials."""

import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from driver_monitor.fleet.engine import ATTEMPTS, Engine, I, Outcome, T, attempt


class Pool(Engine):
    """``jobs`` processes; item i of every map goes to process i modulo ``jobs``. With one job, this process itself."""

    def __init__(self, jobs: int) -> None:
        self._workers = [_worker() for _ in range(jobs)] if jobs > 1 else []

    def map(
        self,
        function: Callable[[I], T],
        items: Sequence[I],
        on_done: Callable[[Outcome[I, T]], None] = lambda outcome: None,
    ) -> list[Outcome[I, T]]:
        futures = [self._submit(index, function, item) for index, item in enumerate(items)]
        found = []
        for index, item in enumerate(items):
            outcome = self._outcome(index, function, item, futures[index])
            on_done(outcome)
            found.append(outcome)
        return found

    def _submit(self, index: int, function: Callable[[I], T], item: I) -> "Future[Outcome[I, T]] | None":
        if not self._workers:
            return None
        place = index % len(self._workers)
        try:
            return self._workers[place].submit(attempt, function, item)
        except BrokenProcessPool:
            self._workers[place] = _worker()
            return self._workers[place].submit(attempt, function, item)

    def _outcome(
        self, index: int, function: Callable[[I], T], item: I, future: "Future[Outcome[I, T]] | None"
    ) -> Outcome[I, T]:
        for _ in range(ATTEMPTS):
            if future is None:
                return attempt(function, item)
            try:
                return future.result()
            except BrokenProcessPool:
                future = self._submit(index, function, item)
        return Outcome(item, error=f"its process was killed {ATTEMPTS} times (out of memory?): it was left out")

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        for worker in self._workers:
            for process in list((getattr(worker, "_processes", None) or {}).values()):
                process.terminate()
            worker.shutdown(wait=True, cancel_futures=True)


def _worker() -> ProcessPoolExecutor:
    # Spawned: forking a program with threads is not safe.
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_leave_interrupts)


def _leave_interrupts() -> None:
    """Ctrl-C is the parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
