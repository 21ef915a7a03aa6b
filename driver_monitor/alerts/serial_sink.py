"""Alerts over a serial port, in the words of :mod:`driver_monitor.alerts.protocol` or :mod:`~.buzzer`."""

import logging
import time
from collections import deque
from collections.abc import Callable

import serial

from driver_monitor import __version__
from driver_monitor.alerts.buzzer import character
from driver_monitor.alerts.failure import Failure
from driver_monitor.alerts.protocol import (
    MAX_LINE_BYTES,
    Body,
    Bye,
    Fault,
    Heartbeat,
    Hello,
    Kind,
    Line,
    Request,
    StopRequest,
    Transition,
    encode,
)
from driver_monitor.alerts.queued import FLUSH_S, QueuedSink
from driver_monitor.alerts.receipts import Receipts
from driver_monitor.config.alerts import SerialConfig
from driver_monitor.counted import counted
from driver_monitor.rules.evidence import values
from driver_monitor.serial_port import (
    PORT_ERRORS,
    PortError,
    UsbIdentity,
    found_again,
    open_port,
    usb_identity,
)
from driver_monitor.state.alert import Alert, AlertState, Level

logger = logging.getLogger(__name__)

LATE_LIMIT = 4096  # alerts kept through an outage: hours of the worst driving, about 4 MB
REMIND_EVERY = 10  # heartbeats from one reminder of what fires to the next
STALL_S = 5.0  # without news of the monitor's health for this long, it has stalled
BITS_A_BYTE = 10  # 8 data bits, start and stop bit
BUSY_S = 0.02  # how long to leave a port alone that has not yet sent what it was given
LISTEN_S = 0.02  # how often an acknowledgement is looked for that is due


class SerialSink(QueuedSink):
    """Writes alerts and heartbeats; opens a lost port again every ``reconnect_s``.

    An alert that cannot be delivered is kept. When the port is (re)opened the receiver first hears HELLO, then what
    fires *now*, then, between newer lines and only while the port is idle, what it missed, marked LATE. At most
    LATE_LIMIT missed alerts are kept; each older one forgotten costs a sequence number and is counted in the report,
    and what fires now is never forgotten. After a FAULT the line falls silent: no heartbeat, no BYE.

    A critical alert that a receiver fails to acknowledge is said again as ACTIVE, which is no news to whoever heard it
    (:mod:`driver_monitor.alerts.receipts`). A USB adapter that comes back under another name is found by its identity.
    A buzzer hears characters, of now only: nothing is kept for it and nothing is acknowledged.
    """

    name = "serial"

    def __init__(self, config: SerialConfig, report: Callable[[str], None]) -> None:
        super().__init__(report)
        self._config = config
        # A write counts as failed when it takes longer than configured *and* than the line needs at this baud rate.
        self._write_timeout_s = config.write_timeout_s + MAX_LINE_BYTES * BITS_A_BYTE / config.baud
        self._port: serial.Serial | None = None
        self._identity: UsbIdentity | None = None  # of the adapter that was open last
        self._lines = config.mode == "lines"
        self._receipts = Receipts(answers=config.ack)
        self._unheard = False  # that nobody acknowledges has been reported
        self._garbled = False  # likewise that no text comes back
        self._down = False  # an outage that has been reported
        self._open_at_s = self._began_s = time.monotonic()
        self._beat_at_s = 0.0
        self._beats = 0
        self._seq = 0
        self._firing: dict[str, Alert] = {}
        self._late: deque[Alert] = deque()
        self._forgotten = 0
        self._health = ("starting", float("inf"))
        self._silent = False  # a fault has been said
        self._start()

    def set_health(self, state: str) -> None:
        """Call it with every frame: heartbeats say ``stalled`` when it was not called for STALL_S."""
        self._health = (state, time.monotonic())

    def _run(self) -> None:
        while not self._closing:
            self._tend()
            for alert in self._take(self._idle_s()):
                self._deliver(alert)
            if self._failure is not None and not self._silent:
                self._stop_by(self._failure)
        self._leave()

    def _stop_by(self, failure: Failure) -> None:
        """Say it, now or never: a lost port gets one more chance."""
        self._health = ("fault", float("inf"))
        if self._port is None:
            self._open()
        self._write(Fault(failure.reason, failure.message))
        self._silent = True

    def _idle_s(self) -> float | None:
        """How long nothing is due unless an alert comes; None for ever."""
        if self._silent:
            return None
        now_s = time.monotonic()
        if self._port is None:
            return max(0.0, self._open_at_s - now_s)
        due_s = max(0.0, self._beat_at_s - now_s)
        if self._receipts.next_s < float("inf"):
            due_s = min(due_s, LISTEN_S)
        return min(due_s, BUSY_S if self._busy() else 0.0) if self._late else due_s

    def _tend(self) -> None:
        """Do what is due: open the port, listen, send a heartbeat, or else one late line."""
        if self._silent:
            return
        if self._port is not None:
            self._listen()
        now_s = time.monotonic()
        if self._port is None:
            if now_s >= self._open_at_s:
                self._open()
        elif now_s >= self._beat_at_s:
            self._beat_at_s = max(self._beat_at_s, now_s - self._config.heartbeat_s) + self._config.heartbeat_s
            self._heartbeat()
        elif self._late and not self._busy():
            self._catch_up()

    def _deliver(self, alert: Alert) -> None:
        before = self._unanswered()
        if alert.state is AlertState.FIRING:
            self._firing[alert.rule] = alert
        else:
            self._firing.pop(alert.rule, None)
        self._receipts.expect(alert)
        if not self._tell(alert, Kind.ALERT):
            self._keep(alert)
        after = self._unanswered()
        if after is not None and before is None:
            self._write(StopRequest.of(after, Request.REQUESTED))
        elif before is not None and after is None:
            self._write(StopRequest.of(before, Request.WITHDRAWN))

    def _tell(self, alert: Alert, kind: Kind) -> bool:
        """Whether the port took it; it has come out at once unless the receiver is to acknowledge it."""
        seq = self._seq
        if not self._write(_said(alert, kind)):
            return False
        if not self._lines or self._receipts.told(alert, seq, time.monotonic()):
            self._came_out(alert)
        return True

    def _listen(self) -> None:
        """Hear what came back, and say again what was not acknowledged."""
        now_s = time.monotonic()
        for alert in self._receipts.hear(self._read(), now_s):
            self._came_out(alert)
            if self._unheard:
                self._unheard = False
                self._report(f"serial: the receiver on {self._config.port} acknowledges again")
        if self._receipts.garbage and not self._garbled:
            self._garbled = True
            self._report(
                f"serial: what comes back over {self._config.port} is no text; check that the receiver, too, is set to "
                f"{self._config.baud} Bd (alerts.serial.baud)"
            )
        for alert in self._receipts.due(now_s):
            self._tell(alert, Kind.ACTIVE)
        if self._receipts.unanswered(now_s) and not self._unheard:
            self._unheard = True
            self._report(
                f"serial: the receiver on {self._config.port} does not acknowledge critical alerts; check that it runs "
                "and that its line back is connected, or set alerts.serial.ack: false for one that never does"
            )

    def _unanswered(self) -> Alert | None:
        """The first alert that nobody answers, for which the car is asked to stop."""
        if not self._config.stop_request:
            return None
        return next((alert for alert in self._firing.values() if alert.level >= Level.UNRESPONSIVE), None)

    def _ask_again(self) -> bool:
        """A request in force is said again with every heartbeat: the line that brought it may have been lost."""
        alert = self._unanswered()
        return alert is None or self._write(StopRequest.of(alert, Request.REQUESTED))

    def _keep(self, alert: Alert) -> None:
        if not self._lines:
            return
        if len(self._late) == LATE_LIMIT:
            self._late.popleft()
            self._forgotten += 1
            self._seq += 1
        self._late.append(alert)

    def _open(self) -> None:
        name = found_again(self._config.port, self._identity)
        try:
            self._port = open_port(
                name,
                self._config.baud,
                setting="alerts.serial",
                write_timeout_s=self._write_timeout_s,
                rs485=self._config.rs485,
            )
        except PortError as error:
            self._lose(str(error))
            return
        self._identity = usb_identity(name)
        self._beats = 0
        self._receipts.opened(iter(self._firing.values()), time.monotonic())
        hello = Hello(round(self._config.heartbeat_s * 1000), len(self._firing), __version__)
        if self._write(hello) and self._remind() and self._heartbeat():
            self._beat_at_s = time.monotonic() + self._config.heartbeat_s
            if self._down:
                self._down = False
                under = "" if name == self._config.port else f" as {name}"
                self._report(f"serial: {self._config.port} is back{under}{self._missed()}")

    def _missed(self) -> str:
        """What the receiver did not hear in its time, for the report."""
        forgotten, self._forgotten = self._forgotten, 0
        late = counted(len(self._late), "alert made meanwhile is", "alerts made meanwhile are")
        words = f"; {late} sent as LATE" if self._late else ""
        return words + (f", {forgotten} older ones are lost" if forgotten else "")

    def _heartbeat(self) -> bool:
        state, since_s = self._health
        stalled = time.monotonic() - since_s > STALL_S
        self._beats += 1
        beat = Heartbeat(self._level, len(self._firing), "stalled" if stalled else state)
        written = self._ask_again() and self._write(beat)
        return written and (self._beats % REMIND_EVERY != 0 or self._remind())

    def _remind(self) -> bool:
        """Say what fires now, most urgent first."""
        urgent_first = sorted(self._firing.values(), key=lambda alert: -alert.level)
        return all(self._tell(alert, Kind.ACTIVE) for alert in urgent_first)

    def _catch_up(self) -> None:
        if self._write(_said(self._late[0], Kind.LATE)):
            self._late.popleft()

    def _write(self, body: Body) -> bool:
        """Whether the port took the line. Every line made uses up a sequence number, so a lost one leaves a gap."""
        if self._port is None:
            return False
        uptime_ms = round((time.monotonic() - self._began_s) * 1000)
        data = encode(Line(self._seq, uptime_ms, body)) if self._lines else character(body, self._level)
        self._seq += 1
        try:
            self._port.write(data)
        except serial.SerialTimeoutException:
            self._lose(f"{self._config.port} takes no more data; check that the receiver reads and its flow control")
            return False
        except PORT_ERRORS as error:
            logger.debug("writing to %s: %s", self._config.port, error)
            self._lose(f"lost {self._config.port}; plug it in again")
            return False
        return True

    def _read(self) -> bytes:
        """What has come back, without waiting for more."""
        try:
            return b"" if self._port is None else self._port.read(self._port.in_waiting)
        except PORT_ERRORS as error:
            logger.debug("reading from %s: %s", self._config.port, error)
            self._lose(f"lost {self._config.port}; plug it in again")
            return b""

    @property
    def _level(self) -> int:
        """The highest that fires, 0 for none."""
        return max((alert.level.value for alert in self._firing.values()), default=0)

    def _busy(self) -> bool:
        """Whether the port still holds data that it was given: true at slow baud rates after a few lines."""
        try:
            return self._port is not None and self._port.out_waiting > 0
        except PORT_ERRORS as error:
            logger.debug("asking %s: %s", self._config.port, error)
            self._lose(f"lost {self._config.port}; plug it in again")
            return False

    def _lose(self, sentence: str) -> None:
        self._shut()
        self._open_at_s = time.monotonic() + self._config.reconnect_s
        if not self._down:
            self._down = True
            self._report(
                f"serial: {sentence}; alerts are kept and it is tried again every {self._config.reconnect_s:g} s"
            )

    def _leave(self) -> None:
        """Say what can still be said within FLUSH_S, and goodbye unless a fault was the last word."""
        leave_s = time.monotonic() + FLUSH_S
        if not self._silent:
            while self._late and self._port is not None and time.monotonic() < leave_s:
                self._catch_up()
            self._write(Bye())
        while self._busy() and time.monotonic() < leave_s:
            time.sleep(0.005)
        if self._late:
            self._report(
                f"serial: closed with {counted(len(self._late), 'alert')} not delivered to {self._config.port}"
            )
        self._shut()

    def _shut(self) -> None:
        port, self._port = self._port, None
        if port is None:
            return
        try:
            port.close()
        except PORT_ERRORS as error:
            logger.debug("closing %s: %s", self._config.port, error)


def _said(alert: Alert, kind: Kind) -> Transition:
    return Transition.of(alert, kind, values(alert))
