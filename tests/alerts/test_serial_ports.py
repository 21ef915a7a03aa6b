"""A port under another name, held by another, not for this user; and a transceiver that is turned round."""

import fcntl
import grp
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import serial
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from driver_monitor.alerts.protocol import Kind
from driver_monitor.alerts.serial_sink import SerialSink
from driver_monitor.config.alerts import SerialConfig
from driver_monitor.serial_port import PortError, found_again, open_port, usb_identity

from .make import alert, wait_until
from .receiver import Receiver

RTS_ON_SEND, RTS_AFTER_SEND, ENABLED = 1 << 1, 1 << 2, 1 << 0  # of the kernel's struct serial_rs485
TIOCGRS485, TIOCSRS485 = 0x542E, 0x542F


class Usb:
    """What pyserial finds under /sys: adapters by the name that the kernel gave their port."""

    def __init__(self) -> None:
        self.adapters: dict[Path, tuple[int, int, str | None]] = {}

    def comports(self) -> list[ListPortInfo]:
        found = []
        for path, (vendor, product, number) in self.adapters.items():
            if path.exists():
                port = ListPortInfo(str(path))
                port.vid, port.pid, port.serial_number = vendor, product, number
                found.append(port)
        return found


@pytest.fixture
def usb(monkeypatch: pytest.MonkeyPatch) -> Usb:
    usb = Usb()
    monkeypatch.setattr(list_ports, "comports", usb.comports)
    return usb


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    receiver = Receiver(tmp_path / "ttyUSB0")
    yield receiver
    receiver.close()


BUZZER = (0x10C4, 0xEA60, "0001")
MOUSE = (0x1546, 0x01A8, None)


def test_replugged_under_another_name_while_another_device_takes_its_own(
    tmp_path: Path, usb: Usb, receiver: Receiver
) -> None:
    first, second = tmp_path / "ttyUSB0", tmp_path / "ttyUSB1"
    usb.adapters = {first: BUZZER}
    said: list[str] = []
    with SerialSink(SerialConfig(port=str(first), heartbeat_s=0.1, reconnect_s=0.1), said.append) as sink:
        wait_until(lambda: len(receiver.heartbeats) >= 2)
        receiver.pull_out()
        wait_until(lambda: said != [])
        mouse = Receiver(first)
        usb.adapters = {first: MOUSE, second: BUZZER}
        receiver.plug_in(second)
        sink.send(alert())
        wait_until(
            lambda: ("microsleep", "firing") in receiver.transitions(Kind.LATE) + receiver.transitions(Kind.ALERT)
        )
        assert f"{first} is back as {second}" in said[1]
    mouse.close()


def test_a_name_by_id_stays_the_same(tmp_path: Path, usb: Usb, receiver: Receiver) -> None:
    by_id = tmp_path / "usb-buzzer-0001"
    by_id.symlink_to(tmp_path / "ttyUSB0")
    usb.adapters = {tmp_path / "ttyUSB0": BUZZER}
    said: list[str] = []
    with SerialSink(SerialConfig(port=str(by_id), heartbeat_s=0.1, reconnect_s=0.1), said.append):
        wait_until(lambda: len(receiver.heartbeats) >= 2)
        receiver.pull_out()
        wait_until(lambda: said != [])
        usb.adapters = {tmp_path / "ttyUSB1": BUZZER}
        receiver.plug_in(tmp_path / "ttyUSB1")
        by_id.unlink()
        by_id.symlink_to(tmp_path / "ttyUSB1")
        wait_until(lambda: len(said) == 2)
        assert f"{by_id} is back" in said[1]


def test_of_two_adapters_that_are_alike_none_is_taken_for_the_lost_one(tmp_path: Path, usb: Usb) -> None:
    lost, one, other = tmp_path / "ttyUSB0", tmp_path / "ttyUSB1", tmp_path / "ttyUSB2"
    for path in (lost, one, other):
        path.touch()
    usb.adapters = {lost: MOUSE, one: MOUSE, other: MOUSE}
    identity = usb_identity(str(lost))
    assert identity is not None
    assert found_again(str(lost), identity) == str(lost)
    lost.unlink()
    assert found_again(str(lost), identity) == str(lost)
    other.unlink()
    assert found_again(str(lost), identity) == str(one)


def test_two_processes_on_one_port(tmp_path: Path, receiver: Receiver) -> None:
    port = str(tmp_path / "ttyUSB0")
    said: list[str] = []
    with open_port(port, 115200, setting="alerts.serial"):
        sink = SerialSink(SerialConfig(port=port, reconnect_s=0.1), said.append)
        wait_until(lambda: said != [])
    assert "another program holds it" in said[0]
    wait_until(lambda: len(said) == 2)
    assert "is back" in said[1]
    sink.close()


def test_permission_denied_names_the_port_s_own_group(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = tmp_path / "ttyUSB0"
    group = grp.getgrnam("audio")  # not the one that would be guessed
    os.chown(port, -1, group.gr_gid)
    port.chmod(0o660)

    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(serial, "Serial", refused)
    with pytest.raises(PortError, match="add the user to the group audio and log in again"):
        open_port(str(port), 115200, setting="alerts.serial")
    port.chmod(0o600)
    with pytest.raises(PortError, match="the group dialout"):
        open_port(str(port), 115200, setting="alerts.serial")


def test_rs485_on_a_port_that_cannot(tmp_path: Path, receiver: Receiver) -> None:
    said: list[str] = []
    with SerialSink(SerialConfig(port=str(tmp_path / "ttyUSB0"), rs485="rts_high"), said.append):
        wait_until(lambda: said != [])
    assert "alerts.serial.rs485" in said[0]
    open_port(str(tmp_path / "ttyUSB0"), 115200, setting="alerts.serial").close()  # it was let go


@pytest.mark.parametrize(("rs485", "flags"), [("rts_high", RTS_ON_SEND), ("rts_low", RTS_AFTER_SEND)])
def test_rs485_asks_the_driver_to_switch(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, rs485: Any, flags: int
) -> None:
    """A pseudo-terminal has no transceiver, so the two calls that set one are answered here."""
    asked: list[int] = []
    real = fcntl.ioctl

    def ioctl(fd: Any, request: int, argument: Any = 0, mutate: bool = True) -> Any:
        if request == TIOCGRS485:
            return 0
        if request == TIOCSRS485:
            asked.append(struct.unpack_from("I", argument)[0])
            return 0
        return real(fd, request, argument, mutate)

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    open_port(str(tmp_path / "ttyUSB0"), 115200, setting="alerts.serial", rs485=rs485).close()
    assert asked == [ENABLED | flags]
