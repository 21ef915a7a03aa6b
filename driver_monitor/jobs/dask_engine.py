"""Drives on many machines: workers of a dask scheduler, which all see the same folders."""

import asyncio
import logging
import sys
import warnings
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Final

import driver_monitor
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.jobs.engine import Engine, I, Outcome, T, attempt
from driver_monitor.pip import install_self

CONNECT_S: Final = 10.0
WORKERS_S: Final = 30.0  # for the first worker to be there
_BATCHES_A_WORKER: Final = 8  # enough that nobody waits long for the last one
_LARGEST_BATCH: Final = 16
_COMPARED: Final = ("distributed", "cloudpickle", "msgpack")


class DaskEngine(Engine):
    """Small drives travel in batches. A worker that dies loses its batches to another one; batches that were there when
    several died are taken apart, and the drive that does it is left out.

    Raises UsageError for an address that is none, DriverMonitorError where the scheduler does not answer, has no
    workers, or where a worker runs other versions than this process.
    """

    def __init__(self, scheduler: str, *, connect_s: float = CONNECT_S, workers_s: float = WORKERS_S) -> None:
        try:
            import distributed  # noqa: PLC0415
            from distributed.versions import VersionMismatchWarning  # noqa: PLC0415
        except ImportError:
            raise UsageError(f"--engine dask needs distributed: {install_self('fleet')}") from None
        self._distributed: Any = distributed
        self._scheduler = scheduler
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is told in our own words
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)
            try:
                self._client: Any = self._distributed.Client(scheduler, timeout=connect_s, set_as_default=False)
            except ValueError as error:
                raise UsageError(
                    f"--scheduler {scheduler}: {error}; an address looks like tcp://10.0.0.5:8786"
                ) from None
            except OSError as error:
                raise DriverMonitorError(
                    f"no dask scheduler answers at {scheduler} ({error}); start one with 'dask scheduler' and name its "
                    "address with --scheduler"
                ) from None
            try:
                self._check(workers_s)
            except BaseException:
                self.close()
                raise

    def _check(self, workers_s: float) -> None:
        try:
            self._client.wait_for_workers(1, timeout=workers_s)
        except OSError:
            raise DriverMonitorError(
                f"the dask scheduler {self._scheduler} has no workers; start some with 'dask worker {self._scheduler}'"
            ) from None
        here = versions()
        for worker, there in self._versions(workers_s).items():
            if isinstance(there, BaseException):
                raise DriverMonitorError(
                    f"the dask worker {worker} cannot import driver_monitor ({there}); install the same version there"
                )
            other = [f"{name} {there.get(name, 'none')} there and {here[name]} here" for name in here
                     if there.get(name) != here[name]]  # fmt: skip
            if other:
                raise DriverMonitorError(
                    f"the dask worker {worker} runs other versions: {', '.join(other)}; install the same ones on both"
                )

    def _versions(self, wait_s: float) -> dict[str, Any]:
        """Those of every worker, or the exception that asking for them raised there."""
        try:
            # What Client.run does, which would wait for ever for a worker that dies meanwhile.
            found: dict[str, Any] = self._client.sync(
                self._client._run, versions, on_error="return", callback_timeout=wait_s
            )
        except OSError:
            raise DriverMonitorError(
                f"the workers of the dask scheduler {self._scheduler} do not answer; try again, or restart them"
            ) from None
        return found

    def map(
        self,
        function: Callable[[I], T],
        items: Sequence[I],
        on_done: Callable[[Outcome[I, T]], None] = lambda outcome: None,
        *,
        home: Callable[[I], Hashable] | None = None,
    ) -> list[Outcome[I, T]]:
        found: dict[int, Outcome[I, T]] = {}
        suspects: list[int] = []
        for places, outcomes in self._round(function, items, self._batches(len(items))):
            if outcomes is None:
                suspects += places
                continue
            for place, outcome in zip(places, outcomes, strict=True):
                found[place] = outcome
                on_done(outcome)
        # Who was on a worker that died is not to blame for it; who is alone with several that die is.
        for place in suspects:
            ((_, outcomes),) = self._round(function, items, [[place]])
            lost = "the dask workers that had it died one after the other (out of memory?): it was left out"
            found[place] = outcomes[0] if outcomes else Outcome(items[place], error=lost)
            on_done(found[place])
        return [found[place] for place in range(len(items))]

    def _batches(self, count: int) -> list[list[int]]:
        threads = sum(self._client.nthreads().values()) or 1
        size = max(1, min(_LARGEST_BATCH, count // (threads * _BATCHES_A_WORKER)))
        return [list(range(start, min(start + size, count))) for start in range(0, count, size)]

    def _round(
        self, function: Callable[[I], T], items: Sequence[I], batches: list[list[int]]
    ) -> Iterator[tuple[list[int], list[Outcome[I, T]] | None]]:
        """Batches as they end, with None for one whose workers died."""
        futures = {
            self._client.submit(_batch, function, [items[place] for place in places], pure=False): places
            for places in batches
        }
        try:
            for future in self._distributed.as_completed(list(futures), loop=self._client.loop):
                places = futures.pop(future)
                yield places, self._result(future)
                future.release()
        finally:
            self._client.cancel(list(futures))

    def _result(self, future: Any) -> list[Any] | None:
        try:
            outcomes: list[Any] = future.result()
        except self._distributed.KilledWorker:
            return None
        except (OSError, asyncio.CancelledError) as error:
            raise DriverMonitorError(
                f"the dask scheduler {self._scheduler} was lost ({error or type(error).__name__}); run it again"
            ) from None
        return outcomes

    def close(self) -> None:
        client, self._client = getattr(self, "_client", None), None
        if client is not None:
            client.close(timeout=2)


def versions() -> dict[str, str]:
    """What has to be the same in both, for a function to travel and to give the same answer."""
    from importlib.metadata import version  # noqa: PLC0415

    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = {name: version(name) for name in _COMPARED}
    return {"Python": python, "driver-monitor": driver_monitor.__version__, **found}


def _batch(function: Callable[[I], T], items: Sequence[I]) -> list[Outcome[I, T]]:
    return [attempt(function, item) for item in items]
