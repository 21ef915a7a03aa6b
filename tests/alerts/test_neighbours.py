"""Outputs that hang, are missing, or vanish in the middle of an alert leave the loop and the other outputs alone."""

import io
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver_monitor.alerts.console import AlertConsole
from driver_monitor.alerts.dispatch import Dispatcher
from driver_monitor.alerts.mqtt_sink import MqttSink
from driver_monitor.alerts.protocol import Kind
from driver_monitor.alerts.status import Status
from driver_monitor.config.alerts import AlertsConfig, AudioConfig, SerialConfig
from driver_monitor.config.can import CanConfig
from driver_monitor.config.gpio import GpioConfig
from driver_monitor.config.mqtt import MqttConfig
from driver_monitor.state.alert import Level

from .adapter import Adapter
from .broker import Broker, Listener
from .bus import database, decoded
from .make import alert, wait_until
from .receiver import Receiver

STATUS = Status(1.0, "ok", "open", "road", 1.0, 0.9)


class Car:
    """Every output but sound, each with its peer."""

    def __init__(self, folder: Path) -> None:
        self.receiver = Receiver(folder / "serial")
        self.adapter = Adapter(folder / "can")
        self.broker = Broker(folder / "broker")
        self.listener = Listener(self.broker.port)
        self.said: list[str] = []
        self.config = AlertsConfig(
            audio=AudioConfig(enabled=False),
            serial=SerialConfig(enabled=True, port=str(folder / "serial"), heartbeat_s=0.2, reconnect_s=0.2),
            can=CanConfig(enabled=True, interface="slcan", channel=str(folder / "can"), settle_s=0, reconnect_s=0.2),
            mqtt=MqttConfig(enabled=True, host="127.0.0.1", port=self.broker.port, rate_hz=10),
            gpio=GpioConfig(enabled=True, pins="mock", buzzer_pin=17),
        )
        self.outputs = Dispatcher(self.config, self.said.append, AlertConsole(file=io.StringIO()))
        self.known = database()

    def heard(self, rule: str) -> dict[str, bool]:
        frames = decoded([(sent.number, sent.data) for sent in list(self.adapter.frames)], self.known)
        mine = [values for name, values in frames if name == "DM_Alert" and values["RuleId"] == rule]
        return {
            "serial": any((rule, "firing") in self.receiver.transitions(kind) for kind in (Kind.ALERT, Kind.ACTIVE)),
            "can": bool(mine),
            "mqtt": any(told["rule"] == rule for told in self.listener.alerts),
        }

    def close(self) -> None:
        self.outputs.close()
        self.listener.close()
        self.broker.stop()
        self.receiver.close()
        self.adapter.close()


@pytest.fixture
def car(tmp_path: Path) -> Iterator[Car]:
    car = Car(tmp_path)
    car.outputs.send(alert("cannot_see", Level.INFO))
    wait_until(lambda: all(car.heard("cannot_see").values()))
    yield car
    car.close()


def break_(car: Car, output: str, how: str) -> None:
    match output, how:
        case "serial", "vanishes":
            car.receiver.pull_out()
        case "serial", "hangs":
            car.receiver._reading = False
        case "can", "vanishes":
            car.adapter.pull_out()
        case "can", "hangs":
            car.adapter.hung = True
        case "mqtt", "vanishes":
            car.broker.stop()
        case "mqtt", "hangs":
            car.broker.freeze()
        case "mqtt", "process hangs":
            os.kill(mqtt(car).pid, signal.SIGSTOP)


def mend(car: Car, output: str, how: str) -> None:
    match output, how:
        case "serial", "vanishes":
            car.receiver.plug_in()
        case "serial", "hangs":
            car.receiver.start_reading()
        case "can", "vanishes":
            car.adapter.plug_in()
        case "can", "hangs":
            car.adapter.hung = False
        case "mqtt", "vanishes":
            car.broker.start()
            car.listener.forget_connection()
        case "mqtt", "hangs":
            car.broker.thaw()
        case "mqtt", "process hangs":
            os.kill(mqtt(car).pid, signal.SIGCONT)


def mqtt(car: Car) -> MqttSink:
    sink = car.outputs._sinks["mqtt"]
    assert isinstance(sink, MqttSink)
    return sink


@pytest.mark.parametrize(
    ("output", "how"),
    [
        ("serial", "vanishes"), ("serial", "hangs"), ("can", "vanishes"), ("can", "hangs"), ("mqtt", "vanishes"),
        ("mqtt", "hangs"), ("mqtt", "process hangs"),
    ],
)  # fmt: skip
def test_in_the_middle_of_an_alert_an_output_breaks_and_comes_back(car: Car, output: str, how: str) -> None:
    car.outputs.send(alert("microsleep"))
    wait_until(lambda: all(car.heard("microsleep").values()))
    break_(car, output, how)
    slowest_s = 0.0
    for _ in range(100):  # a second of frames
        began_s = time.monotonic()
        car.outputs.status(STATUS)
        car.outputs.health("ok")
        slowest_s = max(slowest_s, time.monotonic() - began_s)
        time.sleep(0.01)
    car.outputs.send(alert("unresponsive", Level.UNRESPONSIVE))
    others = {"serial", "can", "mqtt"} - {output}
    wait_until(lambda: all(car.heard("unresponsive")[other] for other in others), 3.0)
    assert slowest_s < 0.05
    mend(car, output, how)
    car.outputs.send(alert("sleep"))
    wait_until(lambda: all(car.heard("sleep").values()), 20.0)
    assert all(sentence.startswith(f"{output}: ") for sentence in car.said)


def test_all_of_them_missing_at_the_start_are_said_once_each_and_come_later(tmp_path: Path) -> None:
    said: list[str] = []
    config = AlertsConfig(
        audio=AudioConfig(enabled=False),
        serial=SerialConfig(enabled=True, port=str(tmp_path / "serial"), reconnect_s=0.2),
        can=CanConfig(enabled=True, interface="slcan", channel=str(tmp_path / "can"), settle_s=0, reconnect_s=0.2),
        mqtt=MqttConfig(enabled=True, host="127.0.0.1", port=1, reconnect_s=1),
    )
    with Dispatcher(config, said.append, AlertConsole(file=io.StringIO())) as outputs:
        outputs.send(alert("microsleep"))
        wait_until(lambda: len(said) == 3)
        time.sleep(0.6)
        assert sorted(sentence.split(":")[0] for sentence in said) == ["can", "mqtt", "serial"]
        receiver, adapter = Receiver(tmp_path / "serial"), Adapter(tmp_path / "can")
        wait_until(lambda: ("microsleep", "firing") in receiver.transitions(Kind.ACTIVE))
        wait_until(lambda: len(adapter.frames) > 2)
    receiver.close()
    adapter.close()
