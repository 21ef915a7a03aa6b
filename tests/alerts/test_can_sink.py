"""Alerts on a CAN bus: python-can's virtual bus, and an slcan adapter on a pseudo-terminal that is not its own."""

import socket
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import can
import pytest

from driver_monitor.alerts import can_sink
from driver_monitor.alerts.can_sink import CanSink
from driver_monitor.alerts.status import Status
from driver_monitor.config.can import CanConfig
from driver_monitor.state.alert import Level

from .adapter import Adapter
from .bus import Decoded, database, decoded
from .make import FAILURE, alert, cleared, wait_until

KNOWN = database()
STATUS = Status(12.0, "ok", "open", "road", 1.0, 0.9)


class Node:
    """Another node on python-can's virtual bus."""

    def __init__(self, channel: str) -> None:
        self._bus = can.Bus(interface="virtual", channel=channel)
        self.frames: list[can.Message] = []

    def told(self) -> list[Decoded]:
        while (message := self._bus.recv(0)) is not None:
            self.frames.append(message)
        return decoded([(frame.arbitration_id, bytes(frame.data)) for frame in self.frames], KNOWN)

    def of(self, name: str) -> list[dict[str, object]]:
        return [values for message, values in self.told() if message == name]

    def close(self) -> None:
        self._bus.shutdown()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    node = Node(str(tmp_path))
    yield node
    node.close()


@pytest.fixture
def virtual(tmp_path: Path) -> CanConfig:
    return CanConfig(interface="virtual", channel=str(tmp_path), rate_hz=50.0)


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "ttyACM0"


@pytest.fixture
def slcan(link: Path) -> CanConfig:
    return CanConfig(interface="slcan", channel=str(link), settle_s=0.0, reconnect_s=0.1, rate_hz=50.0)


@pytest.fixture
def adapter(link: Path) -> Iterator[Adapter]:
    adapter = Adapter(link)
    yield adapter
    adapter.close()


def alerts_of(adapter: Adapter) -> list[dict[str, object]]:
    told = decoded([(sent.number, sent.data) for sent in list(adapter.frames)], KNOWN)
    return [values for name, values in told if name == "DM_Alert"]


def test_a_drive_told_frame_by_frame(virtual: CanConfig, node: Node) -> None:
    said: list[str] = []
    with CanSink(virtual, said.append) as sink:
        wait_until(lambda: node.of("DM_State") != [])
        assert node.of("DM_State")[0]["Health"] == "starting"
        sink.set_status(STATUS)
        sink.send(alert("microsleep"))
        sink.send(alert("unresponsive", Level.UNRESPONSIVE))
        wait_until(lambda: node.of("DM_State")[-1]["RequestSafeStop"] == "requested")
        assert node.of("DM_State")[-1]["Level"] == "unresponsive"
        sink.send(cleared("unresponsive", Level.UNRESPONSIVE))
        wait_until(lambda: node.of("DM_State")[-1]["Level"] == "critical")
        last = node.of("DM_State")[-1]
        assert (last["RequestSafeStop"], last["Eyes"], last["RuleId"]) == ("no", "open", "microsleep")
    told = [(values["RuleId"], values["Firing"], values["Sequence"]) for values in node.of("DM_Alert")]
    assert told == [("microsleep", "firing", 0), ("unresponsive", "firing", 1), ("unresponsive", "cleared", 2)]
    assert node.of("DM_State")[-1]["Health"] == "off"
    counters = [int(str(values["AliveCounter"])) for values in node.of("DM_State")]
    assert all((after - before) % 16 == 1 for before, after in pairwise(counters))
    assert said == []


def test_the_state_comes_at_its_rate_while_nothing_happens(virtual: CanConfig, node: Node) -> None:
    with CanSink(virtual.model_copy(update={"rate_hz": 20.0}), lambda _: None):
        wait_until(lambda: node.of("DM_State") != [])
        time.sleep(1.0)
        assert len(node.of("DM_State")) == pytest.approx(21, abs=3)


def test_a_monitor_that_ceased_to_judge_is_stalled_and_knows_nothing(
    virtual: CanConfig, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(can_sink, "STALL_S", 0.2)
    with CanSink(virtual, lambda _: None) as sink:
        sink.set_status(STATUS)
        wait_until(lambda: any(values["Health"] == "ok" for values in node.of("DM_State")))
        wait_until(lambda: node.of("DM_State")[-1]["Health"] == "stalled")
    assert next(v for v in node.of("DM_State") if v["Health"] == "stalled")["Eyes"] == "unknown"


def test_a_burst_waits_for_its_turn_and_none_is_lost(virtual: CanConfig, node: Node) -> None:
    config = virtual.model_copy(update={"most_per_s": 500.0})
    with CanSink(config, lambda _: None) as sink:
        wait_until(lambda: node.of("DM_State") != [])
        began_s = time.monotonic()
        for number in range(300):
            sink.send(alert(f"rule {number}", Level.INFO))
        wait_until(lambda: len(node.of("DM_Alert")) == 300)
        assert time.monotonic() - began_s > 0.5
    assert [values["Sequence"] for values in node.of("DM_Alert")] == list(range(300))


def test_no_stop_is_asked_for_where_the_config_does_not_want_it(virtual: CanConfig, node: Node) -> None:
    with CanSink(virtual.model_copy(update={"stop_request": False}), lambda _: None) as sink:
        sink.send(alert("unresponsive", Level.UNRESPONSIVE))
        wait_until(lambda: any(values["Level"] == "unresponsive" for values in node.of("DM_State")))
    assert {values["RequestSafeStop"] for values in node.of("DM_State")} == {"no"}


def test_after_a_fault_the_bus_is_silent(virtual: CanConfig, node: Node) -> None:
    sink = CanSink(virtual, lambda _: None)
    wait_until(lambda: node.of("DM_State") != [])
    sink.fault(FAILURE)
    wait_until(lambda: node.of("DM_State")[-1]["Health"] == "fault")
    sink.close()
    time.sleep(0.1)
    assert node.of("DM_State")[-1]["Health"] == "fault"


def test_an_slcan_adapter_gets_the_bit_rate_and_j1939_ids(slcan: CanConfig, adapter: Adapter) -> None:
    config = slcan.model_copy(update={"bitrate": 250000, "j1939_address": 0x21})
    with CanSink(config, lambda _: None) as sink:
        sink.send(alert())
        wait_until(lambda: {sent.number for sent in adapter.frames} == {0x18FFD021, 0x18FFD121})
    assert adapter.bitrates == ["S5"]
    assert all(sent.extended for sent in adapter.frames)


def test_no_adapter_at_first_is_said_once_and_nothing_is_lost(slcan: CanConfig, link: Path) -> None:
    said: list[str] = []
    with CanSink(slcan, said.append) as sink:
        wait_until(lambda: len(said) == 1)
        assert "does not exist" in said[0]
        assert "alerts.can.channel" in said[0]
        for number in range(20):
            sink.send(alert(f"rule {number}", Level.INFO))
        time.sleep(0.3)
        assert len(said) == 1
        adapter = Adapter(link)
        wait_until(lambda: len(alerts_of(adapter)) == 20 and len(said) == 2)
    assert [(values["Sequence"], values["Late"]) for values in alerts_of(adapter)] == [(n, "late") for n in range(20)]
    assert "is back" in said[1]
    adapter.close()


def test_pulled_out_in_the_middle_of_an_alert_and_plugged_in_again(slcan: CanConfig, adapter: Adapter) -> None:
    said: list[str] = []
    with CanSink(slcan, said.append) as sink:
        sink.send(alert("microsleep"))
        wait_until(lambda: len(alerts_of(adapter)) == 1)
        time.sleep(0.4)  # beyond any doubt that it has arrived
        adapter.pull_out()
        wait_until(lambda: len(said) == 1)
        sink.send(cleared("microsleep"))
        adapter.plug_in()
        wait_until(lambda: len(said) == 2)
        wait_until(lambda: len(alerts_of(adapter)) == 2)
    assert [(v["Firing"], v["Late"]) for v in alerts_of(adapter)] == [("firing", "now"), ("cleared", "late")]


@pytest.mark.parametrize("trouble", ["reset", "bus_off"])
def test_an_adapter_that_refuses_frames_is_opened_again_and_what_it_refused_is_sent_again(
    trouble: str, slcan: CanConfig, adapter: Adapter
) -> None:
    said: list[str] = []
    with CanSink(slcan, said.append) as sink:
        wait_until(lambda: adapter.frames != [])
        if trouble == "reset":
            adapter.reset()
        else:
            adapter.bus_off = True
        sink.send(alert("microsleep"))
        wait_until(lambda: said != [])
        assert "refuses frames" in said[0]
        adapter.bus_off = False
        wait_until(lambda: alerts_of(adapter) != [])
        wait_until(lambda: len(said) == 2)
    assert {values["Sequence"] for values in alerts_of(adapter)} == {0}


def test_an_adapter_that_hangs_holds_up_nobody_and_loses_nothing(slcan: CanConfig, adapter: Adapter) -> None:
    said: list[str] = []
    with CanSink(slcan.model_copy(update={"most_per_s": 4000.0}), said.append) as sink:
        wait_until(lambda: adapter.frames != [])
        adapter.hung = True
        slowest_s = 0.0
        for number in range(1000):
            began_s = time.monotonic()
            sink.send(alert(f"rule {number}", Level.INFO))
            slowest_s = max(slowest_s, time.monotonic() - began_s)
        assert slowest_s < 0.1
        wait_until(lambda: said != [])
        adapter.hung = False
        wait_until(lambda: {values["Sequence"] for values in alerts_of(adapter)} == set(range(1000)))
        wait_until(lambda: len(said) == 2)


def test_a_critical_alert_counts_as_delivered_only_once_the_adapter_has_not_refused_it(
    slcan: CanConfig, adapter: Adapter
) -> None:
    delivered: list[str] = []
    with CanSink(slcan, lambda _: None) as sink:
        sink.delivered = lambda each: delivered.append(each.rule)
        wait_until(lambda: adapter.frames != [])
        adapter.bus_off = True
        sink.send(alert("microsleep"))
        time.sleep(0.5)
        assert delivered == []
        adapter.bus_off = False
        wait_until(lambda: "microsleep" in delivered)


def test_socketcan_says_plainly_what_is_missing(tmp_path: Path) -> None:
    """A kernel without CAN, or one without the interface; where there is a vcan0, the test below sends over it."""
    said: list[str] = []
    with CanSink(CanConfig(channel="nocan7"), said.append):
        wait_until(lambda: said != [])
    expected = "there is no interface nocan7" if has_af_can() else "this kernel has no CAN (no AF_CAN)"
    assert expected in said[0]
    assert len(said) == 1


def has_af_can() -> bool:
    try:
        socket.socket(29, socket.SOCK_RAW, 1).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not Path("/sys/class/net/vcan0").exists(), reason="this kernel has no vcan0")
def test_over_the_kernels_own_virtual_bus() -> None:
    with can.Bus(interface="socketcan", channel="vcan0") as bus, CanSink(CanConfig(channel="vcan0"), print) as sink:
        sink.send(alert("microsleep"))
        numbers: set[int] = set()
        until_s = time.monotonic() + 5
        while numbers != {0x5D0, 0x5D1} and time.monotonic() < until_s:
            message = bus.recv(0.1)
            numbers |= {message.arbitration_id} if message is not None else set()
        assert numbers == {0x5D0, 0x5D1}
