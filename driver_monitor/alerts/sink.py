"""The contract every alert output meets."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType

from driver_monitor.alerts.failure import Failure
from driver_monitor.alerts.status import Status
from driver_monitor.closing import Closing
from driver_monitor.errors import DriverMonitorError
from driver_monitor.state.alert import Alert


class SinkError(DriverMonitorError):
    """An output that cannot be used. Reported once; the rest goes on."""

    reason = "output"


class AlertSink(Closing, ABC):
    """A context manager that is told of every alert addressed to it.

    :meth:`send` never blocks the caller beyond putting the alert on a queue; it never drops an alert and never
    raises: trouble with the device is reported through ``report`` (given at construction), once per outage.

    Its end is orderly unless :meth:`fault` was called before :meth:`close`, which leaving the ``with`` block by an
    error does. ``defect`` is what ended the output's own thread, if that was a mistake of ours: the caller is to raise
    it, because an output that has died of one says nothing any more. ``delivered``, where somebody sets it, hears from
    any thread of each alert that has left for good: the tone was played to its end, the broker has it, the bytes are
    written.
    """

    name: str
    defect: BaseException | None = None
    delivered: Callable[[Alert], None] | None = None
    socket_families: frozenset[int] = frozenset()  # what it opens in this process, beside Unix sockets

    _down: bool = False  # an outage that has been reported

    @property
    def works(self) -> bool:
        """Whether nothing is known to be wrong with it; from any thread."""
        return self.defect is None and not self._down

    @abstractmethod
    def send(self, alert: Alert) -> None:
        """Take one alert."""

    def set_health(self, state: str) -> None:
        """Take note of how the monitor is doing, in a word (``tracked``, ``degraded``, ...). Never blocks."""

    def set_status(self, status: Status) -> None:
        """Take note of the driver's state, with every frame. Never blocks; an output tells it at a rate of its own."""

    def acknowledge(self) -> None:
        """The driver has answered: what repeats may cease until there is news. Never blocks."""

    def fault(self, failure: Failure) -> None:
        """The monitor has stopped by a fault: say so, and nothing after it. Never blocks; the first one counts."""

    def close(self) -> None:
        """Say what is queued (at most ~0.5 s; a fault may be heard out), then release the device; safe to call twice.

        What says goodbye does so only when there was no fault.
        """

    def _came_out(self, alert: Alert) -> None:
        if self.delivered is not None:
            self.delivered(alert)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        failure = None if error is None else Failure.of(error)
        if failure is not None:
            self.fault(failure)
        self.close()
