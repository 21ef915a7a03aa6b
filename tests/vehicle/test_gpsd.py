"""The reader of gpsd against the daemon itself."""

import os
import pty
import shutil
import socket
import subprocess
import tty

import pytest

from driver_monitor.config.vehicle import GpsdConfig, SpeedConfig
from driver_monitor.vehicle.open import open_speed

from .gps import gga, rmc, wait_until

GPSD = shutil.which("gpsd", path=f"{os.environ['PATH']}:/usr/sbin")


def test_the_daemon_itself_with_a_receiver_on_a_pseudo_terminal() -> None:
    assert GPSD is not None
    master, slave = pty.openpty()
    tty.setraw(slave)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    daemon = subprocess.Popen([GPSD, "-N", "-n", "-b", "-S", str(port), os.ttyname(slave)])
    config = SpeedConfig(source="gpsd", gpsd=GpsdConfig(host="127.0.0.1", port=port))
    seconds = iter(range(100000))

    def told() -> bool:
        second = next(seconds) // 10  # the poll comes far more often than a receiver speaks
        utc = f"08{second // 60 % 60:02}{second % 60:02}.00"
        os.write(master, rmc("027.0", utc=utc) + gga(utc=utc))
        return source.speed(0.0).kmh == pytest.approx(50.0, abs=0.1)

    try:
        with open_speed(config, report=lambda _: None) as source:
            wait_until(told, 30)
    finally:
        daemon.terminate()
        daemon.wait()
        os.close(master)
        os.close(slave)
