"""An output with its own thread, so that its device can never hold up the caller."""

import queue
import threading
from abc import abstractmethod
from collections.abc import Callable

from driver_monitor.alerts.sink import AlertSink
from driver_monitor.rules.alert import Alert

CLOSE_S = 0.5  # how long close() waits for the thread; it dies with the program if its device still holds it
FLUSH_S = 0.3  # how much of that the thread spends on what is still to be said


class QueuedSink(AlertSink):
    """Puts alerts on an unbounded queue (alerts are few, and none may be lost) that :meth:`_run` empties.

    A subclass calls :meth:`_start` at the end of its constructor. ``report`` is called from the thread.
    """

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._alerts: queue.SimpleQueue[Alert | None] = queue.SimpleQueue()
        self._closing = False  # the thread's view: everything sent before close() has been taken
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=f"alerts-{self.name}", daemon=True)

    def send(self, alert: Alert) -> None:
        if self._closed:
            self._report(f"{self.name}: alert {alert.rule} came after the output was closed and is not shown")
            return
        self._alerts.put(alert)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._alerts.put(None)
        self._thread.join(CLOSE_S)

    def _start(self) -> None:
        self._thread.start()

    @abstractmethod
    def _run(self) -> None:
        """The thread: :meth:`_take` until ``_closing``, then leave within FLUSH_S."""

    def _take(self, timeout_s: float | None) -> list[Alert]:
        """All alerts sent since, in order, after waiting up to ``timeout_s`` (None: for ever) for the first."""
        taken: list[Alert] = []
        block = not self._closing
        while True:
            try:
                item = self._alerts.get(block, timeout_s)
            except queue.Empty:
                return taken
            block = False
            if item is None:
                self._closing = True
                return taken
            taken.append(item)
