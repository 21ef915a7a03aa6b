"""Each alert reaches the outputs its rule names, and none else."""

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver_monitor.alerts.console import AlertConsole
from driver_monitor.alerts.dispatch import Dispatcher
from driver_monitor.alerts.failure import Failure
from driver_monitor.alerts.protocol import Heartbeat, Kind
from driver_monitor.alerts.sink import AlertSink, SinkError
from driver_monitor.alerts.tones import Tone
from driver_monitor.camera.errors import CameraError
from driver_monitor.classifiers.model import ModelError
from driver_monitor.config.alerts import AlertsConfig, AudioConfig, ConsoleConfig, SerialConfig
from driver_monitor.config.messages import MessagesConfig
from driver_monitor.errors import UsageError
from driver_monitor.face.errors import TrackerError
from driver_monitor.recording.errors import RecordingError
from driver_monitor.state.alert import Alert, Level

from .make import alert, cleared, wait_until
from .receiver import Receiver
from .speaker import DEVICE, Speaker


class Notebook(AlertSink):
    """An output that writes down what it is told."""

    def __init__(self, name: str, close_error: Exception | None = None, close_s: float = 0.0) -> None:
        self.name = name
        self.rules: list[str] = []
        self.failures: list[Failure] = []
        self.answers = 0
        self.deaf = False
        self.closed = False
        self._close_error = close_error
        self._close_s = close_s

    def send(self, alert: Alert) -> None:
        self.rules.append(alert.rule)

    def acknowledge(self) -> None:
        self.answers += 1

    def fault(self, failure: Failure) -> None:
        self.failures.append(failure)
        if self.deaf:
            raise ZeroDivisionError("deaf")

    def close(self) -> None:
        time.sleep(self._close_s)
        self.closed = True
        if self._close_error is not None:
            raise self._close_error


NOTHING = AlertsConfig(
    console=ConsoleConfig(enabled=False), audio=AudioConfig(enabled=False), serial=SerialConfig(enabled=False)
)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    receiver = Receiver(tmp_path / "ttyUSB0")
    yield receiver
    receiver.close()


def test_all_three_outputs_at_once(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    config = AlertsConfig(
        audio=AudioConfig(backend="aplay", device=DEVICE),
        serial=SerialConfig(enabled=True, port=str(tmp_path / "ttyUSB0"), heartbeat_s=0.1),
    )
    speaker = Speaker(tmp_path, config.audio)
    speaker.plug_in()
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(speaker.config_path))
    said, terminal = list[str](), io.StringIO()
    with Dispatcher(config, said.append, AlertConsole(file=terminal)) as dispatcher:
        assert dispatcher.outputs == ("console", "audio", "serial")
        dispatcher.health("tracked")
        dispatcher.send(alert("yawn", Level.INFO, outputs=("console",)))
        dispatcher.send(alert("long_glance", Level.WARNING, outputs=("audio", "console")))
        dispatcher.send(alert("microsleep", outputs=("serial",)))
        dispatcher.send(cleared("microsleep"))
        wait_until(lambda: Heartbeat(0, 0, "tracked") in receiver.heartbeats)
        wait_until(lambda: speaker.tones() == [Tone.WARNING])
    printed = terminal.getvalue()
    assert [rule in printed for rule in ("yawn", "long_glance", "microsleep")] == [True, True, True]
    assert printed.count("CRITICAL") == 0  # only its clearing was addressed to the console
    assert receiver.transitions(Kind.ALERT) == [("microsleep", "firing"), ("microsleep", "cleared")]
    assert said == []


def test_an_output_that_is_switched_off_is_passed_over() -> None:
    book = Notebook("book")
    with Dispatcher(NOTHING, lambda _: None, more={"book": book}) as dispatcher:
        assert dispatcher.outputs == ("book",)
        dispatcher.send(alert("a", outputs=("audio", "serial", "book")))
        dispatcher.send(alert("b", outputs=("audio",)))
        dispatcher.send(alert("c", outputs=("book", "book")))
    assert book.rules == ["a", "c"]


def test_with_every_output_off_nothing_breaks() -> None:
    with Dispatcher(NOTHING, lambda _: None) as dispatcher:
        dispatcher.send(alert())
        dispatcher.health("tracked")


def test_all_are_closed_even_if_one_fails() -> None:
    said: list[str] = []
    books = {"a": Notebook("a"), "b": Notebook("b", SinkError("stuck")), "c": Notebook("c", OSError("gone"))}
    dispatcher = Dispatcher(NOTHING, said.append, more=books)
    dispatcher.close()
    dispatcher.close()
    assert all(book.closed for book in books.values())
    assert said == ["b: could not be closed properly: stuck", "c: could not be closed properly: gone"]


def test_slow_outputs_are_closed_at_the_same_time() -> None:
    books = {str(number): Notebook(str(number), close_s=0.4) for number in range(4)}
    started_s = time.monotonic()
    Dispatcher(NOTHING, lambda _: None, more=books).close()
    assert time.monotonic() - started_s < 1.0


def test_with_no_sound_card_and_no_serial_port_the_console_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = tmp_path / "asound.conf"
    nowhere.write_text("pcm.null { type null }\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", os.fspath(nowhere))
    config = AlertsConfig(
        audio=AudioConfig(backend="aplay", device=DEVICE),
        serial=SerialConfig(enabled=True, port=str(tmp_path / "ttyUSB0")),
    )
    said, terminal = list[str](), io.StringIO()
    with Dispatcher(config, said.append, AlertConsole(file=terminal)) as dispatcher:
        dispatcher.send(alert())
        wait_until(lambda: len(said) == 2)
    assert "microsleep" in terminal.getvalue()
    assert sorted(sentence.split(":")[0] for sentence in said) == ["serial", "serial", "sound"]


def test_every_output_hears_of_a_fault_once_whatever_rules_name() -> None:
    said, told = list[str](), list[Failure]()
    books = {"a": Notebook("a"), "b": Notebook("b"), "c": Notebook("c")}
    books["b"].deaf = True
    german = MessagesConfig(language="de")
    error = TrackerError("the vision worker died")

    def run() -> None:
        with Dispatcher(NOTHING, said.append, more=books, messages=german, fault_told=told.append) as dispatcher:
            dispatcher.end_by(error, 12.0)
            raise error

    with pytest.raises(TrackerError):
        run()
    [failure] = told
    assert (failure.reason, failure.t_s, failure.detail) == ("tracker", 12.0, "the vision worker died")
    assert failure.message == german.text("monitor_stopped")
    assert all(book.failures == [failure] for book in books.values())
    assert all(book.closed for book in books.values())
    assert said == ["b: could not tell of the fault: deaf"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (CameraError("given up"), "camera"),
        (ModelError("damaged"), "model"),
        (RecordingError("no such folder"), "recording"),
        (UsageError("out of range"), "setup"),
        (OSError(28, "No space left on device"), "system"),
        (MemoryError(), "system"),
        (ZeroDivisionError("division by zero"), "defect"),
        (SystemExit(1), "defect"),
        (KeyboardInterrupt(), None),
        (SystemExit(0), None),
    ],
)
def test_what_ends_a_run_is_a_fault_with_its_reason_unless_somebody_told_it_to(
    error: BaseException, reason: str | None
) -> None:
    book = Notebook("book")
    with pytest.raises(type(error)), Dispatcher(NOTHING, lambda _: None, more={"book": book}):
        raise error
    assert [failure.reason for failure in book.failures] == ([reason] if reason else [])
    assert all(failure.detail and "\n" not in failure.detail for failure in book.failures)
    assert book.closed


def test_an_output_that_died_of_a_mistake_of_ours_ends_the_run_by_a_fault_on_the_others() -> None:
    books = {"a": Notebook("a"), "b": Notebook("b")}

    def run() -> None:
        with Dispatcher(NOTHING, lambda _: None, more=books) as dispatcher:
            dispatcher.health("tracked")
            books["a"].defect = ZeroDivisionError("ours")
            dispatcher.health("tracked")

    with pytest.raises(ZeroDivisionError):
        run()
    assert [failure.detail for failure in books["b"].failures] == ["ZeroDivisionError: ours"]


def test_the_driver_s_answer_reaches_every_output() -> None:
    books = {"one": Notebook("one"), "two": Notebook("two")}
    with Dispatcher(NOTHING, lambda _: None, more=books) as dispatcher:
        dispatcher.acknowledge()
    assert [book.answers for book in books.values()] == [1, 1]
