"""Processes that each keep their share of the drives in memory, so that a drive is read once for all trials."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

from driver_monitor.jobs.engine import ATTEMPTS, Engine, I, Outcome, T, attempt, ended, killed, spawned


class Pool(Engine):
    """``jobs`` processes; item i of every map goes to process i modulo ``jobs``. With one job, this process itself."""

    def __init__(self, jobs: int) -> None:
        self._workers = [spawned(1) for _ in range(jobs)] if jobs > 1 else []

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
            self._workers[place] = spawned(1)
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
        return killed(item)

    def close(self) -> None:
        for worker in self._workers:
            ended(worker)
