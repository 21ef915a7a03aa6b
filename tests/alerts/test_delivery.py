"""A critical alert that reaches nobody is said louder than anything else, once, until one gets out again."""

import io
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from driver_monitor.alerts import delivery
from driver_monitor.alerts.console import AlertConsole
from driver_monitor.alerts.delivery import DELIVERY_S, Deliveries
from driver_monitor.alerts.dispatch import Dispatcher
from driver_monitor.config.alerts import AlertsConfig, AudioConfig, ConsoleConfig, SerialConfig
from driver_monitor.state.alert import Level

from .make import alert, cleared, wait_until
from .receiver import Receiver


@dataclass
class Told:
    alarms: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)

    def deliveries(self) -> Deliveries:
        return Deliveries(self.alarms.append, self.reports.append)


def test_what_came_out_in_time_is_no_news() -> None:
    told = Told()
    watch = told.deliveries()
    watch.sent(alert(), ["serial", "can"], 0.0)
    watch.came_out(alert())
    watch.check(DELIVERY_S)
    assert (told.alarms, watch.undelivered) == ([], "")


def test_an_alert_that_nobody_got_is_an_alarm_once_and_until_the_next_gets_out() -> None:
    told = Told()
    watch = told.deliveries()
    watch.sent(alert("microsleep"), ["serial", "can"], 0.0)
    watch.check(DELIVERY_S - 0.1)
    assert told.alarms == []
    watch.check(DELIVERY_S)
    assert "CRITICAL ALERT NOT DELIVERED: microsleep reached nobody (given to serial, can)" in told.alarms[0]
    watch.sent(cleared("microsleep"), ["serial", "can"], 4.0)
    watch.sent(alert("sleep"), ["serial"], 5.0)
    watch.check(5.0 + DELIVERY_S)
    assert len(told.alarms) == 1
    assert watch.undelivered == "sleep"
    watch.came_out(alert("sleep"))
    assert (watch.undelivered, told.reports) == ("", ["critical alerts get out again: sleep"])


def test_one_that_is_for_no_output_that_is_on_is_an_alarm_at_once() -> None:
    told = Told()
    watch = told.deliveries()
    watch.sent(alert(), [], 0.0)
    watch.check(0.0)
    assert "no output that it is for is on" in told.alarms[0]


def test_lesser_alerts_and_those_that_end_in_time_are_not_followed() -> None:
    told = Told()
    watch = told.deliveries()
    watch.sent(alert("glance", Level.WARNING), ["serial"], 0.0)
    watch.sent(alert("microsleep"), ["serial"], 0.0)
    watch.sent(cleared("microsleep"), ["serial"], 1.0)
    watch.check(100.0)
    assert told.alarms == []


def test_through_the_real_outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal output that goes into a file has reached nobody; a serial line has."""
    monkeypatch.setattr(delivery, "DELIVERY_S", 0.3)
    config = AlertsConfig(
        console=ConsoleConfig(enabled=True),
        audio=AudioConfig(enabled=False),
        serial=SerialConfig(enabled=True, port=str(tmp_path / "ttyUSB0"), reconnect_s=0.1),
    )
    told = Told()
    file = AlertConsole(file=io.StringIO())
    with Dispatcher(config, told.reports.append, file, alarm=told.alarms.append) as dispatcher:
        dispatcher.send(alert("microsleep"))

        def frame() -> bool:
            dispatcher.health("ok")
            return told.alarms != []

        wait_until(frame)
        assert dispatcher.standing == ("CRITICAL ALERT NOT DELIVERED: microsleep",)
        receiver = Receiver(tmp_path / "ttyUSB0")
        wait_until(lambda: dispatcher.standing == ())
        receiver.close()
    assert len(told.alarms) == 1


def test_a_terminal_counts() -> None:
    told = Told()
    config = AlertsConfig(audio=AudioConfig(enabled=False))
    screen = AlertConsole(file=io.StringIO(), force_terminal=True)
    with Dispatcher(config, told.reports.append, screen, alarm=told.alarms.append) as dispatcher:
        dispatcher.send(alert())
        wait_until(lambda: not dispatcher._deliveries._waiting)
    assert told.alarms == []
