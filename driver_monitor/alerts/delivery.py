"""Whether critical alerts get out at all: what no output could deliver is the loudest thing there is to say."""

import threading
from collections.abc import Callable, Sequence
from typing import Final

from driver_monitor.parameter import judged
from driver_monitor.state.alert import Alert, AlertState, Level

DELIVERY_S: Final = judged(3.0, "a critical alert that no output has let out by then was not delivered")


class Deliveries:
    """Follows every critical alert from :meth:`sent` to the first output that says :meth:`came_out`.

    Times are seconds on any one clock. ``alarm`` hears once of an outage, ``report`` of its end. An outage ends when a
    critical alert gets out again, not when the rule clears: the next one would be lost as well.
    """

    def __init__(self, alarm: Callable[[str], None], report: Callable[[str], None]) -> None:
        self._alarm = alarm
        self._report = report
        self._waiting: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()
        self.undelivered = ""  # the rule whose alert reached nobody, while that is the last that is known

    def sent(self, alert: Alert, outputs: Sequence[str], now_s: float) -> None:
        """``outputs`` are the names of those that it was given to."""
        if alert.level < Level.CRITICAL:
            return
        with self._lock:
            if alert.state is AlertState.CLEARED:
                self._waiting.pop(alert.rule, None)
            else:
                given = f"given to {', '.join(outputs)}" if outputs else "no output that it is for is on"
                self._waiting.setdefault(alert.rule, (now_s if outputs else now_s - DELIVERY_S, given))

    def came_out(self, alert: Alert) -> None:
        """From any thread: an output has let it out."""
        if alert.level < Level.CRITICAL or alert.state is AlertState.CLEARED:
            return
        with self._lock:
            self._waiting.pop(alert.rule, None)
            ended, self.undelivered = self.undelivered, ""
        if ended:
            self._report(f"critical alerts get out again: {alert.rule}")

    def check(self, now_s: float) -> None:
        """Call it often: says what is overdue."""
        if not self._waiting:
            return
        with self._lock:
            overdue = {rule: how for rule, (at_s, how) in self._waiting.items() if now_s - at_s >= DELIVERY_S}
            for rule in overdue:
                del self._waiting[rule]
            news = bool(overdue) and not self.undelivered
            self.undelivered = next(iter(overdue), self.undelivered)
        if news:
            rule, how = next(iter(overdue.items()))
            self._alarm(
                f"CRITICAL ALERT NOT DELIVERED: {rule} reached nobody ({how}); the driver is not warned: "
                "look after the outputs, 'driver-monitor doctor' says what is missing"
            )
