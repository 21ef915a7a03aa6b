"""A small client of a running monitor, for programs of this machine; nothing but Python's standard library.

    from driver_monitor.client import connect

    for state in connect():
        print(state["t_s"], state["eyes"], state["zone"], state["firing"])

    with connect() as monitor:
        monitor.acknowledge()

``driver_monitor/control/README.md`` lists what a state holds. The monitor needs ``control.enabled: true``.
"""

import json
import os
import socket
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

Record = dict[str, Any]


class RefusedError(Exception):
    """The monitor did not do what it was asked; the sentence says why."""


class Connection:
    """Blocking, and for one thread. Iterating gives the driver's state ten times a second until the monitor ends.

    Whoever stops reading is dropped by the monitor after a while; then ConnectionError is raised, as where it dies.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._file = self._socket.makefile("rb")
        self._waiting: deque[Record] = deque()
        try:
            self._socket.connect(os.fspath(path))
            self.hello = self._read()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Record]:
        return (record for record in self.records() if record["type"] == "state")

    def records(self) -> Iterator[Record]:
        """Everything that is told: states, alerts, and in the end ``bye`` or ``fault``."""
        while True:
            record = self._waiting.popleft() if self._waiting else self._read()
            yield record
            if record["type"] in ("bye", "fault"):
                return

    def acknowledge(self) -> None:
        """The driver answers: "I am awake"."""
        self._ask("acknowledge")

    def mark(self, text: str = "") -> None:
        """Label this moment of the recorded drive."""
        self._ask("mark", text=text)

    def wrong(self, text: str = "") -> None:
        """The last alert was wrong: label it, and keep what was measured around it."""
        self._ask("wrong", text=text)

    def quiet(self, on: bool = True) -> None:
        """No sound but for critical alerts and microsleeps; ``on=False``: all of them again."""
        self._ask("quiet", on=on)

    def reload(self) -> None:
        """Read the config's rules again."""
        self._ask("reload")

    def state(self) -> Record:
        """The state of now."""
        return dict(self._ask("state")["state"])

    def close(self) -> None:
        self._socket.close()
        self._file.close()

    def _ask(self, command: str, **more: object) -> Record:
        self._socket.sendall(json.dumps({"command": command, **more}).encode() + b"\n")
        while (record := self._read())["type"] != "answer":
            self._waiting.append(record)
        if not record["ok"]:
            raise RefusedError(record["error"])
        return record

    def _read(self) -> Record:
        line = self._file.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError("the monitor has ended, or has dropped this client")
        record: Record = json.loads(line)
        if record["type"] == "refused":
            raise RefusedError(record["error"])
        return record


def connect(path: str | os.PathLike[str] | None = None) -> Connection:
    """To the monitor on the socket at ``path``, else on the default one. Raises OSError where there is none."""
    return Connection(default_socket() if path is None else path)


def default_socket() -> Path:
    """Where a monitor of this user has its socket unless its config says otherwise."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    base = Path(runtime) if runtime.startswith("/") else Path("/run/user", str(os.getuid()))
    return base / "driver-monitor" / "control.sock"
