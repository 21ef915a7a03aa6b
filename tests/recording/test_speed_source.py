"""Who measured the speed is kept with it; drives from before it was told are read as they are."""

import pytest

from driver_monitor.recording.mcap.codec import read_vehicle, vehicle_bytes
from driver_monitor.state.speed import Speed, SpeedKnowledge


@pytest.mark.parametrize(
    ("speed", "written"),
    [
        (Speed(50.0, SpeedKnowledge.MEASURED, "obd"), b'{"speed_kmh":50.0,"speed":"measured","speed_source":"obd"}'),
        (Speed(60.0, SpeedKnowledge.ASSUMED), b'{"speed_kmh":60.0,"speed":"assumed"}'),
        (Speed(None, SpeedKnowledge.UNKNOWN), b'{"speed_kmh":null,"speed":"unknown"}'),
    ],
)
def test_a_speed_is_written_and_read(speed: Speed, written: bytes) -> None:
    assert vehicle_bytes(speed) == written
    assert read_vehicle(written) == (speed, None)
