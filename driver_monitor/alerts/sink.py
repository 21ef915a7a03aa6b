"""The contract every alert output meets."""

from abc import ABC, abstractmethod

from driver_monitor.closing import Closing
from driver_monitor.errors import DriverMonitorError
from driver_monitor.rules.alert import Alert


class SinkError(DriverMonitorError):
    """An output that cannot be used. Reported once; the rest goes on."""


class AlertSink(Closing, ABC):
    """A context manager that is told of every alert addressed to it.

    :meth:`send` never blocks the caller beyond putting the alert on a queue; it never drops an alert and never
    raises: trouble with the device is reported through ``report`` (given at construction), once per outage.
    """

    name: str

    @abstractmethod
    def send(self, alert: Alert) -> None:
        """Take one alert."""

    def set_health(self, state: str) -> None:
        """Take note of how the monitor is doing, in a word (``tracked``, ``degraded``, ...). Never blocks."""

    def close(self) -> None:
        """Say what is queued (at most ~0.5 s), then release the device; safe to call twice."""
