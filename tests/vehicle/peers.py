"""What may tell the speed, each at the far end of a real line: it can be missing, pulled out, garbled or silent."""

import contextlib
import os
import pty
import select
import socket
import threading
import tty
from abc import ABC, abstractmethod
from pathlib import Path

from driver_monitor.config.vehicle import CanSpeedConfig, GpsdConfig, ObdConfig, SpeedConfig

from .elm import Adapter
from .gps import vtg

GARBAGE = b"\xff\xfe\x00{]garbage\r\n>t12\r"
STALE_S = 0.6
DBC = """VERSION ""
BS_:
BU_: CAR
BO_ 291 ROAD: 2 CAR
 SG_ SPEED : 0|16@1+ (0.01,0) [0|300] "km/h" CAR
BO_ 2147484001 TRUCK: 2 CAR
 SG_ SPEED : 0|8@1+ (1,0) [0|250] "m/s" CAR
 SG_ FUEL : 8|8@1+ (1,0) [0|250] "l" CAR
"""


class Peer(ABC):
    """``kmh`` is what it says over and over, None: nothing; ``garbled`` replaces every word by garbage."""

    def __init__(self, folder: Path) -> None:
        self.kmh: int | None = 50
        self.garbled = False
        self._over = threading.Event()
        self._lock = threading.RLock()
        self._folder = folder
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    @abstractmethod
    def config(self) -> SpeedConfig: ...

    @abstractmethod
    def plug_in(self) -> None: ...

    @abstractmethod
    def pull_out(self) -> None: ...

    @abstractmethod
    def turn(self) -> None:
        """Say one word, to whoever is there."""

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self.pull_out()

    def _serve(self) -> None:
        while not self._over.wait(0.02):
            with self._lock, contextlib.suppress(OSError):
                self.turn()


class Port(Peer):
    """On a pseudo-terminal under ``link``."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.link = folder / "port"
        self.ends: tuple[int, int] | None = None

    def plug_in(self) -> None:
        with self._lock:
            self.ends = pty.openpty()
            tty.setraw(self.ends[1])
            self.link.symlink_to(os.ttyname(self.ends[1]))

    def pull_out(self) -> None:
        with self._lock:
            for end in self.ends or ():
                os.close(end)
            self.ends = None
            self.link.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Nobody reading must not hang the peer."""
        if self.ends is not None and select.select([], [self.ends[0]], [], 0)[1]:
            os.write(self.ends[0], data)

    def read(self) -> bytes:
        if self.ends is None or not select.select([self.ends[0]], [], [], 0)[0]:
            return b""
        return os.read(self.ends[0], 4096)


class GpsMouse(Port):
    @property
    def config(self) -> SpeedConfig:
        return SpeedConfig(source="nmea", port=str(self.link), stale_s=STALE_S)

    def turn(self) -> None:
        if self.kmh is not None:
            self.write(GARBAGE if self.garbled else vtg(f"{self.kmh}.0"))


class CanAdapter(Port):
    """An slcan adapter of a busy bus; it sends frames once it is opened, listen-only."""

    opened = False

    @property
    def config(self) -> SpeedConfig:
        dbc = self._folder / "car.dbc"
        dbc.write_text(DBC)
        can = CanSpeedConfig(interface="slcan", channel=str(self.link), settle_s=0, dbc=str(dbc), signal="ROAD.SPEED")
        return SpeedConfig(source="can", can=can, stale_s=STALE_S)

    def plug_in(self) -> None:
        self.opened = False
        super().plug_in()

    def turn(self) -> None:
        for command in self.read().split(b"\r"):
            assert command[:1] not in (b"t", b"T", b"O"), "it is to listen only"
            self.opened |= command == b"L"
        if self.opened and self.kmh is not None:
            self.write(GARBAGE if self.garbled else b"t7FF10" + b"0\rt1232" + self._bytes() + b"\r")

    def _bytes(self) -> bytes:
        return (100 * (self.kmh or 0)).to_bytes(2, "little").hex().upper().encode()


class ObdAdapter(Peer):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.link = folder / "rfcomm0"
        self._adapter: Adapter | None = None

    @property
    def config(self) -> SpeedConfig:
        return SpeedConfig(source="obd", obd=ObdConfig(address=str(self.link)), stale_s=STALE_S)

    def plug_in(self) -> None:
        self._adapter = Adapter(self.link)
        self._adapter.answer = self._answer

    def pull_out(self) -> None:
        if self._adapter is not None:
            self._adapter.close()
            self._adapter = None

    def turn(self) -> None:
        """It speaks when it is asked."""

    def _answer(self, command: str) -> bytes:
        if self.kmh is None:
            return b""
        if self.garbled:
            return GARBAGE
        if command == "010D":
            return f"410D{self.kmh:02X}\r\r>".encode()
        return b"OK\r\r>"


class Gpsd(Peer):
    """Speaks JSON over TCP on this machine; a client is greeted and told of a fix again and again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._address = free.getsockname()
        self._listening: socket.socket | None = None
        self._client: socket.socket | None = None
        self._ticks = 0

    @property
    def config(self) -> SpeedConfig:
        return SpeedConfig(source="gpsd", gpsd=GpsdConfig(host="127.0.0.1", port=self._address[1]), stale_s=STALE_S)

    def plug_in(self) -> None:
        with self._lock:
            self._listening = socket.create_server(self._address)
            self._listening.setblocking(False)

    def pull_out(self) -> None:
        with self._lock:
            for each in (self._client, self._listening):
                if each is not None:
                    each.close()
            self._client = self._listening = None

    def turn(self) -> None:
        if self._listening is None:
            return
        if self._client is None:
            self._client, _ = self._listening.accept()
            self._client.sendall(b'{"class":"VERSION","release":"3.22","proto_major":3}\r\n')
        if self.kmh is not None:
            self._ticks += 1
            self._client.sendall(GARBAGE if self.garbled else self.report().encode() + b"\r\n")

    def report(self) -> str:
        at = f"2026-11-02T05:{self._ticks // 6000:02}:{self._ticks % 6000 / 100:05.2f}Z"
        speed = (self.kmh or 0) / 3.6
        return f'{{"class":"TPV","device":"/dev/ttyACM0","mode":3,"time":"{at}","speed":{speed}}}'


PEERS: tuple[type[Peer], ...] = (GpsMouse, CanAdapter, ObdAdapter, Gpsd)
