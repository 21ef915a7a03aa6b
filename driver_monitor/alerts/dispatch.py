"""Every alert to the outputs its rule names, every fault to all of them."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from rich.console import Console

from driver_monitor.alerts.audio import AudioSink
from driver_monitor.alerts.console import ConsoleSink
from driver_monitor.alerts.failure import Failure
from driver_monitor.alerts.serial_sink import SerialSink
from driver_monitor.alerts.sink import AlertSink
from driver_monitor.closing import Closing
from driver_monitor.config.alerts import AlertsConfig
from driver_monitor.config.messages import MessagesConfig
from driver_monitor.state.alert import Alert


class Dispatcher(Closing):
    """Owns the outputs that the config enables, by the names that rules use: console, audio, serial.

    A rule may name an output that is switched off; its alerts just do not go there. ``report`` gets one sentence for
    each trouble and each recovery, from the outputs' own threads.

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
    ) -> None:
        """``console`` is where to print (default: standard error); ``more`` adds outputs made elsewhere.

        ``messages`` has the words for a fault; ``fault_told`` hears of it after the outputs.
        """
        sinks: dict[str, AlertSink] = {}
        if config.console.enabled:
            sinks["console"] = ConsoleSink(report, console)
        if config.audio.enabled:
            sinks["audio"] = AudioSink(config.audio, report)
        if config.serial.enabled:
            sinks["serial"] = SerialSink(config.serial, report)
        self._sinks = sinks | dict(more or {})
        self._report = report
        self._messages = messages
        self._fault_told = fault_told
        self._failure: Failure | None = None
        self._closed = False

    @property
    def outputs(self) -> tuple[str, ...]:
        return tuple(self._sinks)

    def send(self, alert: Alert) -> None:
        """Returns at once."""
        for name in dict.fromkeys(alert.outputs):
            sink = self._sinks.get(name)
            if sink is not None:
                sink.send(alert)

    def health(self, state: str) -> None:
        """How the monitor is doing, in a word. Call it with every frame: silence for 5 s counts as a stall.

        Raises what an output's own thread died of: a monitor that cannot be heard must not go on as if it were.
        """
        for sink in self._sinks.values():
            if sink.defect is not None:
                raise sink.defect
            sink.set_health(state)

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
