"""Alerts on pins: gpiozero's mock pin factory stands in for a board, which no test machine is."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from gpiozero import PinInvalidPin
from gpiozero.pins.mock import MockFactory

from driver_monitor.alerts.dispatch import Dispatcher
from driver_monitor.alerts.gpio_sink import GpioSink
from driver_monitor.config.alerts import AlertsConfig
from driver_monitor.config.gpio import GpioConfig
from driver_monitor.state.alert import Level
from driver_monitor.state.request import Ask

from .make import alert, cleared, wait_until

CONFIG = GpioConfig(
    buzzer_pin=17, vibration_pin=18, led_info_pin=22, led_warning_pin=23, led_critical_pin=24, led_unresponsive_pin=25,
    button_pin=4, bounce_s=0.0, reconnect_s=0.1,
)  # fmt: skip


class Board:
    """Mock pins that can be taken away, as by another program."""

    def __init__(self) -> None:
        self._pins = MockFactory()
        self.taken = False

    def __getattr__(self, name: str) -> Any:
        if self.taken:
            raise PinInvalidPin("GPIO17 is busy")
        return getattr(self._pins, name)

    def on(self, pin: int) -> bool:
        return bool(self._pins.pin(pin).state)

    def times_on(self, pin: int) -> int:
        return sum(bool(state.state) for state in self._pins.pin(pin).states)

    def press(self) -> None:
        self._pins.pin(4).drive_low()
        self._pins.pin(4).drive_high()


@pytest.fixture
def board() -> Iterator[Board]:
    return Board()


@pytest.fixture
def sink(board: Board) -> Iterator[GpioSink]:
    with GpioSink(CONFIG, print, factory=board) as sink:
        yield sink


def lights(board: Board) -> list[bool]:
    return [board.on(pin) for pin in (22, 23, 24, 25)]


def test_the_light_of_the_highest_level_is_on(sink: GpioSink, board: Board) -> None:
    sink.send(alert("tip", Level.INFO))
    wait_until(lambda: lights(board) == [True, False, False, False])
    sink.send(alert("asleep", Level.UNRESPONSIVE))
    wait_until(lambda: lights(board) == [False, False, False, True])
    sink.send(alert("glance", Level.WARNING))
    sink.send(cleared("asleep"))
    wait_until(lambda: lights(board) == [False, True, False, False])
    sink.send(cleared("glance"))
    sink.send(cleared("tip"))
    wait_until(lambda: lights(board) == [False] * 4)


def test_a_warning_buzzes_twice_and_an_info_alert_does_not_shake(sink: GpioSink, board: Board) -> None:
    sink.send(alert("glance", Level.WARNING))
    wait_until(lambda: board.times_on(17) == 2)
    wait_until(lambda: board.times_on(18) == 2)
    time.sleep(0.4)
    assert board.times_on(17) == 2
    sink.send(alert("tip", Level.INFO))
    wait_until(lambda: board.times_on(17) == 3)
    assert board.times_on(18) == 2


def test_a_critical_alert_buzzes_until_it_ends(sink: GpioSink, board: Board) -> None:
    sink.send(alert("microsleep"))
    wait_until(lambda: board.times_on(17) >= 6)
    sink.send(alert("microsleep"))  # told again: the pattern goes on
    sink.send(cleared("microsleep"))
    wait_until(lambda: not board.on(24))
    wait_until(lambda: not board.on(17))
    before = board.times_on(17)
    time.sleep(0.4)
    assert board.times_on(17) == before


def test_the_button_is_the_drivers_answer(board: Board) -> None:
    pressed: list[Ask] = []
    with GpioSink(CONFIG, print, pressed.append, board) as sink:
        sink.send(alert())
        wait_until(lambda: board.on(24))
        board.press()
        wait_until(lambda: pressed == [Ask.ACKNOWLEDGE])


def test_a_button_that_is_held_says_that_the_alert_was_wrong_and_another_asks_for_quiet(board: Board) -> None:
    asked: list[Ask] = []
    config = CONFIG.model_copy(update={"hold_s": 0.5, "quiet_pin": 5})
    with GpioSink(config, print, asked.append, board) as sink:
        sink.send(alert())
        wait_until(lambda: board.on(24))
        board.pin(4).drive_low()
        wait_until(lambda: asked == [Ask.ACKNOWLEDGE, Ask.WRONG])
        board.pin(4).drive_high()
        board.pin(5).drive_low()
        wait_until(lambda: asked == [Ask.ACKNOWLEDGE, Ask.WRONG, Ask.QUIET])


def test_a_device_that_is_on_with_a_low_pin(board: Board) -> None:
    low = GpioConfig(led_critical_pin=24, active_high=False)
    with GpioSink(low, print, factory=board) as sink:
        wait_until(lambda: board.on(24))
        sink.send(alert())
        wait_until(lambda: not board.on(24))


def test_pins_that_somebody_holds_are_asked_for_again_and_show_what_fires_by_then(board: Board) -> None:
    said: list[str] = []
    delivered: list[str] = []
    board.taken = True
    with GpioSink(CONFIG, said.append, factory=board) as sink:
        sink.delivered = lambda each: delivered.append(each.rule)
        sink.send(alert("microsleep"))
        wait_until(lambda: said != [])
        assert "GPIO17 is busy" in said[0]
        assert delivered == []
        board.taken = False
        wait_until(lambda: board.on(24))
        wait_until(lambda: said[1:] == ["gpio: works again"])
        assert delivered == ["microsleep"]


def test_a_board_without_pins_is_told_with_what_to_do() -> None:
    """Here there is neither lgpio nor a board; on a Raspberry Pi there are both, and nothing is said."""
    said: list[str] = []
    with GpioSink(GpioConfig(buzzer_pin=17), said.append):
        time.sleep(0.5)
    assert all("lgpio" in sentence or "pins" in sentence for sentence in said)
    assert len(said) <= 1


def test_without_any_device_nothing_counts_as_delivered(board: Board) -> None:
    delivered: list[str] = []
    with GpioSink(GpioConfig(button_pin=4), print, factory=board) as sink:
        sink.delivered = lambda each: delivered.append(each.rule)
        sink.send(alert())
        time.sleep(0.2)
    assert delivered == []


def test_the_button_of_the_config_reaches_whoever_runs_the_outputs() -> None:
    pressed: list[Ask] = []
    off = {"console": {"enabled": False}, "audio": {"enabled": False}}
    config = AlertsConfig.model_validate({**off, "gpio": {"enabled": True, "pins": "mock", "button_pin": 4}})
    with Dispatcher(config, print, asked=pressed.append) as outputs:
        sink = outputs._sinks["gpio"]
        assert isinstance(sink, GpioSink)
        wait_until(lambda: bool(sink._buttons) and sink._buttons[0].when_pressed is not None)
        sink._factory.pin(4).drive_low()
        wait_until(lambda: pressed == [Ask.ACKNOWLEDGE])
