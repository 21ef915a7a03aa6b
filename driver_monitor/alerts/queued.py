"""An output with its own thread, so that its device can never hold up the caller."""

import logging
import queue
import threading
from abc import abstractmethod
from collections.abc import Callable

from driver_monitor.alerts.failure import Failure
from driver_monitor.alerts.sink import AlertSink
from driver_monitor.state.alert import Alert

logger = logging.getLogger(__name__)

CLOSE_S = 0.5  # how long close() waits for the thread; it dies with the program if its device still holds it
FLUSH_S = 0.3  # how much of that the thread spends on what is still to be said


class QueuedSink(AlertSink):
    """Puts alerts on an unbounded queue (alerts are few, and none may be lost) that :meth:`_run` empties.

    A subclass calls :meth:`_start` at the end of its constructor. ``report`` is called from the thread.
    """

    FAULT_S = 0.0  # how much longer close() waits for a fault to be told

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._queue: queue.SimpleQueue[Alert | Failure | None] = queue.SimpleQueue()
        self._failure: Failure | None = None  # the thread's view, like _closing
        self._closing = False  # the thread's view: everything sent before close() has been taken
        self._faulted = False
        self._closed = False
        self._thread = threading.Thread(target=self._watched, name=f"alerts-{self.name}", daemon=True)

    def send(self, alert: Alert) -> None:
        if self._closed:
            self._report(f"{self.name}: alert {alert.rule} came after the output was closed and is not shown")
            return
        self._queue.put(alert)

    def fault(self, failure: Failure) -> None:
        if not self._closed and not self._faulted:
            self._faulted = True
            self._queue.put(failure)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        self._thread.join(CLOSE_S + (self.FAULT_S if self._faulted else 0.0))

    def _start(self) -> None:
        self._thread.start()

    def _watched(self) -> None:
        try:
            self._run()
        except BaseException as error:  # noqa: BLE001  (a defect in the thread is raised in the loop's)
            logger.debug("the output %s has died: %s", self.name, error)
            self.defect = error

    @abstractmethod
    def _run(self) -> None:
        """The thread: :meth:`_take` until ``_closing``, then leave within FLUSH_S. ``_failure`` is set by then if the
        end is not orderly."""

    def _take(self, timeout_s: float | None) -> list[Alert]:
        """All alerts sent since, in order, after waiting up to ``timeout_s`` (None: for ever) for the first.

        Returns early with a fault in ``_failure``: it is to be told at once.
        """
        taken: list[Alert] = []
        block = not self._closing
        while True:
            try:
                item = self._queue.get(block, timeout_s)
            except queue.Empty:
                return taken
            block = False
            if item is None:
                self._closing = True
                return taken
            if isinstance(item, Failure):
                self._failure = item
                return taken
            taken.append(item)
