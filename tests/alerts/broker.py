"""A real mosquitto on a free port, which can be stopped, frozen and started anew; and a listener on it."""

import getpass
import json
import signal
import socket
import subprocess
import threading
from pathlib import Path
from typing import Any, NamedTuple

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from .make import wait_until


class Got(NamedTuple):
    topic: str
    payload: Any
    retained: bool


class Broker:
    """``lines`` are added to its config file, after its listener."""

    def __init__(self, folder: Path, *lines: str, anonymous: bool = True) -> None:
        folder.mkdir(exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._config = folder / "mosquitto.conf"
        told = [
            f"listener {self.port} 127.0.0.1",
            f"allow_anonymous {str(anonymous).lower()}",
            "set_tcp_nodelay true",
            f"user {getpass.getuser()}",  # as root it would become another, who may not read what is here
            "max_queued_messages 0",
            "log_dest none",
            *lines,
        ]
        self._config.write_text("\n".join(told) + "\n")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(["mosquitto", "-c", str(self._config)], stderr=subprocess.DEVNULL)
        wait_until(self._answers)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.5):
                return True
        except OSError:
            return False


class Listener:
    """Subscribes to everything, and keeps what comes."""

    def __init__(self, port: int, *, user: tuple[str, str] | None = None, ca_file: Path | None = None) -> None:
        self.got: list[Got] = []
        self._ready = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2)
        if user is not None:
            self._client.username_pw_set(*user)
        if ca_file is not None:
            self._client.tls_set(str(ca_file))
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._note
        self._client.connect("localhost" if ca_file else "127.0.0.1", port)
        self._client.loop_start()
        assert self._ready.wait(10)

    def on(self, topic: str) -> list[Any]:
        return [got.payload for got in list(self.got) if got.topic == topic]

    @property
    def alerts(self) -> list[dict[str, Any]]:
        return self.on("driver_monitor/alert")

    @property
    def states(self) -> list[dict[str, Any]]:
        return self.on("driver_monitor/state")

    @property
    def availability(self) -> list[str]:
        return self.on("driver_monitor/availability")

    def forget_connection(self) -> None:
        """Wait for the next subscription: a broker started anew knows nobody."""
        self._ready.clear()
        assert self._ready.wait(15)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _note(self, client: Any, data: Any, message: Any) -> None:
        text = message.payload.decode()
        self.got.append(Got(message.topic, json.loads(text) if text.startswith("{") else text, message.retain))
