"""What every output promises, asked of each of them, with its device well and with its device missing."""

import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from gpiozero import PinInvalidPin
from gpiozero.pins.mock import MockFactory

from driver_monitor.alerts.audio import AudioSink
from driver_monitor.alerts.can_sink import CanSink
from driver_monitor.alerts.console import AlertConsole, ConsoleSink
from driver_monitor.alerts.gpio_sink import GpioSink
from driver_monitor.alerts.mqtt_sink import MqttSink
from driver_monitor.alerts.protocol import Bye, Fault
from driver_monitor.alerts.serial_sink import SerialSink
from driver_monitor.alerts.sink import AlertSink
from driver_monitor.alerts.tones import Tone
from driver_monitor.config.alerts import AudioConfig, SerialConfig
from driver_monitor.config.can import CanConfig
from driver_monitor.config.gpio import GpioConfig
from driver_monitor.config.mqtt import MqttConfig
from driver_monitor.state.alert import Level

from .adapter import Adapter
from .broker import Broker, Listener
from .bus import database, decoded
from .make import FAILURE, ODD, alert, wait_until
from .receiver import Receiver
from .speaker import DEVICE, Speaker


@dataclass
class Rig:
    """A way to open the output, and to know whether an alert of rule 'microsleep', or a fault, came out of it."""

    open: Callable[[Callable[[str], None]], AlertSink]
    heard: Callable[[], bool]
    works: bool
    fault_heard: Callable[[], bool] = lambda: False
    goodbye_heard: Callable[[], bool] = lambda: False


def console_rig(stack: ExitStack, folder: Path, works: bool) -> Rig:
    if works:
        stream = io.StringIO()
        return Rig(
            lambda r: ConsoleSink(r, AlertConsole(file=stream)),
            lambda: "microsleep" in stream.getvalue(),
            True,
            lambda: "FAULT" in stream.getvalue() and "monitor has stopped" in stream.getvalue(),
        )
    closed = io.StringIO()
    closed.close()
    return Rig(lambda r: ConsoleSink(r, AlertConsole(file=closed)), lambda: False, False)


def audio_rig(stack: ExitStack, folder: Path, works: bool) -> Rig:
    config = AudioConfig(backend="aplay", device=DEVICE)
    speaker = Speaker(folder, config)
    if works:
        speaker.plug_in()
    os.environ["ALSA_CONFIG_PATH"] = str(speaker.config_path)
    stack.callback(os.environ.pop, "ALSA_CONFIG_PATH")
    return Rig(
        lambda r: AudioSink(config, r), lambda: speaker.tones() != [], works, lambda: Tone.FAULT in speaker.tones()
    )


def serial_rig(stack: ExitStack, folder: Path, works: bool) -> Rig:
    link = folder / "ttyUSB0"
    config = SerialConfig(port=str(link), heartbeat_s=0.1)
    if not works:
        return Rig(lambda r: SerialSink(config, r), lambda: False, False)
    receiver = Receiver(link)
    stack.callback(receiver.close)
    return Rig(
        lambda r: SerialSink(config, r),
        lambda: any("microsleep" in str(body) for body in receiver.bodies),
        True,
        lambda: any(isinstance(body, Fault) and "monitor has stopped" in body.text for body in receiver.bodies),
        lambda: Bye() in receiver.bodies,
    )


def can_rig(stack: ExitStack, folder: Path, works: bool) -> Rig:
    link, known = folder / "ttyACM0", database()
    config = CanConfig(interface="slcan", channel=str(link), settle_s=0.0)
    if not works:
        return Rig(lambda r: CanSink(config, r), lambda: False, False)
    adapter = Adapter(link)
    stack.callback(adapter.close)

    def told(name: str, signal: str, word: str) -> bool:
        frames = decoded([(sent.number, sent.data) for sent in list(adapter.frames)], known)
        return any(message == name and values[signal] == word for message, values in frames)

    return Rig(
        lambda r: CanSink(config, r),
        lambda: told("DM_Alert", "RuleId", "microsleep"),
        True,
        lambda: told("DM_State", "Health", "fault"),
        lambda: told("DM_State", "Health", "off"),
    )


def mqtt_rig(stack: ExitStack, folder: Path, works: bool) -> Rig:
    broker = Broker(folder / "broker")
    stack.callback(broker.stop)
    config = MqttConfig(host="127.0.0.1", port=broker.port)
    if not works:
        broker.stop()
        return Rig(lambda r: MqttSink(config, r), lambda: False, False)
    listener = Listener(broker.port)
    stack.callback(listener.close)
    return Rig(
        lambda r: MqttSink(config, r),
        lambda: any(alert["rule"] == "microsleep" for alert in listener.alerts),
        True,
        lambda: any(alert["event_type"] == "fault" for alert in listener.alerts),
        lambda: any(state["health"] == "off" for state in listener.states),
    )


def gpio_rig(stack: ExitStack, folder: Path, works: bool) -> Rig:
    """gpiozero's mock pins: what a machine without pins has."""
    config = GpioConfig(buzzer_pin=17, led_critical_pin=27)
    if not works:
        return Rig(lambda r: GpioSink(config, r, factory=NoPins()), lambda: False, False)
    factory = MockFactory()
    buzzer, light = factory.pin(17), factory.pin(27)
    return Rig(
        lambda r: GpioSink(config, r, factory=factory),
        lambda: any(state.state for state in light.states),
        True,
        lambda: any(state.state and state.timestamp > 0.4 for state in pairs_off(buzzer.states)),
    )


class NoPins:
    """What a pin factory does on a board whose pins somebody else holds."""

    def __getattr__(self, name: str) -> Any:
        raise PinInvalidPin("GPIO17 is busy")


def pairs_off(states: list[Any]) -> list[Any]:
    """gpiozero notes how long the state before lasted: of the pin that went off, how long it was on."""
    return [type(s)(timestamp=s.timestamp, state=not s.state) for s in states]


@pytest.fixture(
    params=[console_rig, audio_rig, serial_rig, can_rig, mqtt_rig, gpio_rig],
    ids=["console", "audio", "serial", "can", "mqtt", "gpio"],
)
def make_rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[bool], Rig]]:
    with ExitStack() as stack:
        yield lambda works: request.param(stack, tmp_path, works)


@pytest.fixture(params=[True, False], ids=["well", "missing"])
def rig(request: pytest.FixtureRequest, make_rig: Callable[[bool], Rig]) -> Rig:
    return make_rig(request.param)


class TestEverySink:
    def test_an_alert_comes_out_or_the_trouble_is_said_once(self, rig: Rig) -> None:
        said: list[str] = []
        with rig.open(said.append) as sink:
            sink.send(alert())
            wait_until(lambda: rig.heard() or said != [])
            sink.send(alert())
            time.sleep(0.1)
        troubles = [sentence for sentence in said if "closed with" not in sentence]
        assert len(troubles) == (0 if rig.works else 1)
        assert rig.heard() == rig.works
        assert all(sentence.startswith(f"{sink.name}: ") and "\n" not in sentence for sentence in said)

    def test_sending_never_blocks(self, rig: Rig) -> None:
        with rig.open(lambda _: None) as sink:
            slowest_s = 0.0
            for number in range(500):
                started_s = time.monotonic()
                sink.send(alert(f"rule {number % 7}", Level(number % 3 + 1)))
                sink.set_health("tracked")
                slowest_s = max(slowest_s, time.monotonic() - started_s)
            assert slowest_s < 0.25

    def test_odd_alerts_do_no_harm(self, make_rig: Callable[[bool], Rig]) -> None:
        rig, said = make_rig(True), list[str]()
        with rig.open(said.append) as sink:
            for odd in ODD:
                sink.send(odd)
            sink.send(alert())
            wait_until(rig.heard)
        assert said == []

    def test_what_is_sent_before_closing_comes_out(self, make_rig: Callable[[bool], Rig]) -> None:
        rig = make_rig(True)
        with rig.open(lambda _: None) as sink:
            sink.send(alert())
        wait_until(rig.heard)

    def test_closing_is_quick_twice_harmless_and_final(self, rig: Rig) -> None:
        said: list[str] = []
        sink = rig.open(said.append)
        sink.send(alert())
        started_s = time.monotonic()
        sink.close()
        sink.close()
        assert time.monotonic() - started_s < 0.8
        said.clear()
        sink.send(alert("afterwards"))
        assert len(said) == 1
        assert "afterwards" in said[0]

    def test_a_fault_comes_out_and_no_goodbye(self, make_rig: Callable[[bool], Rig]) -> None:
        rig, said = make_rig(True), list[str]()
        with rig.open(said.append) as sink:
            sink.send(alert())
            wait_until(rig.heard)
            sink.fault(FAILURE)
            sink.fault(FAILURE)
        wait_until(rig.fault_heard)
        time.sleep(0.1)
        assert not rig.goodbye_heard()
        assert said == []

    def test_leaving_by_an_error_is_a_fault_and_being_told_to_is_not(self, make_rig: Callable[[bool], Rig]) -> None:
        rig = make_rig(True)
        with pytest.raises(KeyboardInterrupt), rig.open(lambda _: None):
            raise KeyboardInterrupt
        time.sleep(0.1)
        assert not rig.fault_heard()
        with pytest.raises(ZeroDivisionError), rig.open(lambda _: None):
            raise ZeroDivisionError
        wait_until(rig.fault_heard)

    def test_a_fault_that_cannot_be_told_holds_nothing_up(self, make_rig: Callable[[bool], Rig]) -> None:
        rig = make_rig(False)
        sink = rig.open(lambda _: None)
        started_s = time.monotonic()
        sink.fault(FAILURE)
        assert time.monotonic() - started_s < 0.1
        sink.close()
        assert time.monotonic() - started_s < 3.5
        assert not rig.fault_heard()

    def test_what_an_output_s_thread_dies_of_is_kept_for_the_caller(self, rig: Rig) -> None:
        with rig.open(lambda _: None) as sink:
            sink._queue.put(Wrong())  # type: ignore[attr-defined]
            wait_until(lambda: sink.defect is not None)
        assert isinstance(sink.defect, AttributeError)


class Wrong:
    """Nothing an output can take, so that it shows what a mistake of ours does."""
