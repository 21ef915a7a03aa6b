"""The ignition ends a drive, and begins the next."""

import threading
from collections.abc import Sequence
from pathlib import Path

import can
import pytest

from driver_monitor.config.loader import load
from driver_monitor.ignition import Ignition
from driver_monitor.live import LiveRun
from driver_monitor.recording.open import find_drives, open_drive
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.vehicle import NO_INPUTS, VehicleInputs
from tests.cli.product import attentive

STANDING, ROLLING, SILENT = (
    Speed(0.0, SpeedKnowledge.MEASURED), Speed(20.0, SpeedKnowledge.MEASURED), Speed(None, SpeedKnowledge.UNKNOWN)
)  # fmt: skip
ON, OFF = VehicleInputs(ignition=True), VehicleInputs(ignition=False)
Told = Sequence[tuple[VehicleInputs | None, Speed]]


def over(told: Told) -> list[bool]:
    """Of an ignition that is believed after 3 s, a frame a second."""
    ignition, found = Ignition(3.0), []
    for second, (inputs, speed) in enumerate(told):
        ignition.update(float(second), inputs, speed)
        found.append(ignition.over)
    return found


def test_off_for_long_enough_ends_the_drive_and_on_begins_one() -> None:
    assert (
        over([(ON, STANDING)] * 2 + [(OFF, STANDING)] * 5 + [(ON, STANDING)] * 2)
        == [False] * 5 + [True] * 2 + [False] * 2
    )


def test_a_start_and_stop_is_no_end() -> None:
    assert not any(over(([(OFF, STANDING)] * 3 + [(ON, STANDING)]) * 3))


def test_a_bus_that_sleeps_after_off_means_off_and_one_never_heard_means_nothing() -> None:
    assert over([(OFF, STANDING)] + [(NO_INPUTS, SILENT)] * 5)[-1]
    assert not any(over([(NO_INPUTS, SILENT)] * 10))
    assert not any(over([(None, SILENT)] * 10))


def test_a_car_that_moves_is_driven_whatever_was_last_said() -> None:
    assert over([(OFF, STANDING)] * 5 + [(NO_INPUTS, ROLLING)])[3:] == [True, True, False]


DBC = """\
VERSION ""
NS_ :
BS_:
BU_: Car
BO_ 256 Key: 1 Car
 SG_ On : 0|1@1+ (1,0) [0|1] "" Car
"""


def test_a_run_makes_two_drives_of_two_ignitions(tmp_path: Path) -> None:
    dbc, config, folder = tmp_path / "car.dbc", tmp_path / "car.yaml", tmp_path / "drives"
    film = attentive(tmp_path / "film.mp4", seconds=20)
    dbc.write_text(DBC)
    config.write_text(
        f"camera: {{source: {film}}}\n"
        "alerts: {console: {enabled: false}, audio: {enabled: false}}\n"
        f"recording: {{dir: {folder}}}\n"
        f"vehicle:\n  ignition_off_s: 1.0\n  can: {{interface: virtual, channel: two-drives, dbc: {dbc}}}\n"
        "  inputs: {ignition: {from: can, message: Key, signal: 'On'}}\n"
    )
    said: list[str] = []
    key, done = [True], threading.Event()

    def car() -> None:
        with can.Bus(interface="virtual", channel="two-drives") as bus:
            while not done.wait(0.05):
                bus.send(can.Message(arbitration_id=256, is_extended_id=False, data=bytes(key)))

    def say(sentence: str) -> None:
        said.append(sentence)
        if sentence.startswith("the ignition is off"):
            key[0] = True

    frames: list[bool] = []  # of each drive
    live = LiveRun(load(config))
    talking = threading.Thread(target=car)
    talking.start()

    def seen(moment: object) -> None:
        on = said[-1].startswith("the ignition is on")
        frames.append(on)
        if len(frames) == 20:
            key[0] = False
        if sum(frames) == 20:
            live.stop()

    try:
        live.run(moment_seen=seen, say=say, for_s=18.0)
    finally:
        done.set()
        talking.join()
    assert [sentence for sentence in said if "ignition" in sentence] == [
        "the ignition is off: the drive is over, and the next begins when it is on again",
        "the ignition is on: a new drive begins",
    ]
    drives = [open_drive(path) for path in find_drives(folder)]
    assert len(drives) == 2
    for drive in drives:
        states = list(drive.states())
        assert states[0].t_s == pytest.approx(0.0, abs=0.2)
        assert states[-1].t_s > 0.5
        assert drive.problems == drive.notes == []
