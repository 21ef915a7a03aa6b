"""Serves the local socket: the driver's state and alerts to whoever connects, and what they ask to the loop."""

import contextlib
import logging
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from driver_monitor.alerts.failure import Failure
from driver_monitor.closing import Closing
from driver_monitor.config.control import ControlConfig
from driver_monitor.control.address import Listener
from driver_monitor.control.health import Health, Load
from driver_monitor.control.record import STATE, CommandError, alert_record, answer, command_of, full_state, hello, line
from driver_monitor.monitor import Moment
from driver_monitor.state.request import Ask, Request
from driver_monitor.tally import Tally

logger = logging.getLogger(__name__)

MAX_CLIENTS: Final = 20
MAX_LINE_BYTES: Final = 4096  # of what a client sends
MAX_WAITING_BYTES: Final = 1 << 20  # some 20 s of states beyond what the kernel holds; then the client is dropped
RELOAD_EVERY_S: Final = 1.0  # no client may keep the loop busy with reading files
LOAD_EVERY_S: Final = 1.0
EARLY_S: Final = 1e-3  # a frame that much before its time is told; rates that divide are kept in spite of rounding
CLOSE_S: Final = 0.5  # how long the last lines may take


class _Client:
    """One connection. A command is taken up once the one before has been answered."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self.socket = connected
        self.who = _peer(connected)
        self.came = bytearray()
        self.waiting = bytearray()
        self.busy = False
        self.heard_out = False  # nothing more will come

    @property
    def events(self) -> int:
        reads = selectors.EVENT_READ if not (self.busy or self.heard_out) else 0
        return reads | (selectors.EVENT_WRITE if self.waiting else 0)


class ControlServer(Closing):
    """A thread that writes and reads; nothing here can hold up or end the run.

    ``ask`` takes what a client asks for, from that thread; ``report`` hears of clients that were dropped. Raises
    ControlError where the socket cannot be had.
    """

    def __init__(
        self,
        config: ControlConfig,
        ask: Callable[[Request], None],
        report: Callable[[str], None] = logger.warning,
    ) -> None:
        self._config = config
        self._ask = ask
        self._report = report
        self._listener = Listener(config)
        self._selector = selectors.DefaultSelector()
        self._clients: dict[socket.socket, _Client] = {}
        self._work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._woken, self._wake = socket.socketpair()
        for each in (self._woken, self._wake):
            each.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ, self._work_off)
        self._selector.register(self._listener.socket, selectors.EVENT_READ, self._accept)
        self._tally = Tally()
        self._load, self._load_at_s, self._cpu_percent = Load(), time.monotonic(), 0.0
        self._moment: Moment | None = None
        self._health = Health()
        self._next_s = float("-inf")
        self._reload_from_s = float("-inf")
        self._over = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)
        self._thread.start()

    @property
    def path(self) -> Path:
        return self._listener.path

    def seen(self, moment: Moment, health: Health) -> None:
        """Every frame's moment; returns at once."""
        self._do(partial(self._take, moment, health))

    def fault(self, failure: Failure) -> None:
        """The monitor has stopped by a fault: the last thing that clients are told."""
        self._do(partial(self._end, failure.to_json()))

    def close(self) -> None:
        """Tell the clients, and take the socket away; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._do(partial(self._end, {"type": "bye"}))
        self._thread.join(2 * CLOSE_S)
        self._wake.close()
        self._listener.close()

    def _do(self, work: Callable[[], None]) -> None:
        if self._thread.is_alive():
            self._work.put(work)
            with contextlib.suppress(OSError):  # it is full: the thread will wake anyway
                self._wake.send(b"\0")

    # --- the thread -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._over:
                for key, events in self._selector.select():
                    if isinstance(key.data, _Client):
                        self._serve(key.data, events)
                    else:
                        key.data()
        except Exception:
            # A defect of ours; the driver is still to be watched.
            logger.exception("the local socket %s has failed; the run goes on without it", self.path)
        for client in list(self._clients.values()):
            self._let_go(client)
        self._selector.close()
        self._woken.close()

    def _work_off(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(MAX_LINE_BYTES)
        while not self._over:
            try:
                work = self._work.get_nowait()
            except Empty:
                return
            work()

    def _take(self, moment: Moment, health: Health) -> None:
        t_s = moment.state.t_s
        if self._moment is not None and t_s < self._moment.state.t_s:  # a new drive
            self._tally, self._next_s = Tally(), float("-inf")
        self._moment, self._health = moment, health
        self._tally.add(moment.state.signals, t_s)
        for alert in moment.alerts:
            self._tell_all(alert_record(alert))
        if t_s >= self._next_s or moment.alerts:
            self._next_s = t_s + 1 / self._config.rate_hz - EARLY_S
            if self._clients:
                self._tell_all(self._state(moment))

    def _state(self, moment: Moment) -> dict[str, Any]:
        now_s = time.monotonic()
        if now_s - self._load_at_s >= LOAD_EVERY_S:
            self._load_at_s, self._cpu_percent = now_s, self._load.percent()
        return full_state(moment, self._tally, self._health, self._cpu_percent)

    def _tell_all(self, record: dict[str, Any]) -> None:
        if self._clients:
            told = line(record)
            for client in list(self._clients.values()):
                self._tell(client, told)

    def _accept(self) -> None:
        try:
            connected, _ = self._listener.socket.accept()
        except OSError as error:  # it has gone again, or there are no descriptors left
            logger.info("control: %s", error)
            return
        client = _Client(connected)
        if len(self._clients) >= MAX_CLIENTS:
            self._report(f"control: {client.who} was refused: {MAX_CLIENTS} clients are connected")
            with contextlib.suppress(OSError):
                connected.send(line({"type": "refused", "error": f"{MAX_CLIENTS} clients are connected already"}))
            connected.close()
            return
        self._clients[connected] = client
        self._selector.register(connected, client.events, client)
        drive = None if self._health.recording is None else self._health.recording["drive"]
        self._tell(client, line(hello(self._config.rate_hz, drive)))

    def _serve(self, client: _Client, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._flush(client)
        if events & selectors.EVENT_READ and client.socket in self._clients:
            try:
                data = client.socket.recv(MAX_LINE_BYTES)
            except BlockingIOError:
                return
            except OSError:
                self._let_go(client)
                return
            client.came += data
            client.heard_out = not data
            self._obey(client)
            self._look_out(client)

    def _obey(self, client: _Client) -> None:
        """The whole lines that have come, as far as they can be answered at once."""
        while not client.busy and client.socket in self._clients:
            raw, end, rest = client.came.partition(b"\n")
            if len(raw) > MAX_LINE_BYTES:
                self._tell(client, line({"type": "refused", "error": f"a line has at most {MAX_LINE_BYTES} bytes"}))
                self._report(f"control: {client.who} was dropped: it sent a line of more than {MAX_LINE_BYTES} bytes")
                self._let_go(client)
                return
            if not end:
                return
            client.came = rest
            if raw.strip():
                self._command(client, bytes(raw))

    def _command(self, client: _Client, raw: bytes) -> None:
        try:
            command = command_of(raw)
        except CommandError as error:
            logger.info("control: %s: %s", client.who, error)
            self._tell(client, line(answer("", str(error))))
            return
        logger.info("control: %s asks for %s", client.who, command.name)
        if command.name == STATE:
            moment = self._moment
            told = (
                answer(STATE, "no frame has come yet") if moment is None else answer(STATE, state=self._state(moment))
            )
            self._tell(client, line(told))
            return
        if command.name == Ask.RELOAD:
            now_s = time.monotonic()
            if now_s < self._reload_from_s:
                self._tell(client, line(answer(command.name, f"once in {RELOAD_EVERY_S:g} s is enough; ask again")))
                return
            self._reload_from_s = now_s + RELOAD_EVERY_S
        client.busy = True
        done = partial(self._done, client, command.name)
        answered = lambda error: self._do(partial(done, error))  # noqa: E731  (from the loop's thread)
        self._ask(Request(Ask(command.name), client.who, command.text, command.on, answered))

    def _done(self, client: _Client, command: str, error: str) -> None:
        client.busy = False
        if client.socket in self._clients:
            self._tell(client, line(answer(command, error)))
            self._obey(client)
            self._look_out(client)

    def _tell(self, client: _Client, told: bytes) -> None:
        if client.socket not in self._clients:
            return
        client.waiting += told
        if len(client.waiting) > MAX_WAITING_BYTES:
            self._report(f"control: {client.who} was dropped: it does not read what it is told")
            self._let_go(client)
            return
        self._flush(client)

    def _flush(self, client: _Client) -> None:
        try:
            while client.waiting:
                del client.waiting[: client.socket.send(client.waiting)]
        except BlockingIOError:
            pass
        except OSError:  # it has gone
            self._let_go(client)
            return
        self._look_out(client)

    def _look_out(self, client: _Client) -> None:
        """Wait for what the client is to be waited for; one that is neither read nor written to is found by telling."""
        if client.socket not in self._clients:
            return
        registered = client.socket in self._selector.get_map()
        if not client.events:
            if registered:
                self._selector.unregister(client.socket)
        elif registered:
            self._selector.modify(client.socket, client.events, client)
        else:
            self._selector.register(client.socket, client.events, client)

    def _let_go(self, client: _Client) -> None:
        if self._clients.pop(client.socket, None) is not None:
            with contextlib.suppress(KeyError):
                self._selector.unregister(client.socket)
            client.socket.close()

    def _end(self, record: dict[str, Any]) -> None:
        """The last line, for which slow readers get a moment."""
        self._over = True
        self._tell_all(record)
        until_s = time.monotonic() + CLOSE_S
        while any(client.waiting for client in self._clients.values()) and time.monotonic() < until_s:
            for key, events in self._selector.select(until_s - time.monotonic()):
                if isinstance(key.data, _Client) and events & selectors.EVENT_WRITE:
                    self._flush(key.data)


def _peer(connected: socket.socket) -> str:
    """Who is at the other end, as the kernel knows it."""
    pid, uid, _ = struct.unpack(
        "3i", connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    )
    return f"process {pid} of user {uid}"
