"""The process that talks to the MQTT broker: lines of JSON in, lines of JSON out.

It knows nothing of the monitor but what it is given: first the settings, then ``{"state": ...}``, ``{"alert": ...}``
and at last ``{"end": ...}``. It reads the password itself, so that the monitor never holds it. When its input ends
without an ``end``, the monitor has been killed: it leaves without a goodbye, and the broker publishes the last will.
"""

import contextlib
import json
import os
import signal
import socket
import ssl
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

LATE_LIMIT: Final = 4096  # as of the other outputs: alerts kept through an outage
WINDOW: Final = 64  # alerts on their way to the broker at a time
GOODBYE_S: Final = 2.0  # for what is still on its way; the monitor does not wait for it
LATE_S: Final = 2.0  # an alert that left later than this is history
ONLINE: Final = "online"
OFFLINE: Final = "offline"


class Said(StrEnum):
    """The keys of what the process says, each with a value: the number of an alert, a count, or why."""

    OUT = "out"  # the broker has this alert
    LOST = "lost"  # forgotten: too many were kept
    UP = "up"  # connected again; so many alerts are late
    DOWN = "down"


NO_LIBRARY: Final = "paho-mqtt is not installed"


def say(key: Said, value: int | str) -> None:
    with contextlib.suppress(OSError):  # the monitor has gone: what it sent is published all the same
        sys.stdout.write(json.dumps({key: value}) + "\n")
        sys.stdout.flush()


class Publisher:
    """One connection, made again for ever.

    Everything that happens comes through one queue into one thread, :meth:`run`: paho calls back with its own locks
    held, where nothing else may be waited for.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        """Raises ImportError without paho; OSError or ValueError for files that cannot be used."""
        from paho.mqtt.client import Client  # noqa: PLC0415  (an extra)
        from paho.mqtt.enums import CallbackAPIVersion  # noqa: PLC0415

        self._settings = settings
        self._inbox: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._waiting: deque[tuple[float, dict[str, Any]]] = deque()  # with the time of arrival
        self._sent: dict[int, int] = {}  # message id: the alert's number
        self._state = ""
        self._connected = False
        self._been_down = False  # and it has been said
        client = self._client = Client(CallbackAPIVersion.VERSION2, client_id=settings["client_id"])
        client.will_set(settings["availability"], OFFLINE, qos=1, retain=True)
        if settings["username"]:
            client.username_pw_set(settings["username"], _password(settings["password_file"]))
        if settings["tls"]:
            context = ssl.create_default_context(cafile=settings["ca_file"] or None)
            if settings["cert_file"]:
                context.load_cert_chain(settings["cert_file"], settings["key_file"] or None)
            client.tls_set_context(context)
        client.reconnect_delay_set(1, max(1, round(settings["reconnect_s"])))
        client.max_inflight_messages_set(WINDOW)
        client.on_socket_open = _send_at_once
        put = self._inbox.put
        client.on_connect = lambda _client, _data, _flags, reason, _properties: put({"connected": reason})
        client.on_disconnect = lambda _client, _data, _flags, reason, _properties: put({"disconnected": reason})
        client.on_connect_fail = lambda _client, _data: put({"down": "the broker cannot be reached"})
        client.on_publish = lambda _client, _data, mid, _reason, _properties: put({"published": mid})

    def run(self, lines: Iterator[bytes]) -> None:
        """Until the end that the lines say, or their own."""
        for work in (self._connect_for_ever, lambda: self._read(lines)):
            threading.Thread(target=work, daemon=True).start()
        while True:
            match self._inbox.get():
                case {"end": word}:
                    self._end(goodbye=word != "fault")
                    return
                case {"gone": _}:
                    return
                case happening:
                    self._take(happening)

    def _take(self, happening: dict[str, Any]) -> None:
        match happening:
            case {"state": payload}:
                self._state = json.dumps(payload)
                if self._connected:
                    self._client.publish(self._settings["state"], self._state, qos=0, retain=True)
            case {"alert": payload}:
                self._waiting.append((time.monotonic(), payload))
                if not self._connected and len(self._waiting) > LATE_LIMIT:
                    say(Said.LOST, self._waiting.popleft()[1]["seq"])
            case {"published": mid}:
                if (seq := self._sent.pop(mid, None)) is not None:
                    say(Said.OUT, seq)
            case {"connected": reason} if reason.is_failure:
                self._down(f"the broker refuses ({reason}); check alerts.mqtt.username and password_file")
            case {"connected": _}:
                self._greet()
            case {"disconnected": reason}:
                self._connected = False
                if reason.is_failure:
                    self._down(f"the broker is lost ({reason})")
            case {"down": why}:
                self._down(why)
        while self._connected and self._waiting and len(self._sent) < WINDOW:
            came_s, payload = self._waiting.popleft()
            late = {"late": time.monotonic() - came_s >= LATE_S}
            self._sent[self._publish("alert", json.dumps(payload | late))] = payload["seq"]

    def _greet(self) -> None:
        self._connected = True
        if self._settings["device"] is not None:
            self._publish("discovery", json.dumps(self._settings["device"]), retain=True)
        self._publish("availability", ONLINE, retain=True)
        if self._state:
            self._client.publish(self._settings["state"], self._state, qos=0, retain=True)
        if self._been_down:
            self._been_down = False
            say(Said.UP, len(self._waiting) + len(self._sent))

    def _publish(self, topic: str, payload: str, *, retain: bool = False) -> int:
        return int(self._client.publish(self._settings[topic], payload, qos=1, retain=retain).mid)

    def _end(self, *, goodbye: bool) -> None:
        """What is on its way, then ``offline``. After a fault the last will says that."""
        leave_s = time.monotonic() + GOODBYE_S
        self._until(lambda: self._connected and not (self._waiting or self._sent), leave_s)
        if goodbye and self._connected:
            gone = self._client.publish(self._settings["availability"], OFFLINE, qos=1, retain=True)
            with contextlib.suppress(ValueError, RuntimeError):
                gone.wait_for_publish(GOODBYE_S)  # its receipt comes by the queue as well
            self._client.disconnect()

    def _until(self, true: Any, leave_s: float) -> None:
        while not true() and (self._connected or not self._been_down):
            try:
                self._take(self._inbox.get(timeout=max(0.0, leave_s - time.monotonic())))
            except Empty:
                return

    def _connect_for_ever(self) -> None:
        settings = self._settings
        while True:
            try:
                self._client.connect(settings["host"], settings["port"], settings["keepalive_s"])
                self._client.loop_forever()
            except (OSError, ValueError) as error:  # no such host, nobody listens, a wrong certificate
                self._inbox.put({"down": reason(error)})
            time.sleep(settings["reconnect_s"])

    def _read(self, lines: Iterator[bytes]) -> None:
        for line in lines:
            self._inbox.put(json.loads(line))
        self._inbox.put({"gone": None})

    def _down(self, why: str) -> None:
        if not self._been_down:
            self._been_down = True
            say(Said.DOWN, why)


def _send_at_once(_client: Any, _data: Any, opened: Any) -> None:
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _password(file: str) -> str | None:
    """The first line of the file."""
    return Path(file).read_text(encoding="utf-8").partition("\n")[0] if file else None


def reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lines = iter(sys.stdin.buffer.readline, b"")
    settings = json.loads(next(lines, b"null"))
    if settings is None:
        return
    try:
        publisher = Publisher(settings)
    except ImportError:
        say(Said.DOWN, NO_LIBRARY)
    except (OSError, ValueError) as error:  # a password file or a certificate that cannot be read
        say(Said.DOWN, f"{reason(error)}; correct alerts.mqtt and start the monitor anew")
    else:
        publisher.run(lines)
        return
    for line in lines:  # nothing can be done: the alerts stay undelivered
        if "end" in json.loads(line):
            break


if __name__ == "__main__":
    main()
    os._exit(0)  # without another word to the broker: an orderly end has said it already
