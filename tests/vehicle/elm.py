"""OBD adapters at the far end of a real pseudo-terminal: an emulator that is not ours, and scripted ones that lie."""

import os
import pty
import select
import subprocess
import sys
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

GOOD = {"ATZ": b"\r\rELM327 v1.5\r\r>", "010D": b"410D32\r\r>", "ATRV": b"12.4V\r\r>"}


@contextmanager
def emulator(*options: str) -> Iterator[subprocess.Popen[str]]:
    """ELM327-emulator (Ircama) with a car; it ends when its input does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "elm", "-s", "car", *options],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=20)


class Adapter:
    """``answers`` maps a command to its whole answer, prompt included; ``answer`` may make them up instead.

    A command that is not in the map is answered OK. It can be pulled out and plugged in under ``link``.
    """

    def __init__(self, link: Path, answers: dict[str, bytes] | None = None, *, echo: bool = True) -> None:
        self.answers = GOOD | (answers or {})
        self.asked: list[str] = []
        self.answer: Callable[[str], bytes] = lambda command: self.answers.get(command, b"OK\r\r>")
        self._echo = echo
        self._link = link
        self._ends: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.plug_in()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def plug_in(self) -> None:
        master, slave = pty.openpty()
        tty.setraw(slave)
        with self._lock:
            self._ends = master, slave
        self._link.symlink_to(os.ttyname(slave))

    def pull_out(self) -> None:
        with self._lock:
            ends, self._ends = self._ends, None
            for end in ends or ():
                os.close(end)
        self._link.unlink(missing_ok=True)

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self.pull_out()

    def _serve(self) -> None:
        heard = b""
        while not self._over.wait(0.002):
            with self._lock:
                if self._ends is None:
                    heard = b""
                    continue
                master = self._ends[0]
                if not select.select([master], [], [], 0)[0]:
                    continue
                *commands, heard = (heard + os.read(master, 4096)).split(b"\r")
                for command in commands:
                    word = command.decode()
                    self.asked.append(word)
                    os.write(master, (command + b"\r" if self._echo else b"") + self.answer(word))
