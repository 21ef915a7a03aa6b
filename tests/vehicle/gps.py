"""A GPS receiver at the far end of a real pseudo-terminal."""

import os
import pty
import time
import tty
from collections.abc import Callable
from functools import reduce
from operator import xor
from pathlib import Path


def checksummed(body: str) -> bytes:
    """The NMEA 0183 line for ``body``: XOR of all characters between $ and *."""
    return f"${body}*{reduce(xor, body.encode()):02X}\r\n".encode()


def rmc(knots: str, status: str = "A", tail: str = ",,A", utc: str = "081836") -> bytes:
    return checksummed(f"GPRMC,{utc},{status},3751.65,S,14507.36,E,{knots},360.0,130998{tail}")


def vtg(kmh: str, mode: str = "A") -> bytes:
    return checksummed(f"GNVTG,054.7,T,034.4,M,,N,{kmh},K,{mode}")


def gga(quality: str = "1", utc: str = "081836") -> bytes:
    return checksummed(f"GPGGA,{utc},3751.65,S,14507.36,E,{quality},08,0.9,545.4,M,46.9,M,,")


class Gps:
    """Appears under the path ``link`` like /dev/ttyACM0 does, and can be pulled out."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        link.symlink_to(os.ttyname(self._slave))

    def say(self, data: bytes) -> None:
        os.write(self._master, data)

    def say_until(self, data: bytes, heard: Callable[[], bool]) -> None:
        """Repeat as receivers do: a port discards what came before it was opened."""

        def said_and_heard() -> bool:
            self.say(data)
            time.sleep(0.02)
            return heard()

        wait_until(said_and_heard)

    def pull_out(self) -> None:
        self._link.unlink(missing_ok=True)
        for end in (self._master, self._slave):
            if end >= 0:
                os.close(end)
        self._master = self._slave = -1


def wait_until(true: Callable[[], bool], timeout_s: float = 15.0) -> None:
    """Poll; an AssertionError when it does not come true in time."""
    deadline_s = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline_s, "did not come true in time"
        time.sleep(0.005)
