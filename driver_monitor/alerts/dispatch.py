"""Every alert to the outputs its rule names, every fault to all of them."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import get_args

from rich.console import Console

from driver_monitor.alerts.audio import AudioSink
from driver_monitor.alerts.can_sink import CanSink
from driver_monitor.alerts.console import ConsoleSink
from driver_monitor.alerts.delivery import Deliveries
from driver_monitor.alerts.failure import Failure
from driver_monitor.alerts.gpio_sink import GpioSink
from driver_monitor.alerts.mqtt_sink import MqttSink
from driver_monitor.alerts.serial_sink import SerialSink
from driver_monitor.alerts.sink import AlertSink
from driver_monitor.alerts.status import Status
from driver_monitor.closing import Closing
from driver_monitor.config.alerts import AlertsConfig
from driver_monitor.config.messages import MessagesConfig
from driver_monitor.config.rules import Output
from driver_monitor.state.alert import Alert
from driver_monitor.state.request import Ask


def open_output(
    name: Output,
    config: AlertsConfig,
    report: Callable[[str], None],
    *,
    console: Console | None = None,
    messages: MessagesConfig | None = None,
    asked: Callable[[Ask], None] = lambda ask: None,
) -> AlertSink:
    """The output of that name, whether the config enables it or not.

    ``messages`` is what it may have to speak, ``asked`` hears what its buttons ask for.
    """
    match name:
        case "console":
            return ConsoleSink(report, console)
        case "audio":
            return AudioSink(config.audio, report, messages=messages)
        case "serial":
            return SerialSink(config.serial, report)
        case "can":
            return CanSink(config.can, report)
        case "mqtt":
            return MqttSink(config.mqtt, report)
        case "gpio":
            return GpioSink(config.gpio, report, asked)


class Dispatcher(Closing):
    """Owns the outputs that the config enables, by the names that rules use: console, audio, serial, can, mqtt, gpio.

    A rule may name an output that is switched off; its alerts just do not go there. ``report`` gets one sentence for
    each trouble and each recovery, from the outputs' own threads; ``alarm`` the one that outweighs them all: a critical
    alert has reached nobody.

    Leaving the ``with`` block by an error makes every output say that the monitor has stopped by a fault;
    :meth:`end_by` does that earlier, where closing other things may take its time.
    """

    def __init__(
        self,
        config: AlertsConfig,
        report: Callable[[str], None],
        console: Console | None = None,
        more: Mapping[str, AlertSink] | None = None,
        *,
        messages: MessagesConfig | None = None,
        fault_told: Callable[[Failure], None] = lambda _: None,
        alarm: Callable[[str], None] | None = None,
        asked: Callable[[Ask], None] = lambda ask: None,
    ) -> None:
        """``console`` is where to print (default: standard error); ``more`` adds outputs made elsewhere.

        ``messages`` has the words for a fault and those that are spoken; ``fault_told`` hears of it after the outputs.
        ``asked`` hears what the driver's buttons ask for, from any thread.
        """
        enabled = [name for name in get_args(Output) if getattr(config, name).enabled]
        sinks = {
            name: open_output(name, config, report, console=console, messages=messages, asked=asked) for name in enabled
        }
        self._sinks: dict[str, AlertSink] = sinks | dict(more or {})
        self._report = report
        self._messages = messages
        self._fault_told = fault_told
        self._failure: Failure | None = None
        self._closed = False
        self._deliveries = Deliveries(alarm or report, report)
        for sink in self._sinks.values():
            sink.delivered = self._deliveries.came_out
        self._standing = ("MQTT ON",) if config.mqtt.enabled else ()

    @property
    def outputs(self) -> tuple[str, ...]:
        return tuple(self._sinks)

    @property
    def working(self) -> dict[str, bool]:
        """Every output by its name, and whether it works as far as anybody knows; from any thread."""
        return {name: sink.works for name, sink in self._sinks.items()}

    @property
    def standing(self) -> tuple[str, ...]:
        """What whoever looks at the status must not miss, the worst first; from any thread."""
        undelivered = self._deliveries.undelivered
        return (f"CRITICAL ALERT NOT DELIVERED: {undelivered}", *self._standing) if undelivered else self._standing

    @property
    def socket_families(self) -> frozenset[int]:
        """The kinds of socket that outputs open in this process, other than Unix sockets."""
        return frozenset[int]().union(*(sink.socket_families for sink in self._sinks.values()))

    def send(self, alert: Alert) -> None:
        """Returns at once."""
        names = [name for name in dict.fromkeys(alert.outputs) if name in self._sinks]
        self._deliveries.sent(alert, names, time.monotonic())
        for name in names:
            self._sinks[name].send(alert)

    def health(self, state: str) -> None:
        """How the monitor is doing, in a word. Call it with every frame: silence for 5 s counts as a stall.

        Raises what an output's own thread died of: a monitor that cannot be heard must not go on as if it were.
        """
        for sink in self._sinks.values():
            if sink.defect is not None:
                raise sink.defect
            sink.set_health(state)
        self._deliveries.check(time.monotonic())

    def status(self, status: Status) -> None:
        """The driver's state, with every frame. Returns at once."""
        for sink in self._sinks.values():
            sink.set_status(status)

    def acknowledge(self) -> None:
        """The driver has answered. Returns at once."""
        for sink in self._sinks.values():
            sink.acknowledge()

    def end_by(self, error: BaseException, t_s: float | None = None) -> Failure | None:
        """Tell every output of the fault that ``error`` is, once; None where it is an orderly end. Returns at once.

        ``t_s`` is media time.
        """
        failure = Failure.of(error, t_s, self._messages)
        if failure is None or self._failure is not None or self._closed:
            return self._failure
        self._failure = failure
        for name, sink in self._sinks.items():
            try:
                sink.fault(failure)
            except Exception as trouble:  # noqa: BLE001  (whatever it is, the others are still to be told)
                self._report(f"{name}: could not tell of the fault: {trouble}")
        self._fault_told(failure)
        return failure

    def close(self) -> None:
        """Close all outputs at the same time (each takes half a second, more after a fault), even if one fails."""
        if self._closed:
            return
        self._closed = True
        if not self._sinks:
            return
        with ThreadPoolExecutor(len(self._sinks), thread_name_prefix="close") as pool:
            closing = {name: pool.submit(sink.close) for name, sink in self._sinks.items()}
        for name, future in closing.items():
            error = future.exception()
            if error is not None:
                self._report(f"{name}: could not be closed properly: {error}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is not None:
                self.end_by(error)
        finally:
            self.close()
