"""A CAN adapter on a real pseudo-terminal, written from the LAWICEL ASCII protocol, independently of python-can.

https://www.can232.com/docs/can232_v3.pdf: commands end with CR; the answer is CR for done and BELL for refused. ``Sn``
sets the bit rate of a closed channel, ``O`` opens it, ``C`` closes it, ``tiiildd..`` and ``Tiiiiiiiildd..`` send a
frame of 11 or 29 bits where the channel is open.
"""

import os
import pty
import select
import threading
import tty
from dataclasses import dataclass
from pathlib import Path

DONE, REFUSED = b"\r", b"\a"


@dataclass(frozen=True)
class Sent:
    number: int
    extended: bool
    data: bytes


class Adapter:
    """Appears under ``link``; it can be pulled out and plugged in, hang, be reset, or find its bus off."""

    def __init__(self, link: Path) -> None:
        self.frames: list[Sent] = []
        self.bitrates: list[str] = []
        self.is_open = False
        self.bus_off = False
        self.hung = False
        self._link = link
        self._ends: tuple[int, int] | None = None
        self._buffer = b""
        self._lock = threading.Lock()
        self._over = False
        self.plug_in()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def plug_in(self) -> None:
        master, slave = pty.openpty()
        tty.setraw(slave)
        with self._lock:
            self._ends = master, slave
            self._buffer, self.is_open = b"", False
        self._link.symlink_to(os.ttyname(slave))

    def pull_out(self) -> None:
        with self._lock:
            ends, self._ends = self._ends, None
            for end in ends or ():
                os.close(end)
        self._link.unlink(missing_ok=True)

    def reset(self) -> None:
        """As after a brown-out: the port stays, the channel is closed."""
        self.is_open = False

    def close(self) -> None:
        self._over = True
        self._thread.join()
        self.pull_out()

    def _serve(self) -> None:
        while not self._over:
            if self.hung:
                threading.Event().wait(0.01)
                continue
            with self._lock:
                if self._ends is None:
                    continue
                master = self._ends[0]
                ready, _, _ = select.select([master], [], [], 0.005)
                *commands, self._buffer = (self._buffer + (os.read(master, 65536) if ready else b"")).split(b"\r")
                for command in commands:
                    os.write(master, self._answer(command.decode("ascii")))

    def _answer(self, command: str) -> bytes:
        kind = command[:1]
        if kind == "":
            return DONE
        if kind == "S" and not self.is_open:
            self.bitrates.append(command)
            return DONE
        if kind == "O" and not self.is_open:
            self.is_open = True
            return DONE
        if kind == "C" and self.is_open:
            self.is_open = False
            return DONE
        if kind in "tT" and self.is_open and not self.bus_off:
            digits = 3 if kind == "t" else 8
            number, length = int(command[1 : 1 + digits], 16), int(command[1 + digits], 16)
            data = bytes.fromhex(command[2 + digits :])
            assert len(data) == length
            self.frames.append(Sent(number, kind == "T", data))
            return b"z" + DONE if kind == "t" else b"Z" + DONE
        return REFUSED
