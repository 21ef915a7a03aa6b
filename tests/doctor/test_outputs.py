"""What the doctor says of CAN, MQTT and pins, and of critical alerts that would reach nobody."""

import socket
from pathlib import Path
from typing import Any

from driver_monitor.config.config import Config
from driver_monitor.doctor import outputs
from driver_monitor.doctor.check import Subject, Verdict
from tests.alerts.adapter import Adapter


def subject(**alerts: dict[str, Any]) -> Subject:
    return Subject(Config.model_validate({"alerts": {"audio": {"enabled": False}, **alerts}}), None)


def test_what_is_off_is_said_to_be_so() -> None:
    plain = subject()
    assert [check(plain).verdict for check in (outputs.can, outputs.mqtt, outputs.gpio)] == [Verdict.OK] * 3
    assert "nothing leaves this device" in outputs.mqtt(plain).finding


def test_mqtt_that_is_on_is_said_whether_or_not_the_broker_answers() -> None:
    with socket.socket() as broker:
        broker.bind(("127.0.0.1", 0))
        on = {"enabled": True, "host": "127.0.0.1", "port": broker.getsockname()[1], "username": "car"}
        silent = outputs.mqtt(subject(mqtt=on))
        assert silent.verdict is Verdict.WARN
        assert "nobody answers there (Connection refused)" in silent.finding
        broker.listen()
        there = outputs.mqtt(subject(mqtt=on))
    assert there.verdict is Verdict.OK
    for check in (silent, there):
        assert check.finding.startswith("ON: alerts and the driver's state leave this device for 127.0.0.1:")
        assert "NOT encrypted, as user car" in check.finding


def test_a_password_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    check = outputs.mqtt(subject(mqtt={"enabled": True, "password_file": str(tmp_path / "none")}))
    assert check.remedy == "correct alerts.mqtt.password_file"


def test_an_adapter_that_is_there_or_not(tmp_path: Path) -> None:
    slcan = {"enabled": True, "interface": "slcan", "channel": str(tmp_path / "port")}
    missing = outputs.can(subject(can=slcan))
    assert (missing.verdict, "is not there" in missing.finding) == (Verdict.WARN, True)
    adapter = Adapter(tmp_path / "port")
    assert outputs.can(subject(can=slcan)).verdict is Verdict.OK
    adapter.close()
    assert outputs.can(subject(can={"enabled": True, "channel": "nocan7"})).verdict is Verdict.WARN
    virtual = outputs.can(subject(can={"enabled": True, "interface": "virtual"}))
    assert "reaches nobody outside" in virtual.finding


def test_pretended_pins_are_called_so() -> None:
    assert "pretended" in outputs.gpio(subject(gpio={"enabled": True, "pins": "mock"})).finding


def test_a_critical_alert_that_would_reach_nobody(tmp_path: Path) -> None:
    only_a_terminal = outputs.critical_alerts(subject())
    assert only_a_terminal.verdict is Verdict.WARN
    assert "A CRITICAL ALERT WOULD REACH ONLY SOMEBODY WHO LOOKS AT A TERMINAL" in only_a_terminal.finding
    nobody = outputs.critical_alerts(subject(console={"enabled": False}, mqtt={"enabled": True}))
    assert "A CRITICAL ALERT WOULD REACH NOBODY: " in nobody.finding
    adapter = Adapter(tmp_path / "port")
    slcan = {"enabled": True, "interface": "slcan", "channel": str(tmp_path / "port")}
    assert outputs.critical_alerts(subject(can=slcan)).verdict is Verdict.OK
    adapter.close()
