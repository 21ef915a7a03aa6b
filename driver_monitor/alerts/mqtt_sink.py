"""Alerts and the driver's state over MQTT.

A process of its own talks to the broker (:mod:`driver_monitor.alerts.mqtt_process`). It is started before the monitor
seals itself off from every network and is the only one that may open a socket. It is given finished messages through a
pipe, so it never holds more than :mod:`driver_monitor.alerts.mqtt_messages` lets out.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from driver_monitor.alerts import mqtt_messages as messages
from driver_monitor.alerts.firing import Firing
from driver_monitor.alerts.mqtt_process import NO_LIBRARY, Said
from driver_monitor.alerts.queued import FLUSH_S, QueuedSink
from driver_monitor.alerts.serial_sink import STALL_S
from driver_monitor.alerts.status import Status
from driver_monitor.config.mqtt import MqttConfig
from driver_monitor.counted import counted
from driver_monitor.pip import install_self
from driver_monitor.privacy import python_path
from driver_monitor.state.alert import Alert, json_line

logger = logging.getLogger(__name__)

_OFF: Final = "off"


class MqttSink(QueuedSink):
    """Publishes the state (retained) at a steady rate and every alert as an event, none lost while the broker is away.

    Alerts go out with quality of service 1: at least once, in order, each with a number ``seq`` by which a receiver
    knows one that came twice. Those of an outage follow marked ``late``.
    """

    name = "mqtt"

    def __init__(self, config: MqttConfig, report: Callable[[str], None]) -> None:
        super().__init__(report)
        self._config = config
        self._topics = messages.Topics(config)
        self._status: tuple[Status | None, float] = (None, float("inf"))
        self._state_at_s = time.monotonic()
        self._firing = Firing()
        self._seq = 0
        self._silent = False  # a fault has been said
        self._forgotten = 0
        self._on_the_way: dict[int, Alert] = {}
        self._gone = threading.Event()
        self._process = _start_process()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        self._reader = threading.Thread(target=self._read, name="alerts-mqtt-answers", daemon=True)
        self._reader.start()
        self._start()

    def set_status(self, status: Status) -> None:
        self._status = (status, time.monotonic())

    @property
    def pid(self) -> int:
        """Of the process that talks to the broker."""
        return self._process.pid

    def _run(self) -> None:
        try:
            self._tell(self._settings())
            while not self._closing:
                self._tend()
                for alert in self._take(self._idle_s()):
                    self._tell_alert(alert)
                if self._failure is not None and not self._silent:
                    self._silent = True
                    self._tell({"alert": messages.fault_payload(self._next_seq(), self._failure)})
                    self._tell_state(messages.FAULT)
            self._leave()
        finally:
            with suppress(OSError):
                self._input.close()  # the process ends, if it has not been told to yet

    def _tend(self) -> None:
        """The state, where it is due."""
        now_s = time.monotonic()
        if not self._silent and now_s >= self._state_at_s:
            period_s = 1 / self._config.rate_hz
            self._state_at_s = max(self._state_at_s, now_s - period_s) + period_s
            self._tell_state()

    def _idle_s(self) -> float | None:
        return None if self._silent else max(0.0, self._state_at_s - time.monotonic())

    def _next_seq(self) -> int:
        self._seq += 1
        return self._seq

    def _tell_alert(self, alert: Alert) -> None:
        known = alert.rule in self._firing
        if not known and not messages.leaves(alert):
            return
        self._firing.take(alert)
        seq = self._next_seq()
        self._on_the_way[seq] = alert
        self._tell({"alert": messages.alert_payload(seq, alert)})
        self._tell_state()

    def _tell_state(self, word: str = "") -> None:
        status, since_s = self._status
        health = "starting" if status is None else status.health
        if time.monotonic() - since_s > STALL_S:
            status, health = None, "stalled"
        payload = messages.state_payload(
            word or health,
            [] if word else list(self._firing),
            stop=self._firing.unanswered and not word,
            status=None if word else status,
        )
        self._tell({"state": payload})

    def _settings(self) -> dict[str, Any]:
        config = self._config
        return {
            "host": config.host,
            "port": config.port,
            "username": config.username,
            "password_file": config.password_file,
            "tls": config.tls,
            "ca_file": config.ca_file,
            "cert_file": config.cert_file,
            "key_file": config.key_file,
            "client_id": config.device_id,
            "keepalive_s": config.keepalive_s,
            "reconnect_s": config.reconnect_s,
            "availability": self._topics.availability,
            "state": self._topics.state,
            "alert": self._topics.alert,
            "discovery": self._topics.discovery,
            "device": messages.discovery_payload(config) if config.home_assistant else None,
        }

    def _tell(self, record: dict[str, Any]) -> None:
        if self._gone.is_set():
            return
        try:
            self._input.write(json_line(record).encode() + b"\n")
            self._input.flush()
        except (OSError, ValueError):  # the reader says why
            self._gone.set()

    def _read(self) -> None:
        """What the process says, until it ends."""
        try:
            for line in self._output:
                self._hear(json.loads(line))
        except (OSError, ValueError) as error:
            logger.debug("mqtt: %s", error)
        self._output.close()
        self._process.wait()
        self._gone.set()
        self._down = True
        if not self._closed:
            self._report(
                "mqtt: the process that talks to the broker has ended; nothing is published until the monitor is "
                "started anew"
            )

    def _hear(self, answer: dict[str, Any]) -> None:
        match answer:
            case {Said.OUT: int(seq)}:
                alert = self._on_the_way.pop(seq, None)
                if alert is not None:
                    self._came_out(alert)
            case {Said.LOST: int(seq)}:
                self._on_the_way.pop(seq, None)
                self._forgotten += 1
            case {Said.DOWN: str(why)}:
                extra = f": {install_self('mqtt')}" if why == NO_LIBRARY else ""
                where = f"{self._config.host}:{self._config.port}"
                self._down = True
                self._report(f"mqtt: {where}: {why}{extra}; alerts are kept and it is tried again")
            case {Said.UP: int(late)}:
                kept = f"; {counted(late, 'alert')} of the outage follow" if late else ""
                forgotten, self._forgotten = self._forgotten, 0
                self._down = False
                lost = f", {forgotten} older ones are lost" if forgotten else ""
                self._report(f"mqtt: {self._config.host}:{self._config.port} is back{kept}{lost}")

    def _leave(self) -> None:
        """Hand the rest over. The process says goodbye by itself; what that takes beyond FLUSH_S is not waited for."""
        if not self._silent:
            self._tell_state(_OFF)
        self._tell({"end": messages.FAULT if self._silent else _OFF})
        self._gone.wait(FLUSH_S)
        if self._on_the_way:
            self._report(f"mqtt: closed with {counted(len(self._on_the_way), 'alert')} not delivered to the broker yet")


def _start_process() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "driver_monitor.alerts.mqtt_process"],
        env=os.environ | {"PYTHONPATH": python_path()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C does not reach it: it has a goodbye to say
    )
