"""The microcontroller at the far end of a real pseudo-terminal: checks every CRC and every sequence number."""

import os
import pty
import select
import threading
import tty
from pathlib import Path

from driver_monitor.alerts.protocol import Body, Heartbeat, Hello, Kind, Line, ProtocolError, Transition, decode


class Receiver:
    """Appears under ``link`` like /dev/ttyUSB0 does; it can be pulled out, plugged in again (under another name, too),
    cease to read, and answer. ``raw`` is all that it heard."""

    def __init__(self, link: Path, *, reading: bool = True) -> None:
        self.lines: list[Line] = []
        self.damaged: list[bytes] = []
        self.raw = b""
        self._link = link
        self._buffer = b""
        self._reading = reading
        self._ends: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._over = False
        self.plug_in()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def plug_in(self, link: Path | None = None) -> None:
        self._link = link or self._link
        master, slave = pty.openpty()
        tty.setraw(slave)
        with self._lock:
            self._ends = master, slave
        self._link.symlink_to(os.ttyname(slave))

    def pull_out(self) -> None:
        with self._lock:
            ends, self._ends = self._ends, None
            self._buffer = b""
            for end in ends or ():
                os.close(end)
        self._link.unlink(missing_ok=True)

    def answer(self, data: bytes) -> None:
        """Send something back."""
        with self._lock:
            if self._ends is not None:
                os.write(self._ends[0], data)

    def start_reading(self) -> None:
        self._reading = True

    def close(self) -> None:
        self._over = True
        self._thread.join()
        self.pull_out()

    @property
    def bodies(self) -> list[Body]:
        return [line.body for line in self.lines]

    @property
    def heartbeats(self) -> list[Heartbeat]:
        return [body for body in self.bodies if isinstance(body, Heartbeat)]

    @property
    def hellos(self) -> list[Hello]:
        return [body for body in self.bodies if isinstance(body, Hello)]

    def transitions(self, kind: Kind) -> list[tuple[str, str]]:
        """(rule, state) of every line of that kind."""
        return [(b.rule, b.state.value) for b in self.bodies if isinstance(b, Transition) and b.kind is kind]

    def missing(self) -> int:
        """How many lines were made but never arrived whole, by the sequence numbers."""
        steps = zip(self.lines, self.lines[1:], strict=False)
        return sum((later.seq - earlier.seq - 1) & 0xFFFF for earlier, later in steps)

    def _read(self) -> None:
        while not self._over:
            if not self._reading:
                threading.Event().wait(0.01)
                continue
            with self._lock:
                data = self._available()
            self.raw += data
            *lines, self._buffer = (self._buffer + data).split(b"\n")
            for line in lines:
                start = max(line.rfind(b"$"), 0)  # a reader that is lost waits for the next $
                if start:
                    self.damaged.append(line[:start])
                try:
                    self.lines.append(decode(line[start:] + b"\n"))
                except ProtocolError:
                    self.damaged.append(line)

    def _available(self) -> bytes:
        if self._ends is None:
            return b""
        ready, _, _ = select.select([self._ends[0]], [], [], 0.01)
        return os.read(self._ends[0], 65536) if ready else b""
