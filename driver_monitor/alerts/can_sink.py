"""Alerts and the driver's state on a CAN bus, in the messages of :mod:`driver_monitor.alerts.can_frames`."""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from driver_monitor.alerts.can_frames import ALERT, STATE, Layout, alert_bytes, can_id, state_bytes
from driver_monitor.alerts.firing import Firing
from driver_monitor.alerts.queued import FLUSH_S, QueuedSink
from driver_monitor.alerts.serial_sink import LATE_LIMIT, STALL_S
from driver_monitor.alerts.status import Status
from driver_monitor.can_bus import BusError, NoPythonCanError, open_bus, socket_families, why
from driver_monitor.config.can import CanConfig
from driver_monitor.counted import counted
from driver_monitor.parameter import defined, judged
from driver_monitor.state.alert import Alert

if TYPE_CHECKING:
    import can

logger = logging.getLogger(__name__)

SEND_S: Final = judged(0.2, "a frame that the bus does not take for this long is lost, and the bus with it")
PROOF_S: Final = judged(0.25, "an adapter that refuses a frame says so within this time")
BURST: Final = judged(10, "frames that may follow each other at once before most_per_s holds", unit="count")
_SETTLED_S: Final = judged(0.05, "an adapter has answered what opens it by then")
_DRAIN: Final = judged(1000, "frames of others thrown away at a time", unit="count")
_FAULT_FRAMES: Final = judged(3, "DM_State says a fault this often, before the bus falls silent", unit="count")
_ALL_IDS: Final = defined(0x1FFFFFFF, "every bit of an id", "CAN 2.0B")
_BUS_OFF: Final = defined(0x40, "bit of an error frame", "linux/can/error.h: CAN_ERR_BUSOFF")
_REFUSED: Final = b"\a"  # LAWICEL's answer to what an adapter cannot do


@dataclass(frozen=True, slots=True)
class _Told:
    """An alert with its number on the bus."""

    sequence: int
    alert: Alert
    late: bool = False


class CanSink(QueuedSink):
    """Sends DM_Alert for each alert and DM_State at a steady rate; opens a lost bus again every ``reconnect_s``.

    What could not be sent, or may have been refused, is kept: it follows as LATE, under its old number, when the bus is
    back and nothing newer waits. At most LATE_LIMIT alerts are kept through an outage, the newest. After a fault
    DM_State says so, and the bus falls silent.
    """

    name = "can"

    def __init__(self, config: CanConfig, report: Callable[[str], None]) -> None:
        super().__init__(report)
        self._config = config
        self.socket_families = socket_families(config.interface)
        self._bus: can.BusABC | None = None
        self._down = False  # an outage that has been reported
        self._open_at_s = time.monotonic()
        self._opened_s = 0.0
        self._state_at_s = 0.0
        self._free_s = 0.0  # when the rate allows the next frame, BURST frames early
        self._counter = self._sequence = 0
        self._firing = Firing()
        self._fresh: deque[_Told] = deque()
        self._late: deque[_Told] = deque()
        self._unproved: deque[tuple[float, _Told]] = deque()
        self._forgotten = 0
        self._status: tuple[Status | None, float] = (None, float("inf"))
        self._silent = False
        self._start()

    def set_status(self, status: Status) -> None:
        self._status = (status, time.monotonic())

    def _run(self) -> None:
        try:
            while not self._closing:
                self._tend()
                for alert in self._take(self._idle_s()):
                    self._note(alert)
                if self._failure is not None and not self._silent:
                    self._stop_by_fault()
            self._leave()
        finally:
            self._shut()

    def _note(self, alert: Alert) -> None:
        before = self._firing.level
        self._firing.take(alert)
        self._fresh.append(_Told(self._sequence, alert))
        self._sequence += 1
        if self._bus is None:
            self._keep()
        if self._firing.level != before:
            self._state_at_s = 0.0  # said at once, right after the alert

    def _keep(self) -> None:
        """All that waits is late by now."""
        waiting = [*(told for _, told in self._unproved), *self._fresh]
        self._late.extend(replace(told, late=True) for told in waiting)
        self._unproved.clear()
        self._fresh.clear()
        while len(self._late) > LATE_LIMIT:
            self._late.popleft()
            self._forgotten += 1

    def _idle_s(self) -> float | None:
        """How long nothing is due unless an alert comes; None for ever."""
        if self._silent:
            return None
        now_s = time.monotonic()
        if self._bus is None:
            due_s = self._open_at_s
        else:
            due_s = min(self._state_at_s, self._next_s()) if self._fresh or self._late else self._state_at_s
        return None if due_s == float("inf") else max(0.0, due_s - now_s)

    def _next_s(self) -> float:
        return self._free_s - BURST / self._config.most_per_s

    def _tend(self) -> None:
        """Open the bus, or send what is due."""
        if self._silent:
            return
        now_s = time.monotonic()
        if self._bus is None and now_s >= self._open_at_s:
            self._open()
        if self._bus is None or self._refused():
            return
        self._prove(time.monotonic())
        self._send_alerts()
        now_s = time.monotonic()
        if now_s >= self._state_at_s:
            period_s = 1 / self._config.rate_hz
            self._state_at_s = max(self._state_at_s, now_s - period_s) + period_s
            self._send_state()

    def _send_alerts(self) -> None:
        while (queue := self._fresh or self._late) and self._bus is not None and time.monotonic() >= self._next_s():
            told = queue[0]
            if self._send(ALERT, alert_bytes(told.sequence, told.alert, late=told.late)):
                queue.popleft()
                self._unproved.append((time.monotonic(), told))

    def _send_state(self, word: str = "") -> bool:
        status, since_s = self._status
        health = "starting" if status is None else status.health
        if time.monotonic() - since_s > STALL_S:
            status, health = None, "stalled"
        first = self._firing.first
        data = state_bytes(
            self._counter,
            word or health,
            self._firing.level,
            stop=self._config.stop_request and self._firing.unanswered and not word,
            rule=first.rule if first is not None else "",
            status=None if word else status,
        )
        self._counter += 1
        return self._send(STATE, data)

    def _send(self, layout: Layout, data: bytes) -> bool:
        """Whether the bus took the frame."""
        import can  # noqa: PLC0415  (there by now)

        if self._bus is None:
            return False
        config = self._config
        number = can_id(layout, config.base_id, config.j1939_address)
        extended = config.extended_id or config.j1939_address is not None
        now_s = time.monotonic()
        self._free_s = max(self._free_s, now_s) + 1 / config.most_per_s
        try:
            self._bus.send(can.Message(arbitration_id=number, is_extended_id=extended, data=data), timeout=SEND_S)
        except (can.CanError, OSError) as error:
            self._lose(self._why(error, "takes no more frames"))
            return False
        return True

    def _prove(self, now_s: float) -> None:
        """What was sent a while ago and not refused since has arrived."""
        while self._unproved and now_s - self._unproved[0][0] >= PROOF_S:
            self._came_out(self._unproved.popleft()[1].alert)
        if self._down and now_s - self._opened_s >= PROOF_S:
            self._down = False
            forgotten, self._forgotten = self._forgotten, 0
            late = f"; {counted(len(self._late), 'alert')} of the outage still to come" if self._late else ""
            lost = f", {forgotten} older ones are lost" if forgotten else ""
            self._report(f"can: {self._config.channel} is back{late}{lost}")

    def _refused(self) -> bool:
        """Whether the adapter or the kernel says that frames do not get through; the bus is lost then."""
        import can  # noqa: PLC0415  (there by now)

        try:
            trouble = self._complaint(self._bus)
        except (can.CanError, OSError) as error:
            trouble = self._why(error, "is gone")
        if trouble:
            self._lose(trouble)
        return bool(trouble)

    def _complaint(self, bus: Any) -> str:
        port = getattr(bus, "serialPortOrig", None)
        if port is not None:
            if _REFUSED in port.read(port.in_waiting):
                return f"the adapter on {self._config.channel} refuses frames: it was reset, or the bus is off"
            return ""
        for _ in range(_DRAIN):
            message = bus.recv(0)
            if message is None:
                break
            if message.is_error_frame and message.arbitration_id & _BUS_OFF:
                return f"{self._config.channel} is bus-off: check wiring, termination and bit rate"
        return ""

    def _open(self) -> None:
        config = self._config
        own = {"can_id": can_id(STATE, config.base_id, config.j1939_address), "can_mask": _ALL_IDS, "extended": True}
        options: dict[str, Any] = {"can_filters": [own]}  # others' frames are not for us
        if config.interface == "slcan":
            options = {"bitrate": config.bitrate, "sleep_after_open": config.settle_s}
        try:
            self._bus = open_bus(config.interface, config.channel, "alerts.can", **options)
            if config.interface == "slcan":
                time.sleep(_SETTLED_S)
                self._complaint(self._bus)  # an adapter may refuse to close or to open what is so already
        except BusError as error:
            self._lose(str(error), again=not isinstance(error, NoPythonCanError))
            return
        except OSError as error:
            self._lose(self._why(error, "cannot be opened"))
            return
        self._opened_s = time.monotonic()
        self._state_at_s = self._opened_s

    def _why(self, error: Exception, what: str) -> str:
        return why(error, what, self._config.interface, self._config.channel, "alerts.can")

    def _lose(self, sentence: str, *, again: bool = True) -> None:
        self._shut()
        self._keep()
        self._open_at_s = time.monotonic() + self._config.reconnect_s if again else float("inf")
        if not self._down:
            self._down = True
            tried = f", and it is tried again every {self._config.reconnect_s:g} s" if again else ""
            self._report(f"can: {sentence}; alerts are kept{tried}")

    def _stop_by_fault(self) -> None:
        """Say it, now or never: a lost bus gets one more chance."""
        if self._bus is None and self._open_at_s < float("inf"):
            self._open()
        for _ in range(_FAULT_FRAMES):
            self._send_state("fault")
        self._silent = True

    def _leave(self) -> None:
        """Say what can still be said within FLUSH_S, and that it ends unless a fault was the last word."""
        leave_s = time.monotonic() + FLUSH_S
        while not self._silent and (self._fresh or self._late) and self._bus and time.monotonic() < leave_s:
            self._send_alerts()
            time.sleep(max(0.0, min(leave_s, self._next_s()) - time.monotonic()))
        if not self._silent:
            self._send_state("off")
        waiting = len(self._fresh) + len(self._late)
        if waiting:
            self._report(f"can: closed with {counted(waiting, 'alert')} not delivered to {self._config.channel}")

    def _shut(self) -> None:
        bus, self._bus = self._bus, None
        if bus is None:
            return
        for close in (bus.shutdown, getattr(getattr(bus, "serialPortOrig", None), "close", None)):
            try:
                if close is not None:
                    close()
            except Exception as error:  # noqa: BLE001  (a bus that is gone cannot be closed well)
                logger.debug("closing %s: %s", self._config.channel, error)
