"""What the car tells: over a bus read by a DBC of its own, on pins, and what becomes of it when nothing comes."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import can
import cantools
import pytest
from gpiozero.pins.mock import MockFactory

from driver_monitor.config.config import Config
from driver_monitor.config.vehicle import VehicleConfig
from driver_monitor.doctor.check import Subject, Verdict
from driver_monitor.doctor.inputs import inputs as inputs_check
from driver_monitor.errors import UsageError
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.vehicle import NO_INPUTS, VehicleInputs
from driver_monitor.vehicle.inputs import InputBoard, InputSource, plausible
from driver_monitor.vehicle.open_inputs import open_inputs
from tests.alerts.make import wait_until

DBC = """\
VERSION ""
NS_ :
BS_:
BU_: Car
BO_ 256 Lights: 2 Car
 SG_ Turn : 0|3@1+ (1,0) [0|7] "" Car
 SG_ Wiper : 3|2@1+ (1,0) [0|3] "" Car
BO_ 512 Steering: 2 Car
 SG_ Angle : 0|16@1- (0.1,0) [-780|780] "deg" Car
BO_ 2147484160 Gearbox: 1 Car
 SG_ Gear : 0|4@1+ (1,0) [0|4] "" Car
VAL_ 512 Dummy 0 "none" ;
VAL_ 2147484160 Gear 0 "P" 1 "R" 2 "N" 3 "D" ;
"""
Opened = Callable[..., InputSource]


@pytest.fixture
def dbc(tmp_path: Path) -> Path:
    file = tmp_path / "car.dbc"
    file.write_text(DBC.replace('VAL_ 512 Dummy 0 "none" ;\n', ""))
    return file


@pytest.fixture
def config(dbc: Path, request: pytest.FixtureRequest) -> VehicleConfig:
    turn = {"from": "can", "message": "Lights", "signal": "Turn", "invalid": 7}
    return VehicleConfig.model_validate(
        {
            "can": {"interface": "virtual", "channel": request.node.name, "dbc": str(dbc), "reconnect_s": 0.1},
            "inputs": {
                "stale_s": 0.4,
                "indicator_left": turn | {"active": [1, 3]},
                "indicator_right": turn | {"active": [2, 3]},
                "reverse": {"from": "can", "message": "Gearbox", "signal": "Gear", "active": "R"},
                "steering_angle": {"from": "can", "message": "Steering", "signal": "Angle", "factor": -1},
            },
        }
    )


class Car:
    """The other end of the virtual bus, which speaks by the same DBC."""

    def __init__(self, channel: str, dbc: Path) -> None:
        self._bus = can.Bus(interface="virtual", channel=channel)
        self._dbc: Any = cantools.database.load_file(str(dbc))

    def say(self, message: str, **values: float) -> None:
        described = self._dbc.get_message_by_name(message)
        data = described.encode(values, strict=False)
        self.send(described.frame_id, data, wide=described.is_extended_frame)

    def send(self, number: int, data: bytes, *, wide: bool = False) -> None:
        self._bus.send(can.Message(arbitration_id=number, data=data, is_extended_id=wide))

    def close(self) -> None:
        self._bus.shutdown()


@pytest.fixture
def car(config: VehicleConfig, dbc: Path) -> Iterator[Car]:
    car = Car(config.can.channel, dbc)
    yield car
    car.close()


def until(source: InputSource, wanted: VehicleInputs, say: Callable[[], None]) -> None:
    def told() -> bool:
        say()
        return source.read(0.0) == wanted

    wait_until(told)


def test_signals_of_a_dbc_become_inputs_and_go_when_the_car_falls_silent(config: VehicleConfig, car: Car) -> None:
    def driving() -> None:
        car.say("Lights", Turn=1, Wiper=0)
        car.say("Steering", Angle=-12.34)
        car.say("Gearbox", Gear=1)

    with open_inputs(config) as source:
        until(source, VehicleInputs(reverse=True, indicator="left", steering_angle_deg=12.3), driving)
        until(source, NO_INPUTS, lambda: None)


def test_what_is_out_of_range_or_invalid_is_not_known(config: VehicleConfig, car: Car) -> None:
    def odd() -> None:
        car.say("Lights", Turn=7, Wiper=0)
        car.say("Steering", Angle=-3000.0)
        car.say("Gearbox", Gear=9)

    def sane() -> None:
        car.say("Lights", Turn=0, Wiper=0)
        car.say("Steering", Angle=0)
        car.say("Gearbox", Gear=3)

    with open_inputs(config) as source:
        until(source, VehicleInputs(reverse=False, indicator="off", steering_angle_deg=0.0), sane)
        odd()
        wait_until(lambda: source.read(0.0) == NO_INPUTS, timeout_s=0.3)
        car.send(256, b"")  # cut off
        car.send(257, b"\x01\x00")  # of nobody we know
        until(source, VehicleInputs(reverse=False, indicator="off", steering_angle_deg=0.0), sane)


def test_a_bus_that_is_not_there_is_waited_for_and_said_once(config: VehicleConfig) -> None:
    said: list[str] = []
    missing = config.model_copy(
        update={"can": config.can.model_copy(update={"interface": "slcan", "channel": "/dev/none-such"})}
    )
    with open_inputs(missing, report=said.append) as source:
        wait_until(lambda: bool(said))
        assert source.read(0.0) == NO_INPUTS
    assert len(said) == 1
    assert said[0].startswith("vehicle.can: /dev/none-such cannot be read")


def test_a_bus_that_fails_is_opened_again(config: VehicleConfig, car: Car, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    with open_inputs(config, report=said.append) as source:
        heard = VehicleInputs(reverse=True)
        until(source, heard, lambda: car.say("Gearbox", Gear=1))
        with monkeypatch.context() as broken:
            broken.setattr(can.BusABC, "recv", lambda *_: (_ for _ in ()).throw(can.CanOperationError("unplugged")))
            wait_until(lambda: bool(said))
            until(source, NO_INPUTS, lambda: None)
        until(source, heard, lambda: car.say("Gearbox", Gear=1))
    assert [sentence.split(" (")[0] for sentence in said] == [
        f"vehicle.can: {config.can.channel} cannot be read", f"vehicle.can: {config.can.channel} is back"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"message": "Gearbx"}, "vehicle.inputs.reverse.message: there is no message 'Gearbx'"),
        ({"signal": "Grear"}, "vehicle.inputs.reverse.signal: there is no signal 'Grear'"),
        ({"active": "reverse"}, "vehicle.inputs.reverse.active: there is no value 'reverse'"),
        ({"from": "gpio"}, "vehicle.inputs.reverse comes from gpio: say which pin"),
    ],
)
def test_what_the_dbc_does_not_have_is_said_with_what_it_has(
    config: VehicleConfig, changed: dict[str, str], why: str
) -> None:
    wrong = config.model_dump(by_alias=True)
    wrong["inputs"]["reverse"] |= changed
    found = VehicleConfig.model_validate(wrong)
    with pytest.raises(UsageError) as error:
        open_inputs(found)
    assert str(error.value).startswith(why)
    check = inputs_check(Subject(Config(vehicle=found), None))
    assert (check.verdict, check.finding) == (Verdict.FAIL, str(error.value))


def test_pins_are_read_and_the_button_counts_once_a_press() -> None:
    pressed: list[bool] = []

    def pressed_so_often(times: int) -> bool:
        return len(pressed) == times

    config = VehicleConfig.model_validate(
        {
            "inputs": {
                "ignition": {"from": "gpio", "pin": 17},
                "hands_on": {"from": "gpio", "pin": 27, "active_high": False},
                "acknowledge": {"from": "gpio", "pin": 22},
            }
        }
    )
    factory = MockFactory()
    with open_inputs(config, acknowledged=lambda: pressed.append(True), factory=factory) as source:
        wait_until(lambda: source.read(0.0) == VehicleInputs(ignition=False, hands_on=False))
        factory.pin(17).drive_high()
        factory.pin(27).drive_low()
        wait_until(lambda: source.read(0.0) == VehicleInputs(ignition=True, hands_on=True))
        assert pressed == []
        for presses in (1, 2):
            factory.pin(22).drive_high()
            wait_until(partial(pressed_so_often, presses))
            factory.pin(22).drive_low()
            wait_until(lambda: source._known["acknowledge"][1] is False)  # type: ignore[attr-defined]
    factory.reset()
    assert pressed == [True, True]


def test_a_flashing_lamp_is_on_between_its_flashes_and_one_side_alone_is_not_off() -> None:
    now = [0.0]
    board = InputBoard(2.0, clock=lambda: now[0])
    board.tell("indicator_left", False)
    assert board.read(0.0).indicator is None  # nobody knows the other side
    board.tell("indicator_right", False)
    assert board.read(0.0).indicator == "off"
    seen = []
    for step in range(60):
        now[0] = step / 10
        board.tell("indicator_left", step < 40 and step % 7 < 3)
        board.tell("indicator_right", False)
        seen.append(board.read(now[0]).indicator)
    assert set(seen[:40]) == {"left"}
    assert seen[-1] == "off"
    board.tell("indicator_right", True)
    board.tell("indicator_left", True)
    assert board.read(0.0).indicator == "both"
    assert board.read(0.0) is board.read(0.0)


def test_a_measured_speed_refutes_a_reverse_gear_and_an_ignition_that_is_off() -> None:
    told = VehicleInputs(ignition=False, reverse=True, wipers=True)
    fast, slow = (Speed(kmh, SpeedKnowledge.MEASURED) for kmh in (80.0, 8.0))
    assert plausible(told, fast) == VehicleInputs(wipers=True)
    assert plausible(told, slow) is told
    assert plausible(told, Speed(80.0, SpeedKnowledge.ASSUMED)) is told
    assert plausible(None, fast) is None


def test_nothing_connected_tells_nothing() -> None:
    assert open_inputs(VehicleConfig()).read(0.0) is None
    assert inputs_check(Subject(Config(), None)).verdict is Verdict.OK
