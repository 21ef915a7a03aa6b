"""Every alert to the outputs its rule names."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from rich.console import Console

from driver_monitor.alerts.audio import AudioSink
from driver_monitor.alerts.console import ConsoleSink
from driver_monitor.alerts.serial_sink import SerialSink
from driver_monitor.alerts.sink import AlertSink
from driver_monitor.closing import Closing
from driver_monitor.config.alerts import AlertsConfig
from driver_monitor.rules.alert import Alert


class Dispatcher(Closing):
    """Owns the outputs that the config enables, by the names that rules use: console, audio, serial.

    A rule may name an output that is switched off; its alerts just do not go there. ``report`` gets one sentence for
    each trouble and each recovery, from the outputs' own threads.
    """

    def __init__(
        self,
        config: AlertsConfig,
        report: Callable[[str], None],
        console: Console | None = None,
        more: Mapping[str, AlertSink] | None = None,
    ) -> None:
        """``console`` is where to print (default: standard error); ``more`` adds outputs made elsewhere."""
        sinks: dict[str, AlertSink] = {}
        if config.console.enabled:
            sinks["console"] = ConsoleSink(report, console)
        if config.audio.enabled:
            sinks["audio"] = AudioSink(config.audio, report)
        if config.serial.enabled:
            sinks["serial"] = SerialSink(config.serial, report)
        self._sinks = sinks | dict(more or {})
        self._report = report
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
        """How the monitor is doing, in a word. Call it with every frame: silence for 5 s counts as a stall."""
        for sink in self._sinks.values():
            sink.set_health(state)

    def close(self) -> None:
        """Close all outputs at the same time (each takes up to half a second), even if one fails."""
        if self._closed or not self._sinks:
            return
        self._closed = True
        with ThreadPoolExecutor(len(self._sinks), thread_name_prefix="close") as pool:
            closing = {name: pool.submit(sink.close) for name, sink in self._sinks.items()}
        for name, future in closing.items():
            error = future.exception()
            if error is not None:
                self._report(f"{name}: could not be closed properly: {error}")
