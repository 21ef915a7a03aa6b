"""A look at the lap on a live run whose GPS has no fix: silence must not come from a receiver that knows nothing."""

import threading
from pathlib import Path

import pytest

from tests.cli.product import driver_monitor, records

from .gps import Gps, checksummed

LAP = """\
drive: {portrait: astronaut, duration_s: 9, fps: 10, size: [640, 480], seed: 7, speed_kmh: 100, natural_blinks: true}
actions:
  - {t: 3.0, do: look, yaw: -4, pitch: -36, for: 5.0, transition: 0.3}
"""
ZEROS = ["GPRMC,000000.00,A,0.000,N,0.000,E,0.0,0.0,050505,0.0,E", "GPRMC,,V,,,,,,,,,,N", "GPVTG,,,,,,,,,N"]
VETO_LAST = ["GPVTG,,T,,M,0.000,N,0.000,K,A", "GPGGA,,,,,,0,00,99.99,,,,,,"]


@pytest.mark.parametrize("second", [ZEROS, VETO_LAST])
def test_a_gps_without_a_fix_does_not_silence_a_look_at_the_lap(second: list[str], tmp_path: Path) -> None:
    link, script, config = (tmp_path / name for name in ("ttyACM0", "lap.yaml", "car.yaml"))
    script.write_text(LAP)
    config.write_text(f"vehicle: {{speed: {{source: nmea, port: {link}}}}}\nalerts: {{audio: {{enabled: false}}}}\n")
    gps, over = Gps(link), threading.Event()

    def speak() -> None:
        while not over.wait(1.0):
            gps.say(b"".join(map(checksummed, second)))

    receiver = threading.Thread(target=speak)
    receiver.start()
    try:
        done = driver_monitor("run", "--source", f"scripted:{script}", "--config", config, "--json", "--for-s", 8)
    finally:
        over.set()
        receiver.join()
        gps.pull_out()
    lines = records(done.stdout)
    assert {(line["speed"], line["speed_kmh"]) for line in lines if line["type"] == "state"} == {("unknown", None)}
    warned = [line for line in lines if line["type"] == "alert" and line["rule"] == "long_glance"]
    assert warned
    assert warned[0]["evidence"]["speed"] == "unknown"
