"""What ``run`` says of itself on the terminal while it runs."""

import logging
import math
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final, TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from driver_monitor.alerts.console import moment_clock
from driver_monitor.cause import cause_words
from driver_monitor.cli.calibration import Calibration
from driver_monitor.closing import Closing
from driver_monitor.monitor import Moment

PERIOD_S: Final = 1.0  # how often the status is looked at
PLAIN_EVERY_S: Final = 60.0  # where nobody may be looking, an unchanged status is told this often
_CLOSE_S: Final = 0.5
_ALERTING: Final = "bold yellow"
_DEGRADED: Final = "yellow"
_STANDING: Final = "bold white on red"


class Commentary(Closing):
    """Sentences as they come, and how it goes: on a terminal one line, rewritten in place every second; anywhere else
    a line of its own whenever the state has changed, and every :data:`PLAIN_EVERY_S`.

    It writes from a thread of its own: a terminal that is held up holds up nothing else. While the status line stands,
    what is logged goes above it.
    """

    def __init__(self, console: Console, standing: Callable[[], Sequence[str]] = tuple) -> None:
        """``standing`` is asked for what must not be missed; it stands first on the line."""
        self._console = console
        self._standing = standing
        self._lines: queue.SimpleQueue[Text | None] = queue.SimpleQueue()
        self._moment: Moment | None = None
        self._calibration = Calibration()
        self._told_state: tuple[str, ...] = ()
        self._told_s = -math.inf
        in_place = console.is_terminal and not console.is_dumb_terminal
        self._live = Live(console=console, auto_refresh=False, transient=True) if in_place else None
        self._log_stream: TextIO | None = None
        self._thread = threading.Thread(target=self._run, name="commentary", daemon=True)
        self._thread.start()

    def say(self, sentence: str) -> None:
        self._lines.put(Text(sentence))

    def seen(self, moment: Moment) -> None:
        """Every frame's moment; returns at once."""
        self._moment = moment
        news = self._calibration.update(moment.state.signals)
        if news:
            self._lines.put(Text(f"{moment_clock(moment.state.t_s)}{news}"))

    def close(self) -> None:
        """Say what is queued and take the status line away; safe to call twice."""
        self._lines.put(None)
        self._thread.join(_CLOSE_S)

    def _run(self) -> None:
        try:
            self._begin()
            while self._step(time.monotonic() + PERIOD_S):
                self._tell_status()
        except (OSError, ValueError):
            pass  # nobody reads it any more; the outputs say so where it matters
        finally:
            self._end()

    def _step(self, until_s: float) -> bool:
        """Print lines as they come until it is time for the status; False at the end."""
        while (left_s := until_s - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left_s)
            except queue.Empty:
                break
            if line is None:
                return False
            self._console.print(line, soft_wrap=True)
        return True

    def _tell_status(self) -> None:
        moment = self._moment
        if moment is None:
            return
        standing = self._standing()
        if self._live is not None:
            line = status_line(moment, standing)
            line.truncate(max(1, self._console.width - 1), overflow="ellipsis")
            self._live.update(line, refresh=True)
            return
        state, t_s = (*standing, state_words(moment)), moment.state.t_s
        if state != self._told_state or t_s - self._told_s >= PLAIN_EVERY_S:
            self._told_state, self._told_s = state, t_s
            self._console.print(status_line(moment, standing), soft_wrap=True)

    def _begin(self) -> None:
        if self._live is None:
            return
        before = sys.stderr
        self._live.start()
        self._console.show_cursor(True)  # whatever ends the program, the terminal keeps it
        self._log_stream = before
        _log_to(before, sys.stderr)

    def _end(self) -> None:
        if self._live is None or self._log_stream is None:
            return
        _log_to(sys.stderr, self._log_stream)
        try:
            self._live.stop()
        except (OSError, ValueError):
            sys.stderr = self._log_stream


def state_words(moment: Moment) -> str:
    """The most urgent alert that fires, else why the driver cannot be judged, else ``watching``."""
    if moment.firing:
        alert = moment.firing[0]
        return f"{alert.level.word}: {alert.rule}".replace("_", " ")
    return cause_words(moment.state.signals.degraded) or "watching"


def status_line(moment: Moment, standing: Sequence[str] = ()) -> Text:
    """Media time, state, eyes, gaze, quality and, while frames come, their rate, in 80 columns; what is ``standing``
    comes first."""
    state = moment.state
    signals = state.signals
    style = _ALERTING if moment.firing else _DEGRADED if signals.degraded else "green"
    line = Text()
    for words in standing:
        line.append(f" {words} ", _STANDING)
    line.append(moment_clock(state.t_s))
    line.append(f"{state_words(moment):<14}", style)
    line.append(
        f"  eyes {_word(signals.eyes):<7} gaze {_word(signals.zone):<12} quality {signals.quality:4.0%}"
        f"  {_number(None if _blind(moment) else signals.fps)} fps"
    )
    return line


def _word(name: str) -> str:
    return name.replace("_", " ") or "unknown"


def _number(value: float | None) -> str:
    return " \u2013" if value is None or not math.isfinite(value) else f"{value:2.0f}"


def _blind(moment: Moment) -> bool:
    """Whether there is no image: a lost camera's moments have a rate of their own, which is not the camera's."""
    return moment.frame is not None and moment.frame.image is None


def _log_to(before: TextIO, after: TextIO) -> None:
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream is before:
            handler.setStream(after)
