"""Alerts over MQTT, by way of a real mosquitto: stopped, frozen, started anew, with a password and with TLS."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from driver_monitor.alerts import mqtt_messages, mqtt_sink
from driver_monitor.alerts.mqtt_sink import MqttSink
from driver_monitor.alerts.status import Status
from driver_monitor.config.mqtt import MqttConfig
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.state.vocabulary import KINDS

from .broker import Broker, Listener
from .make import FAILURE, alert, cleared, wait_until

STATUS = Status(12.0, "ok", "open", "left_mirror", 0.75, 0.9)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path / "broker")
    yield broker
    broker.stop()


@pytest.fixture
def listener(broker: Broker) -> Iterator[Listener]:
    listener = Listener(broker.port)
    yield listener
    listener.close()


@pytest.fixture
def config(broker: Broker) -> MqttConfig:
    return MqttConfig(host="127.0.0.1", port=broker.port, rate_hz=10.0, reconnect_s=1.0, keepalive_s=2)


def test_a_drive_as_a_listener_hears_it(config: MqttConfig, listener: Listener) -> None:
    said: list[str] = []
    with MqttSink(config, said.append) as sink:
        sink.set_status(STATUS)
        wait_until(lambda: any(state["health"] == "ok" for state in listener.states))
        sink.send(alert("microsleep"))
        sink.send(cleared("microsleep"))
        wait_until(lambda: len(listener.alerts) == 2)
    wait_until(lambda: listener.availability[-1:] == ["offline"])
    assert listener.availability == ["online", "offline"]
    assert [(a["event_type"], a["rule"], a["seq"], a["late"]) for a in listener.alerts] == [
        ("critical", "microsleep", 1, False), ("cleared", "microsleep", 2, False)
    ]  # fmt: skip
    known = next(state for state in listener.states if state["health"] == "ok")
    assert known == {
        "t_s": 12.0, "health": "ok", "level": "none", "rule": "none", "eyes": "open", "zone": "left_mirror",
        "awareness": 0.75, "quality": 0.9, "request_safe_stop": False,
    }  # fmt: skip
    assert listener.states[-1] == known | {
        "t_s": None, "health": "off", "eyes": "unknown", "zone": "unknown", "awareness": None, "quality": None
    }  # fmt: skip
    assert said == []


def test_who_comes_later_finds_state_and_availability_but_no_old_alerts(broker: Broker, config: MqttConfig) -> None:
    delivered: list[str] = []
    with MqttSink(config, print) as sink:
        sink.delivered = lambda each: delivered.append(each.rule)
        sink.send(alert("microsleep"))
        wait_until(lambda: delivered == ["microsleep"])
        late = Listener(broker.port)
        wait_until(lambda: bool(late.states and late.availability and late.on(DISCOVERY)))
        assert late.states[0]["rule"] == "microsleep"
        assert all(got.retained for got in late.got[:3])
        time.sleep(0.2)
        assert late.alerts == []
        late.close()


DISCOVERY = "homeassistant/device/driver_monitor/config"


def test_home_assistant_can_make_a_device_of_it(config: MqttConfig, listener: Listener) -> None:
    """Its schema for device discovery, as far as it goes: what must be there, and what may."""
    with MqttSink(config, print):
        wait_until(lambda: listener.on(DISCOVERY) != [])
    told = listener.on(DISCOVERY)[0]
    assert set(told) == {
        "device", "origin", "components", "availability_topic", "payload_available", "payload_not_available",
        "state_topic", "qos",
    }  # fmt: skip
    assert told["device"]["identifiers"] == ["driver_monitor"]
    assert told["origin"]["name"]
    assert (told["availability_topic"], told["payload_available"]) == ("driver_monitor/availability", "online")
    components = told["components"]
    assert len({component["unique_id"] for component in components.values()}) == len(components)
    for name, component in components.items():
        assert component["platform"] in ("sensor", "binary_sensor", "event"), name
        if component["platform"] != "event":
            assert component["expire_after"] >= 10
            assert f"value_json.{name}" in component["value_template"]
    diagnostic = {name for name, component in components.items() if component.get("entity_category") == "diagnostic"}
    assert diagnostic == {"health", "quality"}
    assert set(components["alert"]["event_types"]) >= {"info", "warning", "critical", "unresponsive", "cleared"}
    assert components["level"]["options"][0] == "none"


def test_without_home_assistant_nothing_is_announced(config: MqttConfig, listener: Listener) -> None:
    with MqttSink(config.model_copy(update={"home_assistant": False}), print):
        wait_until(lambda: listener.states != [])
    assert listener.on(DISCOVERY) == []


def test_a_monitor_that_is_killed_is_offline_by_its_last_will(
    broker: Broker, config: MqttConfig, listener: Listener
) -> None:
    program = (
        "import sys, time\n"
        "from driver_monitor.alerts.mqtt_sink import MqttSink\n"
        "from driver_monitor.config.mqtt import MqttConfig\n"
        "sink = MqttSink(MqttConfig.model_validate_json(sys.argv[1]), print)\n"
        "time.sleep(60)\n"
    )
    monitor = subprocess.Popen([sys.executable, "-c", program, config.model_dump_json()])
    wait_until(lambda: listener.availability == ["online"])
    monitor.kill()
    monitor.wait()
    wait_until(lambda: listener.availability == ["online", "offline"])


def test_a_fault_is_told_and_the_last_will_says_offline(config: MqttConfig, listener: Listener) -> None:
    sink = MqttSink(config, print)
    wait_until(lambda: listener.states != [])
    sink.fault(FAILURE)
    sink.close()
    wait_until(lambda: listener.availability == ["online", "offline"])
    assert listener.alerts[-1]["event_type"] == "fault"
    assert FAILURE.detail not in json.dumps(listener.alerts)
    assert listener.states[-1]["health"] == "fault"


def test_a_broker_that_is_stopped_and_started_again(broker: Broker, config: MqttConfig, listener: Listener) -> None:
    said: list[str] = []
    with MqttSink(config, said.append) as sink:
        sink.send(alert("before", Level.INFO))
        wait_until(lambda: len(listener.alerts) == 1)
        broker.stop()
        wait_until(lambda: len(said) == 1)
        for number in range(30):
            sink.send(alert(f"meanwhile {number}", Level.INFO))
        time.sleep(2.2)  # from then on they are late
        assert len(said) == 1
        broker.start()
        listener.forget_connection()
        sink.send(alert("afterwards", Level.INFO))
        wait_until(lambda: any(a["rule"] == "afterwards" for a in listener.alerts))
        wait_until(lambda: len(said) == 2)
    assert "alerts are kept" in said[0]
    assert "is back" in said[1]
    # The listener subscribes anew at its own pace; what it hears is in order, and nothing twice.
    numbers = [a["seq"] for a in listener.alerts]
    assert numbers == sorted(set(numbers))


def test_nothing_is_lost_while_there_is_no_broker(tmp_path: Path) -> None:
    broker = Broker(tmp_path / "broker", "persistence false")
    listener_first = MqttConfig(host="127.0.0.1", port=broker.port, reconnect_s=1.0)
    broker.stop()
    said: list[str] = []
    with MqttSink(listener_first, said.append) as sink:
        wait_until(lambda: len(said) == 1)
        for number in range(200):
            sink.send(alert(f"rule {number}", Level.INFO))
        delivered: list[str] = []
        sink.delivered = lambda each: delivered.append(each.rule)
        broker.start()
        wait_until(lambda: len(delivered) == 200)
    assert delivered == [f"rule {number}" for number in range(200)]
    broker.stop()


def test_a_broker_that_hangs_holds_up_nobody_and_gets_everything_afterwards(
    broker: Broker, config: MqttConfig, listener: Listener
) -> None:
    with MqttSink(config, lambda _: None) as sink:
        wait_until(lambda: listener.states != [])
        broker.freeze()
        slowest_s = 0.0
        for number in range(500):
            began_s = time.monotonic()
            sink.send(alert(f"rule {number}", Level.INFO))
            slowest_s = max(slowest_s, time.monotonic() - began_s)
        assert slowest_s < 0.1
        time.sleep(1.0)
        broker.thaw()
        wait_until(lambda: {a["seq"] for a in listener.alerts} == set(range(1, 501)), 30)


def test_a_process_that_hangs_or_dies_holds_up_nobody(config: MqttConfig, listener: Listener) -> None:
    said: list[str] = []
    with MqttSink(config, said.append) as sink:
        wait_until(lambda: listener.states != [])
        os.kill(sink.pid, signal.SIGSTOP)
        began_s = time.monotonic()
        for number in range(2000):  # more than the pipe holds
            sink.send(alert(f"rule {number}", Level.INFO))
        assert time.monotonic() - began_s < 0.5
        os.kill(sink.pid, signal.SIGKILL)
        wait_until(lambda: said != [])
        assert "has ended" in said[0]
        sink.send(alert())
        assert len(said) == 1


def test_a_password_is_read_from_its_file_and_a_wrong_one_is_told_without_it(tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    folder.mkdir()
    passwords = folder / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "car", "pssst!"], check=True)
    passwords.chmod(0o644)
    broker = Broker(folder, f"password_file {passwords}", anonymous=False)
    listener = Listener(broker.port, user=("car", "pssst!"))
    secret = tmp_path / "secret"
    secret.write_text("wrong-one\n")
    config = MqttConfig(host="127.0.0.1", port=broker.port, username="car", password_file=str(secret), reconnect_s=1.0)
    said: list[str] = []
    with MqttSink(config, said.append):
        wait_until(lambda: said != [])
        assert "the broker refuses" in said[0]
        assert "wrong-one" not in said[0]
    secret.write_text("pssst!\n")
    with MqttSink(config, said.append) as sink:
        wait_until(lambda: listener.availability == ["online"])
        for file in ("cmdline", "environ"):
            assert b"pssst!" not in Path(f"/proc/{sink.pid}/{file}").read_bytes()
    assert len(said) == 1
    listener.close()
    broker.stop()


def test_a_password_file_that_is_not_there_is_told(config: MqttConfig, tmp_path: Path) -> None:
    said: list[str] = []
    wrong = config.model_copy(update={"username": "car", "password_file": str(tmp_path / "nothing")})
    with MqttSink(wrong, said.append):
        wait_until(lambda: said != [])
    assert "No such file" in said[0]
    assert "correct alerts.mqtt" in said[0]


def openssl(*arguments: str, folder: Path) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def certificates(folder: Path, name: str) -> None:
    """An authority, and a certificate for localhost from it."""
    folder.mkdir()
    new = ("req", "-newkey", "rsa:2048", "-nodes", "-subj")
    openssl(*new, "/CN=our own", "-x509", "-days", "2", "-keyout", "ca.key", "-out", "ca.crt", folder=folder)
    openssl(*new, f"/CN={name}", "-keyout", "broker.key", "-out", "broker.csr", folder=folder)
    (folder / "names").write_text(f"subjectAltName=DNS:{name}\n")
    openssl(
        "x509", "-req", "-in", "broker.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
        "-extfile", "names", "-out", "broker.crt", folder=folder,
    )  # fmt: skip


def test_tls_is_used_and_a_broker_without_a_good_certificate_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    certificates(folder, "localhost")
    broker = Broker(folder, f"certfile {folder}/broker.crt", f"keyfile {folder}/broker.key")
    config = MqttConfig(host="localhost", port=broker.port, tls=True, reconnect_s=1.0)
    said: list[str] = []
    with MqttSink(config, said.append):  # the system's authorities know nothing of ours
        wait_until(lambda: said != [])
    assert "CERTIFICATE_VERIFY_FAILED" in said[0]
    listener = Listener(broker.port, ca_file=folder / "ca.crt")
    with MqttSink(config.model_copy(update={"ca_file": str(folder / "ca.crt")}), said.append) as sink:
        sink.send(alert())
        wait_until(lambda: listener.alerts != [])
    assert len(said) == 1
    listener.close()
    broker.stop()


def test_the_monitor_is_sealed_and_only_the_process_for_mqtt_reaches_the_broker(
    config: MqttConfig, listener: Listener
) -> None:
    program = (
        "import socket, sys, time\n"
        "from driver_monitor.alerts.mqtt_sink import MqttSink\n"
        "from driver_monitor.config.mqtt import MqttConfig\n"
        "from driver_monitor.privacy import seal_monitor\n"
        "config = MqttConfig.model_validate_json(sys.argv[1])\n"
        "with MqttSink(config, print):\n"
        "    seal_monitor(required=True, report=print)\n"
        "    try:\n"
        "        socket.create_connection(('127.0.0.1', config.port))\n"
        "    except PermissionError:\n"
        "        print('refused', flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    monitor = subprocess.Popen(
        [sys.executable, "-c", program, config.model_dump_json()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: listener.availability == ["online"])
    said, _ = monitor.communicate("\n", timeout=20)
    assert said == "refused\n"
    wait_until(lambda: listener.availability == ["online", "offline"])


def test_where_the_seal_allows_can_it_allows_nothing_else() -> None:
    program = (
        "import errno, socket\n"
        "from driver_monitor.privacy import seal_monitor\n"
        "seal_monitor(required=True, report=print, families={29})\n"
        "for family in (1, 29, 2, 10, 17, 0, 28, 30, 40, 45):\n"
        "    try:\n"
        "        socket.socket(family, socket.SOCK_RAW if family == 29 else socket.SOCK_DGRAM).close()\n"
        "    except OSError as error:\n"
        "        print(family, errno.errorcode[error.errno])\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    refused = {line.split()[0] for line in said.stdout.splitlines() if line.endswith("EACCES")}
    assert refused == {"2", "10", "17", "0", "28", "30", "40", "45"}


def resting_on(signal_name: str, level: Level = Level.WARNING) -> Alert:
    evidence: dict[str, Any] = {"terms": [{"signal": signal_name, "op": ">=", "threshold": 0.5, "value": 0.7}]}
    return Alert(3.0, f"by {signal_name}", level, AlertState.FIRING, f"because of {signal_name}", (), evidence)


@pytest.mark.parametrize(
    "signal_name", ["stress.stressed", "smile", "brow_down", "mean(stress.angry, 30)", "jaw_open", "mouth_frown"]
)
def test_what_rests_on_a_face_s_expression_or_on_stress_is_never_named(
    signal_name: str, config: MqttConfig, listener: Listener
) -> None:
    with MqttSink(config, print) as sink:
        sink.send(resting_on(signal_name))
        sink.send(replace(resting_on(signal_name), state=AlertState.CLEARED))
        sink.send(resting_on(signal_name, Level.CRITICAL))
        wait_until(lambda: listener.alerts != [])
        sink.send(alert("last"))
        wait_until(lambda: any(a["rule"] == "last" for a in listener.alerts))
    told = json.dumps([got.payload for got in listener.got])
    assert signal_name not in told
    assert "because of" not in told
    assert [(a["rule"], a["level"]) for a in listener.alerts] == [("other", 3), ("last", 3)]


def test_a_new_signal_does_not_leave_by_itself(
    config: MqttConfig, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "heart_rate_bpm", float)
    assert not mqtt_messages.leaves(resting_on("heart_rate_bpm"))
    assert not mqtt_messages.leaves(resting_on("max(heart_rate_bpm, 30)"))
    assert mqtt_messages.leaves(resting_on("eyes_closed_s"))
    # The state is made field by field of a class with these, and no more.
    assert {field.name for field in fields(Status)} == {
        "t_s", "health", "eyes", "zone", "awareness", "quality", "firing"
    }  # fmt: skip
    with MqttSink(config, print) as sink:
        sink.set_status(STATUS)
        sink.send(alert())
        wait_until(lambda: bool(listener.alerts))
    assert {key for state in listener.states for key in state} == {
        "t_s", "health", "level", "rule", "eyes", "zone", "awareness", "quality", "request_safe_stop"
    }  # fmt: skip
    assert {key for told in listener.alerts for key in told} == {
        "event_type", "seq", "late", "t_s", "rule", "level", "state", "news", "message"
    }  # fmt: skip


def test_a_monitor_that_ceased_to_judge_is_stalled(
    config: MqttConfig, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt_sink, "STALL_S", 0.3)
    with MqttSink(config, print) as sink:
        sink.set_status(STATUS)
        wait_until(lambda: any(state["health"] == "stalled" for state in listener.states))
    stalled = next(state for state in listener.states if state["health"] == "stalled")
    assert (stalled["eyes"], stalled["awareness"]) == ("unknown", None)


def test_a_host_that_there_is_not_is_told() -> None:
    said: list[str] = []
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with MqttSink(MqttConfig(host="127.0.0.1", port=nobody.getsockname()[1]), said.append):
            wait_until(lambda: said != [])
    assert "Connection refused" in said[0]
