"""How a live run ends: told to, or by a fault that every output tells of."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from driver_monitor.alerts.failure import Failure
from driver_monitor.alerts.protocol import Bye, Fault, Hello
from driver_monitor.camera.errors import CameraError
from driver_monitor.config.errors import ConfigError
from driver_monitor.config.flags import Flag
from driver_monitor.config.loader import Loaded, load
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.face.errors import TrackerError
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.live import LiveRun, Ride, reloaded
from driver_monitor.monitor import Moment
from driver_monitor.recording.event import Content, Control
from driver_monitor.recording.info import inspect
from driver_monitor.recording.open import open_drive
from tests.alerts.make import wait_until
from tests.alerts.receiver import Receiver
from tests.cli.product import attentive


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return attentive(tmp_path_factory.mktemp("film") / "film.mp4", seconds=20)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    receiver = Receiver(tmp_path / "ttyUSB0")
    yield receiver
    receiver.close()


@pytest.fixture
def configured(tmp_path: Path, receiver: Receiver, film: Path) -> Callable[..., Loaded]:
    """A config whose only output is the receiver, with some lines of YAML more."""

    def write(lines: str = "", *flags: Flag) -> Loaded:
        path = tmp_path / "car.yaml"
        path.write_text(
            f"alerts: {{console: {{enabled: false}}, audio: {{enabled: false}}, serial: {{enabled: true, "
            f"port: {tmp_path}/ttyUSB0, heartbeat_s: 0.2}}}}\n" + (lines or f"camera: {{source: {film}}}\n")
        )
        return load(path, *flags)

    return write


def ignore(moment: Moment) -> None:
    """A spectator who says nothing."""


def test_a_reload_names_every_section_that_waits_for_a_restart_however_often_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "car.yaml"

    def told(lines: str, last_read: Loaded) -> tuple[str, Loaded]:
        file.write_text(lines)
        return reloaded(loaded := load(file), last_read=last_read.config, started=started.config), loaded

    file.write_text("camera: {fps: 20}\n")
    started = load(file)
    done = f"the rules were reloaded from {file}"
    late = "; changes in camera, recording take effect at the next start"
    moved = "camera: {fps: 25}\nrecording: {keep_days: 7}\n"
    said, read = told(moved, started)
    assert said == f"{done}; they are as before{late}"
    said, read = told(f"{moved}rules: {{drowsy: {{cooldown: 60}}}}\n", read)
    assert said == f"{done}{late}"
    said, read = told(f"{moved}rules: {{drowsy: {{cooldown: 60}}}}\n", read)
    assert said == f"{done}; they are as before{late}"
    said, _ = told("camera: {fps: 20}\nmessages: {language: de}\n", read)
    assert said == done


def fault_of(loaded: Loaded, receiver: Receiver, kind: type[BaseException], **options: Any) -> Failure:
    """The fault by which a run ends that raises ``kind``; the receiver has heard the same, and no goodbye."""
    told: list[Failure] = []
    with pytest.raises(kind):
        LiveRun(loaded).run(moment_seen=options.pop("moment_seen", ignore), fault_told=told.append, **options)
    [failure] = told
    fault = Fault(failure.reason, failure.message)
    wait_until(lambda: fault in receiver.bodies)
    assert isinstance(receiver.bodies[0], Hello)
    assert receiver.bodies[-1] == fault
    assert Bye() not in receiver.bodies
    return failure


def test_a_defect_in_the_loop_is_a_fault_and_the_recording_says_so(
    configured: Callable[..., Loaded], receiver: Receiver, film: Path, tmp_path: Path
) -> None:
    def defective(moment: Moment) -> None:
        if moment.state.t_s > 0.5:
            raise ZeroDivisionError("ours")

    config = configured(f"camera: {{source: {film}}}\nrecording: {{dir: {tmp_path}/drives}}\n")
    failure = fault_of(config, receiver, ZeroDivisionError, moment_seen=defective)
    assert (failure.reason, failure.detail) == ("defect", "ZeroDivisionError: ours")
    assert failure.t_s == pytest.approx(0.6, abs=0.5)
    [drive] = (tmp_path / "drives").iterdir()
    [control] = [event for event in open_drive(drive).events(Content.CONTROLS) if isinstance(event, Control)]
    assert (control.control, control.text) == ("fault", "defect: ZeroDivisionError: ours")
    [note] = inspect(open_drive(drive)).notes
    assert note.startswith("the run ended by a fault at ")
    assert control.t_s == pytest.approx(failure.t_s)


def test_an_output_whose_thread_dies_is_a_fault_on_the_others(
    configured: Callable[..., Loaded], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = configured("", Flag("--console", "alerts.console.enabled", True))

    def defective(sink: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("driver_monitor.alerts.console.ConsoleSink._run", defective)
    assert fault_of(loaded, receiver, ZeroDivisionError).reason == "defect"


def test_the_start_says_which_channels_are_on_and_that_no_sound_is_kept(
    configured: Callable[..., Loaded], film: Path
) -> None:
    on = "channels: {voice: {enabled: true, device: none of that name}, micro_expression: {enabled: true}}"
    for lines, expected in (
        (on, ["channels on: voice, micro expression", "listening to how the driver sounds; no sound is kept"]),
        ("channels: {pulse: {enabled: true}}", ["channels on: pulse"]),
        ("", []),
    ):
        said: list[str] = []
        loaded = configured(f"camera: {{source: {film}}}\n{lines}\n")
        LiveRun(loaded).run(moment_seen=ignore, for_s=0.2, say=said.append)
        assert [sentence for sentence in said if sentence.startswith(("channels", "listening"))] == expected


@pytest.mark.parametrize(
    ("lines", "kind", "reason"),
    [
        ("face: {model: /nothing/face_landmarker.task}", UsageError, "setup"),
        ("classifiers: {models_dir: /nothing}", DriverMonitorError, "model"),
        ("recording: {dir: /proc/nothing}", DriverMonitorError, "recording"),
        ("camera: {source: picamera2}", CameraError, "camera"),
        ("camera: {source: /dev/null}", CameraError, "camera"),
    ],
)
def test_what_cannot_be_started_is_a_fault_once_the_outputs_are_open(
    configured: Callable[..., Loaded],
    receiver: Receiver,
    film: Path,
    lines: str,
    kind: type[BaseException],
    reason: str,
) -> None:
    source = "" if "camera" in lines else f"camera: {{source: {film}}}\n"
    failure = fault_of(configured(f"{source}{lines}\n"), receiver, kind)
    assert failure.reason == reason
    assert failure.t_s is None


def test_an_error_while_everything_is_closed_is_a_fault_too(
    configured: Callable[..., Loaded], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = VisionWorker.close

    def defective(worker: VisionWorker) -> None:
        close(worker)
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(VisionWorker, "close", defective)
    assert fault_of(configured(""), receiver, ZeroDivisionError, for_s=0.2).reason == "defect"


def test_a_worker_that_cannot_be_started_is_a_fault(
    configured: Callable[..., Loaded], receiver: Receiver, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    failure = fault_of(configured(f"camera: {{source: {film}}}\nface: {{restarts: 1}}\n"), receiver, TrackerError)
    assert failure.reason == "tracker"
    assert "used up its 1 restart " in failure.detail


@pytest.mark.parametrize("source", ["nothing.mp4", "webcam", "smb://host/x"])
def test_a_wrong_name_is_refused_before_anything_is_said_on_the_bus(
    configured: Callable[..., Loaded], receiver: Receiver, source: str
) -> None:
    with pytest.raises((CameraError, ConfigError, UsageError)):
        LiveRun(configured(f"camera: {{source: '{source}'}}\n")).run(moment_seen=ignore)
    time.sleep(0.2)
    assert receiver.bodies == []


@pytest.mark.parametrize("how", ["stop", "interrupt", "for_s"])
def test_a_run_that_is_told_to_end_says_goodbye(
    configured: Callable[..., Loaded], receiver: Receiver, how: str
) -> None:
    live = LiveRun(configured(""))
    told: list[Failure] = []

    def ending(moment: Moment) -> None:
        if how == "stop":
            live.stop()
        if how == "interrupt":
            raise KeyboardInterrupt

    def run() -> Ride:
        return live.run(moment_seen=ending, fault_told=told.append, for_s=0.3)

    if how == "interrupt":
        with pytest.raises(KeyboardInterrupt):
            run()
    else:
        assert run().frames >= 1
    wait_until(lambda: Bye() in receiver.bodies)
    assert told == []
    assert not any(isinstance(body, Fault) for body in receiver.bodies)
