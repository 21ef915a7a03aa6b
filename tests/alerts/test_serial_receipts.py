"""A receiver that acknowledges critical alerts, one that ceases to, and what else may come back over the line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from driver_monitor.alerts import receipts
from driver_monitor.alerts.protocol import Body, Heartbeat, Kind, Line, Transition
from driver_monitor.alerts.receipts import TRIES
from driver_monitor.alerts.serial_sink import SerialSink
from driver_monitor.config.alerts import SerialConfig
from driver_monitor.state.alert import Alert, AlertState, Level

from .make import alert, cleared, wait_until
from .receiver import Receiver


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    receiver = Receiver(tmp_path / "ttyUSB0")
    yield receiver
    receiver.close()


@pytest.fixture
def config(tmp_path: Path) -> SerialConfig:
    return SerialConfig(port=str(tmp_path / "ttyUSB0"), heartbeat_s=0.3, reconnect_s=0.1, write_timeout_s=0.1)


class Rig:
    def __init__(self, config: SerialConfig, receiver: Receiver) -> None:
        self.receiver = receiver
        self.said: list[str] = []
        self.delivered: list[Alert] = []
        self.sink = SerialSink(config, self.said.append)
        self.sink.delivered = self.delivered.append
        wait_until(lambda: receiver.heartbeats != [])

    def told(self) -> list[Line]:
        return [one for one in list(self.receiver.lines) if isinstance(one.body, Transition)]

    def bodies(self) -> list[Body]:
        return [one.body for one in self.told()]


@pytest.fixture
def rig(config: SerialConfig, receiver: Receiver) -> Iterator[Rig]:
    rig = Rig(config, receiver)
    yield rig
    rig.sink.close()


@pytest.fixture
def strict(config: SerialConfig, receiver: Receiver) -> Iterator[Rig]:
    rig = Rig(config.model_copy(update={"ack": True}), receiver)
    yield rig
    rig.sink.close()


def beats(rig: Rig, count: int) -> None:
    before = len(rig.receiver.heartbeats)
    wait_until(lambda: len(rig.receiver.heartbeats) >= before + count)


def test_a_receiver_that_never_answers_is_fine(rig: Rig) -> None:
    rig.sink.send(alert())
    wait_until(lambda: rig.delivered == [alert()])
    beats(rig, 5)
    assert rig.receiver.transitions(Kind.ALERT) == [("microsleep", "firing")]
    assert (rig.receiver.transitions(Kind.ACTIVE), rig.said) == ([], [])


def test_what_is_acknowledged_is_delivered_and_not_sent_again(strict: Rig) -> None:
    strict.sink.send(alert())
    wait_until(lambda: len(strict.told()) == 1)
    assert strict.delivered == []
    strict.receiver.answer(b"ACK,%d\r\n" % strict.told()[0].seq)
    wait_until(lambda: strict.delivered == [alert()])
    beats(strict, 3)
    assert len(strict.told()) == 1


def test_what_is_not_acknowledged_is_sent_four_times_then_it_is_said_once(strict: Rig) -> None:
    strict.sink.send(alert())
    wait_until(lambda: strict.said != [])
    beats(strict, 2)
    kinds = [body.kind for body in strict.bodies() if isinstance(body, Transition)]
    assert kinds == [Kind.ALERT, *[Kind.ACTIVE] * (TRIES - 1)]
    assert strict.delivered == []
    assert len(strict.said) == 1
    assert "does not acknowledge" in strict.said[0]
    strict.receiver.answer(b"ACK,%d\n" % strict.told()[-1].seq)
    wait_until(lambda: strict.delivered == [alert()])
    assert "acknowledges again" in strict.said[1]
    assert strict.receiver.missing() == 0


def test_the_first_answer_turns_it_on(rig: Rig) -> None:
    rig.sink.send(alert())
    wait_until(lambda: len(rig.told()) == 1)
    rig.receiver.answer(b"ACK,%d\n" % rig.told()[0].seq)
    beats(rig, 2)
    rig.sink.send(cleared())
    rig.sink.send(alert())
    wait_until(lambda: "ACTIVE" in [body.kind for body in rig.bodies() if isinstance(body, Transition)])


def test_an_alert_that_has_ended_and_lesser_ones_need_no_answer(strict: Rig) -> None:
    strict.sink.send(alert("yawn", Level.INFO))
    strict.sink.send(alert())
    strict.sink.send(cleared())
    wait_until(lambda: len(strict.delivered) == 2)
    beats(strict, 4)
    assert strict.receiver.transitions(Kind.ACTIVE) == []
    assert [one.state for one in strict.delivered] == [AlertState.FIRING, AlertState.CLEARED]
    assert strict.said == []


@pytest.mark.parametrize(
    "noise",
    [b"ACK,\n", b"ACK,-1\n", b"ACK,99999999999\n", b"ack,%d\n", b"ACK,%d", b"xACK,%d\n", b"A" * 5000 + b"\n", b"\0\n"],
)
def test_noise_acknowledges_nothing(strict: Rig, noise: bytes) -> None:
    strict.sink.send(alert())
    wait_until(lambda: len(strict.told()) == 1)
    strict.receiver.answer(noise.replace(b"%d", b"%d" % strict.told()[0].seq))
    wait_until(lambda: len(strict.told()) == 2)
    assert strict.delivered == []


def test_an_answer_may_come_in_halves(strict: Rig) -> None:
    strict.sink.send(alert())
    wait_until(lambda: len(strict.told()) == 1)
    answer = b"ACK,%d\r\n" % strict.told()[0].seq
    for byte in answer:
        strict.receiver.answer(bytes([byte]))
    wait_until(lambda: strict.delivered == [alert()])


def test_a_wrong_baud_rate_shows_by_what_comes_back(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.receiver.answer(b"\xf8\x00\xe0\x1c\xff\x80\x1e\x06")  # a boot loader's, at its own speed
    beats(rig, 2)
    assert rig.said == []
    monkeypatch.setattr(receipts, "BOOT_S", 0.0)
    for _ in range(3):
        rig.receiver.answer(b"\xf8\x00\xe0\x1c\xff\x80\x1e\x06")
        beats(rig, 1)
    wait_until(lambda: rig.said != [])
    assert len(rig.said) == 1
    assert "115200 Bd (alerts.serial.baud)" in rig.said[0]


def test_after_a_replug_whoever_is_there_must_answer_anew(strict: Rig) -> None:
    strict.sink.send(alert())
    wait_until(lambda: len(strict.told()) == 1)
    strict.receiver.answer(b"ACK,%d\n" % strict.told()[0].seq)
    wait_until(lambda: len(strict.delivered) == 1)
    strict.receiver.pull_out()
    wait_until(lambda: strict.said != [])
    strict.receiver.plug_in()
    wait_until(lambda: len(strict.receiver.transitions(Kind.ACTIVE)) >= 2)
    assert len(strict.delivered) == 1
    assert isinstance(strict.receiver.heartbeats[-1], Heartbeat)
