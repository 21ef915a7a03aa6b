"""Alerts over a real pseudo-terminal to a receiver that believes nothing it cannot check."""

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from driver_monitor import __version__
from driver_monitor.alerts import serial_sink
from driver_monitor.alerts.protocol import Bye, Fault, Heartbeat, Kind, Request, StopRequest, Transition
from driver_monitor.alerts.serial_sink import SerialSink
from driver_monitor.config.alerts import SerialConfig
from driver_monitor.state.alert import AlertState, Level

from .make import FAILURE, ODD, alert, cleared, wait_until
from .receiver import Receiver

FAULT = Fault(FAILURE.reason, FAILURE.message)


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "ttyUSB0"


@pytest.fixture
def config(link: Path) -> SerialConfig:
    return SerialConfig(enabled=True, port=str(link), heartbeat_s=0.1, reconnect_s=0.1, write_timeout_s=0.1)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def receiver(link: Path) -> Iterator[Receiver]:
    receiver = Receiver(link)
    yield receiver
    receiver.close()


@pytest.fixture
def sink(config: SerialConfig, receiver: Receiver, said: list[str]) -> Iterator[SerialSink]:
    with SerialSink(config, said.append) as sink:
        wait_until(lambda: len(receiver.lines) >= 2)
        yield sink


def slowest(call: Callable[[], None], times: int) -> float:
    slowest_s = 0.0
    for _ in range(times):
        started_s = time.monotonic()
        call()
        slowest_s = max(slowest_s, time.monotonic() - started_s)
    return slowest_s


def test_a_drive_told_line_by_line(sink: SerialSink, receiver: Receiver, said: list[str]) -> None:
    sink.set_health("tracked")
    sink.send(alert())
    sink.send(cleared())
    wait_until(lambda: len(receiver.transitions(Kind.ALERT)) == 2)
    wait_until(lambda: receiver.heartbeats[-1] == Heartbeat(0, 0, "tracked"))
    sink.close()
    wait_until(lambda: receiver.bodies[-1] == Bye())
    hello, first_beat = receiver.bodies[:2]
    assert hello == receiver.hellos[0]
    assert (receiver.hellos[0].heartbeat_ms, receiver.hellos[0].version) == (100, __version__)
    assert first_beat == Heartbeat(0, 0, "starting")
    told = [body for body in receiver.bodies if isinstance(body, Transition)]
    assert told == [
        Transition(
            Kind.ALERT,
            AlertState.FIRING,
            Level.CRITICAL,
            "microsleep",
            12340,
            "eyes_closed_s=1.62;face_quality=0.93",
            told[0].message,
        ),
        Transition(
            Kind.ALERT,
            AlertState.CLEARED,
            Level.CRITICAL,
            "microsleep",
            15000,
            "eyes_closed_s=1.62;face_quality=0.93",
            told[1].message,
        ),
    ]
    assert told[0].message == "Eyes closed: wake up"
    assert (receiver.missing(), receiver.damaged, said) == (0, [], [])


def test_heartbeats_come_in_time_while_nothing_happens(sink: SerialSink, receiver: Receiver) -> None:
    before = len(receiver.heartbeats)
    time.sleep(1.5)
    assert len(receiver.heartbeats) - before == pytest.approx(15, abs=2)
    uptimes = [line.uptime_ms for line in receiver.lines if isinstance(line.body, Heartbeat)]
    assert max(later - earlier for earlier, later in pairwise(uptimes)) < 250


def test_heartbeats_say_the_highest_level_and_how_many_fire(sink: SerialSink, receiver: Receiver) -> None:
    sink.send(alert("long_glance", Level.WARNING))
    sink.send(alert("yawn", Level.INFO))
    sink.send(alert("microsleep"))
    wait_until(lambda: receiver.heartbeats[-1] == Heartbeat(3, 3, "starting"))
    sink.send(cleared("microsleep"))
    wait_until(lambda: receiver.heartbeats[-1] == Heartbeat(2, 2, "starting"))


def test_a_receiver_switched_on_late_learns_what_fires_within_ten_heartbeats(
    sink: SerialSink, receiver: Receiver
) -> None:
    sink.send(alert("microsleep"))
    sink.send(alert("yawn", Level.INFO))
    wait_until(lambda: len(receiver.transitions(Kind.ACTIVE)) >= 4)
    assert receiver.transitions(Kind.ACTIVE)[:2] == [("microsleep", "firing"), ("yawn", "firing")]
    reminders = [n for n, b in enumerate(receiver.bodies) if isinstance(b, Transition) and b.kind is Kind.ACTIVE]
    beats_between = sum(isinstance(b, Heartbeat) for b in receiver.bodies[reminders[1] : reminders[2]])
    assert beats_between == 10


def test_a_monitor_that_ceased_to_judge_is_called_stalled_while_the_heart_beats_on(
    sink: SerialSink, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_sink, "STALL_S", 0.3)
    sink.set_health("tracked")
    wait_until(lambda: receiver.heartbeats[-1].health == "tracked")
    wait_until(lambda: receiver.heartbeats[-1].health == "stalled")
    sink.set_health("low_light")
    wait_until(lambda: receiver.heartbeats[-1].health == "low_light")


def test_a_start_that_takes_long_is_not_a_stall(
    sink: SerialSink, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_sink, "STALL_S", 0.1)
    time.sleep(0.5)
    assert {beat.health for beat in receiver.heartbeats} == {"starting"}


def test_pulled_out_and_plugged_in_again(sink: SerialSink, receiver: Receiver, said: list[str]) -> None:
    sink.send(alert("microsleep"))
    wait_until(lambda: receiver.transitions(Kind.ALERT) == [("microsleep", "firing")])
    receiver.pull_out()
    wait_until(lambda: len(said) == 1)
    sink.send(alert("long_glance", Level.WARNING))
    sink.send(cleared("microsleep"))
    sink.send(alert("unresponsive"))
    time.sleep(0.5)  # several attempts to open it again
    assert len(said) == 1
    heard_before = len(receiver.lines)
    receiver.plug_in()
    wait_until(lambda: len(receiver.transitions(Kind.LATE)) == 3)
    after = receiver.bodies[heard_before:]
    assert after[0] == receiver.hellos[1]
    assert receiver.hellos[1].active == 2
    assert [(b.kind, b.rule) for b in after[1:3] if isinstance(b, Transition)] == [
        (Kind.ACTIVE, "unresponsive"),
        (Kind.ACTIVE, "long_glance"),
    ]
    assert after[3] == Heartbeat(3, 2, "starting")
    assert receiver.transitions(Kind.LATE) == [
        ("long_glance", "firing"),
        ("microsleep", "cleared"),
        ("unresponsive", "firing"),
    ]
    assert "plug it in again" in said[0]
    assert f"{len(said)}: {said[1]}".startswith("2: serial: ")
    assert "is back; 3 alerts" in said[1]
    assert receiver.damaged == []


def test_no_port_at_first_is_said_once_and_nothing_is_lost(config: SerialConfig, link: Path, said: list[str]) -> None:
    with SerialSink(config, said.append) as sink:
        wait_until(lambda: len(said) == 1)
        assert "does not exist" in said[0]
        assert "alerts.serial.port" in said[0]
        for number in range(20):
            sink.send(alert(f"rule {number}", Level.INFO))
        receiver = Receiver(link)
        wait_until(lambda: len(receiver.transitions(Kind.LATE)) == 20)
    assert [rule for rule, _ in receiver.transitions(Kind.LATE)] == [f"rule {number}" for number in range(20)]
    assert (receiver.missing(), receiver.damaged, len(said)) == (0, [], 2)
    receiver.close()


def test_a_receiver_that_ceases_to_read_never_blocks_the_sender(
    config: SerialConfig, link: Path, said: list[str]
) -> None:
    receiver = Receiver(link, reading=False)
    total = 1000
    with SerialSink(config, said.append) as sink:
        numbers = iter(range(total))
        slowest_s = slowest(lambda: sink.send(alert(f"rule {next(numbers)}", message="x" * 90)), total)
        assert slowest_s < 0.1
        wait_until(lambda: said != [])
        assert "takes no more data" in said[0]
        time.sleep(0.5)
        assert len(said) == 1
        receiver.start_reading()
        heard: set[str] = set()

        def all_heard() -> bool:
            heard.update(rule for kind in (Kind.ALERT, Kind.LATE) for rule, _ in receiver.transitions(kind))
            return len(heard) == total

        wait_until(all_heard, 30)
        assert len(said) == 2
    assert len(receiver.damaged) <= receiver.missing()  # what was cut by the stop is known to be missing
    receiver.close()


def test_closing_a_stuck_port_takes_half_a_second_at_most(config: SerialConfig, link: Path, said: list[str]) -> None:
    receiver = Receiver(link, reading=False)
    sink = SerialSink(config, said.append)
    for number in range(1000):
        sink.send(alert(f"rule {number}"))
    wait_until(lambda: said != [])
    started_s = time.monotonic()
    sink.close()
    assert time.monotonic() - started_s < 0.8
    wait_until(lambda: len(said) == 2)
    assert "not delivered" in said[1]
    receiver.close()


def test_an_outage_longer_than_memory_is_counted_and_leaves_a_gap(
    config: SerialConfig, link: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_sink, "LATE_LIMIT", 10)
    receiver = Receiver(link)
    with SerialSink(config, said.append) as sink:
        wait_until(lambda: len(receiver.heartbeats) >= 1)
        receiver.pull_out()
        wait_until(lambda: said != [])
        for number in range(25):
            sink.send(alert(f"rule {number}"))
        time.sleep(0.05)
        receiver.plug_in()
        wait_until(lambda: len(receiver.transitions(Kind.LATE)) == 10)
        assert receiver.hellos[-1].active == 25
        assert "15 older ones are lost" in said[1]
        # missing too: a line that found the port gone, and one that was in the cable, if any
        assert receiver.missing() in (15, 16, 17)
    receiver.close()


def test_the_sequence_wraps_round_without_a_gap(sink: SerialSink, receiver: Receiver) -> None:
    sink._seq = 65530
    before = len(receiver.lines)
    for number in range(20):
        sink.send(alert(f"rule {number}"))
    wait_until(lambda: len(receiver.transitions(Kind.ALERT)) == 20)
    numbers = [line.seq for line in receiver.lines[before + 1 :]]
    assert 0 in numbers
    assert all((later - earlier) & 0xFFFF == 1 for earlier, later in pairwise(numbers))


def test_alerts_right_before_closing_are_delivered(config: SerialConfig, receiver: Receiver, said: list[str]) -> None:
    with SerialSink(config, said.append) as sink:
        for number in range(50):
            sink.send(alert(f"rule {number}"))
    wait_until(lambda: len(receiver.bodies) > 0 and receiver.bodies[-1] == Bye())
    assert len(receiver.transitions(Kind.ALERT)) + len(receiver.transitions(Kind.LATE)) == 50
    assert (receiver.missing(), said) == (0, [])


def test_odd_alerts_arrive_as_whole_lines(sink: SerialSink, receiver: Receiver) -> None:
    for odd in ODD:
        sink.send(odd)
    wait_until(lambda: len(receiver.transitions(Kind.ALERT)) == len(ODD))
    times = [body.media_ms for body in receiver.bodies if isinstance(body, Transition) and body.kind is Kind.ALERT]
    assert times == [None, None, None, 15000]
    assert (receiver.missing(), receiver.damaged) == (0, [])


def requests(receiver: Receiver) -> list[StopRequest]:
    return [body for body in receiver.bodies if isinstance(body, StopRequest)]


def test_nobody_answers_so_the_car_is_asked_to_stop_until_somebody_does(sink: SerialSink, receiver: Receiver) -> None:
    sink.send(alert("unresponsive", Level.UNRESPONSIVE))
    wait_until(lambda: len(requests(receiver)) >= 4)
    asked = StopRequest(Request.REQUESTED, "unresponsive", 12340)
    assert set(requests(receiver)) == {asked}
    first = receiver.bodies.index(asked)
    before = receiver.bodies[first - 1]
    assert isinstance(before, Transition)
    assert before.level is Level.UNRESPONSIVE
    heartbeats = [n for n, body in enumerate(receiver.bodies) if isinstance(body, Heartbeat) and n > first]
    assert all(receiver.bodies[n - 1] == asked for n in heartbeats)
    sink.send(cleared("unresponsive", Level.UNRESPONSIVE))
    withdrawn = StopRequest(Request.WITHDRAWN, "unresponsive", 12340)
    wait_until(lambda: withdrawn in receiver.bodies)
    wait_until(lambda: receiver.bodies[-1] == Heartbeat(0, 0, "starting"))
    assert requests(receiver)[-1] == withdrawn
    assert (receiver.missing(), receiver.damaged) == (0, [])


def test_an_escalation_to_unresponsive_asks_too_and_critical_does_not(sink: SerialSink, receiver: Receiver) -> None:
    sink.send(alert("glance", Level.CRITICAL))
    wait_until(lambda: Heartbeat(3, 1, "starting") in receiver.heartbeats)
    assert requests(receiver) == []
    sink.send(alert("glance", Level.UNRESPONSIVE))
    wait_until(lambda: Heartbeat(4, 1, "starting") in receiver.heartbeats)
    assert requests(receiver) != []


def test_a_receiver_plugged_in_later_hears_of_the_request_that_is_in_force(
    sink: SerialSink, receiver: Receiver, said: list[str]
) -> None:
    receiver.pull_out()
    wait_until(lambda: said != [])
    sink.send(alert("unresponsive", Level.UNRESPONSIVE))
    time.sleep(0.05)
    receiver.plug_in()
    wait_until(lambda: requests(receiver) != [])
    after_hello = receiver.bodies[receiver.bodies.index(receiver.hellos[-1]) + 1 :]
    assert isinstance(after_hello[0], Transition)
    assert after_hello[0].kind is Kind.ACTIVE


def test_a_car_that_must_not_be_asked_is_not(config: SerialConfig, receiver: Receiver, said: list[str]) -> None:
    with SerialSink(config.model_copy(update={"stop_request": False}), said.append) as sink:
        sink.send(alert("unresponsive", Level.UNRESPONSIVE))
        wait_until(lambda: Heartbeat(4, 1, "starting") in receiver.heartbeats)
    assert requests(receiver) == []


def test_after_a_fault_nothing_comes_not_even_a_heartbeat(sink: SerialSink, receiver: Receiver) -> None:
    sink.set_health("tracked")
    sink.send(alert())
    sink.fault(FAILURE)
    wait_until(lambda: FAULT in receiver.bodies)
    assert receiver.transitions(Kind.ALERT) == [("microsleep", "firing")]
    time.sleep(0.5)  # five heartbeats: what else is to be closed takes its time
    sink.close()
    time.sleep(0.1)
    assert receiver.bodies[-1] == FAULT
    assert receiver.bodies.count(FAULT) == 1
    assert receiver.missing() == 0


def test_a_port_that_was_lost_hears_of_a_fault_when_it_is_back(
    sink: SerialSink, receiver: Receiver, config: SerialConfig
) -> None:
    receiver.pull_out()
    sink.send(alert())
    time.sleep(0.15)
    receiver.plug_in()
    sink.fault(FAILURE)
    sink.close()
    wait_until(lambda: FAULT in receiver.bodies)
    assert receiver.bodies[-1] == FAULT
    assert ("microsleep", "firing") in receiver.transitions(Kind.ACTIVE)


def test_a_receiver_of_the_protocol_before_faults_finds_the_sender_dead(sink: SerialSink, receiver: Receiver) -> None:
    """It skips a type it does not know, as a receiver must, and is left with silence instead of a goodbye."""
    sink.fault(FAILURE)
    sink.close()
    wait_until(lambda: FAULT in receiver.bodies)
    time.sleep(3.5 * 0.1)
    known = [body for body in receiver.bodies if not isinstance(body, Fault)]
    assert isinstance(known[-1], Heartbeat)
    assert Bye() not in known
