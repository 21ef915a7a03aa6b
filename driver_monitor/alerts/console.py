"""Alerts on the terminal."""

import logging
import math
from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from driver_monitor.alerts.failure import Failure
from driver_monitor.alerts.queued import QueuedSink
from driver_monitor.rules.evidence import because, numbers
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.timecode import clock

logger = logging.getLogger(__name__)

_STYLES = {
    Level.INFO: "cyan",
    Level.WARNING: "bold yellow",
    Level.CRITICAL: "bold white on red",
    Level.UNRESPONSIVE: "bold blink white on red",
}


class AlertConsole(Console):
    """A rich console whose broken pipe is an error like any other: rich would end the thread and silence stdout."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError("the reader of the terminal output has gone")


class ConsoleSink(QueuedSink):
    """One line for each alert as it begins, escalates, repeats or ceases: coloured on a terminal, plain anywhere else.

    Writes to standard error unless given a console (share it where a progress bar is shown: rich keeps the two apart).
    """

    name = "console"

    def __init__(self, report: Callable[[str], None], console: Console | None = None) -> None:
        super().__init__(report)
        self._console = console or AlertConsole(stderr=True)
        self._down = False
        self._start()

    def _run(self) -> None:
        said = False
        while not self._closing:
            for alert in self._take(None):
                # What goes into a file or a journal has reached nobody yet.
                if self._print(alert_line(alert)) and self._console.is_terminal:
                    self._came_out(alert)
            if self._failure is not None and not said:
                said = True
                self._print(fault_line(self._failure))

    def _print(self, line: Text) -> bool:
        try:
            self._console.print(line, soft_wrap=True)
        except (OSError, ValueError) as error:  # the reader went away, the file was closed, the disk is full
            if not self._down:
                self._down = True
                self._report(f"console: cannot write alerts ({error}); the other outputs go on")
            return False
        self._down = False
        return True


def moment_clock(t_s: float) -> str:
    """Media time as the first column of a line, the same for alerts and for whatever stands between them."""
    return f"{clock(t_s, 1) if math.isfinite(t_s) else '-':>9}  "


def alert_line(alert: Alert) -> Text:
    """Media time, level or ``cleared``, rule, message and what was seen, in one line; with ``-v`` its numbers too."""
    firing = alert.state is AlertState.FIRING
    line = Text(moment_clock(alert.t_s))
    line.append(f"{alert.level.name if firing else 'cleared':8}", _STYLES[alert.level] if firing else "green")
    line.append(f"  {_one_line(alert.rule)}", "bold" if firing else "")
    if firing:
        line.append(f": {_one_line(alert.message)}")
    why = ", ".join(because(alert))
    figures = ", ".join(numbers(alert.evidence)) if logger.isEnabledFor(logging.INFO) else ""
    told = "; ".join(filter(None, (why, figures)))
    if told:
        line.append(f"  ({_one_line(told)})", "dim")
    return line


def fault_line(failure: Failure) -> Text:
    """Media time, what the driver is told and the reason; the program's last words give the details."""
    line = Text(moment_clock(math.nan if failure.t_s is None else failure.t_s))
    line.append("FAULT   ", _STYLES[Level.UNRESPONSIVE])
    line.append(f"  {_one_line(failure.message)}", "bold")
    line.append(f"  ({_one_line(failure.reason)})", "dim")
    return line


def _one_line(text: str) -> str:
    """Line ends and control characters would break, or forge, the terminal's lines."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
