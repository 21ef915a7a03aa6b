"""A progress bar on the terminal for anything longer than two seconds; nothing where nobody looks."""

import sys
import time
from types import TracebackType
from typing import Final, Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from driver_monitor.alerts.console import AlertConsole
from driver_monitor.timecode import clock

PATIENCE_S: Final = 2.0
REFRESH_S: Final = 0.1


class Bar:
    """Shows progress per named task on stderr, once two seconds have passed."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[done]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not sys.stderr.isatty(),
            auto_refresh=False,
            redirect_stdout=sys.stdout.isatty(),  # else what is written to a file would go to the terminal
        )
        self._tasks: dict[str, TaskID] = {}
        self._began_s = time.monotonic()
        self._drawn_s = 0.0
        self._started = False

    @property
    def console(self) -> Console:
        """Where to say something on stderr without breaking the bar."""
        return self._progress.console

    def print(self, result: RenderableType) -> None:
        """A line of the command's result: on stdout, and above the bar where both are on the terminal."""
        in_the_way = self._started and sys.stdout.isatty()
        console = self.console if in_the_way else AlertConsole()
        console.print(result, highlight=False, markup=False, soft_wrap=True)

    def at(self, name: str, t_s: float, total_s: float | None, words: str = "") -> None:
        """``name`` has come to ``t_s`` of ``total_s`` seconds of media, or of what ``words`` say."""
        now_s = time.monotonic()
        if now_s - self._began_s < PATIENCE_S or now_s - self._drawn_s < REFRESH_S:
            return
        self._drawn_s = now_s
        if not self._started:
            self._started = True
            self._progress.start()
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total_s, done="")
        self._progress.update(self._tasks[name], completed=t_s, total=total_s, done=words or clock(t_s))
        self._progress.refresh()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._started:
            self._progress.stop()
