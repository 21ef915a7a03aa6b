"""What the car tells is kept with the speed, and comes back at every arrow."""

import json
from pathlib import Path

import pytest

from driver_monitor.camera.frame import Frame
from driver_monitor.config.config import Config
from driver_monitor.monitor import Monitor
from driver_monitor.recording.mcap.codec import read_vehicle, vehicle_bytes
from driver_monitor.recording.open import open_drive
from driver_monitor.recording.parquet.folder import find_parquet
from driver_monitor.recording.parquet.writer import FleetWriter
from driver_monitor.recording.recorder import Recorder
from driver_monitor.replay.recorded import Arrow, RecordedInputs, open_passage
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.vehicle import VehicleInputs
from tests.recording.make import config_for, observations, script

KNOWN = Speed(80.0, SpeedKnowledge.MEASURED)
STEERING = {"vehicle": {"inputs": {"steering_angle": {"from": "can", "message": "S", "signal": "A"}}}}


def told(t_s: float) -> VehicleInputs:
    return VehicleInputs(
        ignition=True, indicator="left" if 8 < t_s < 20 else None, steering_angle_deg=round(8 * (t_s % 2), 1)
    )


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[DriverState]]:
    folder = tmp_path_factory.mktemp("drives")
    made = config_for(folder, level="landmarks")
    config = Config.model_validate(made.model_dump(by_alias=True) | STEERING)
    monitor, states = Monitor(config), list[DriverState]()
    with Recorder(config, live=False) as recorder:
        for index, seen in enumerate(observations(script())):
            moment = monitor.observe(seen, Frame(seen.t_s, None, index), KNOWN, vehicle=told(seen.t_s))
            recorder.add(moment)
            states.append(moment.state)
    return recorder.drive, states


def test_it_is_in_the_state_and_steering_is_a_channel(driven: tuple[Path, list[DriverState]]) -> None:
    _, states = driven
    assert [state.vehicle for state in states] == [told(state.t_s) for state in states]
    assert all(state.channels is not None for state in states)


@pytest.mark.parametrize("arrow", [Arrow.LANDMARKS, Arrow.SIGNALS, Arrow.STATE])
def test_a_replay_from_every_arrow_is_the_drive(driven: tuple[Path, list[DriverState]], arrow: Arrow) -> None:
    path, states = driven
    with open_passage(open_drive(path), None, arrow=arrow) as passage:
        replayed = [moment.state for moment in passage]
    assert [state.vehicle for state in replayed] == [state.vehicle for state in states]
    assert [state.channels for state in replayed] == [state.channels for state in states]
    assert [state.signals.scanning for state in replayed] == [state.signals.scanning for state in states]


def test_parquet_keeps_it(driven: tuple[Path, list[DriverState]], tmp_path: Path) -> None:
    path, states = driven
    with FleetWriter(tmp_path, open_drive(path).header) as writer:
        for state in states:
            writer.add(state)
        writer.finish([], {})
    (file,) = find_parquet(tmp_path)
    assert [state.vehicle for state in open_drive(file).states()] == [state.vehicle for state in states]


def test_a_replay_from_video_asks_for_it_by_time() -> None:
    recorded = RecordedInputs()
    assert recorded.read(0.0) is None
    for t_s in (0.0, 9.0, 21.0):
        recorded.at(t_s, told(t_s))
    assert [recorded.read(t_s) for t_s in (0.5, 9.5, 30.0)] == [told(0.0), told(9.0), told(21.0)]


def test_a_car_that_tells_its_speed_alone_is_written_as_ever_and_old_drives_are_read() -> None:
    assert json.loads(vehicle_bytes(KNOWN)) == {"speed_kmh": 80.0, "speed": "measured"}
    assert read_vehicle(b'{"speed_kmh":80.0,"speed":"measured"}') == (KNOWN, None)
    assert read_vehicle(vehicle_bytes(KNOWN, told(9.0))) == (KNOWN, told(9.0))
