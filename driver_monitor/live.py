"""A live run: camera in, alerts out, until it is told to stop."""

import logging
import math
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console

from driver_monitor.alerts.dispatch import Dispatcher
from driver_monitor.alerts.failure import Failure
from driver_monitor.alerts.status import Status
from driver_monitor.assets import face_model
from driver_monitor.baseline.keeper import BaselineKeeper
from driver_monitor.camera.frame import Frame
from driver_monitor.camera.open import open_source
from driver_monitor.camera.source import FrameSource
from driver_monitor.can_bus import socket_families
from driver_monitor.channel_tally import ChannelTally
from driver_monitor.channels.senses import SenseSource, open_senses, wants_skin
from driver_monitor.config.camera_address import parse
from driver_monitor.config.config import Config
from driver_monitor.config.errors import ConfigError
from driver_monitor.config.loader import Loaded
from driver_monitor.control.health import Health
from driver_monitor.control.requests import Requests
from driver_monitor.control.server import ControlServer
from driver_monitor.face.body.models import body_models
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.floor.hole import warn_of_holes
from driver_monitor.ignition import Ignition
from driver_monitor.latency import Latency
from driver_monitor.monitor import Moment, Monitor
from driver_monitor.pipeline import Pipeline
from driver_monitor.privacy import seal_monitor
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.recorder import Recorder
from driver_monitor.signals.normal import Normal
from driver_monitor.state.alert import AlertState
from driver_monitor.state.request import Ask, Request
from driver_monitor.state.zone import UNKNOWN
from driver_monitor.tally import Tally
from driver_monitor.vehicle.inputs import InputSource, plausible
from driver_monitor.vehicle.open import open_speed
from driver_monitor.vehicle.open_inputs import open_inputs
from driver_monitor.vehicle.source import SpeedSource

logger = logging.getLogger(__name__)

# What a running monitor takes over on SIGHUP; the other sections are bound to devices and processes.
RELOADED = ("rules", "attention", "messages")
HEALTH_EVERY_S: Final = 1.0  # media time, how often the local socket tells of the monitor's own health anew
SLOWEST_SHARE: Final = 0.99  # of the frames: the latency that it tells


@dataclass(slots=True)
class Ride:
    """What a run amounted to; where the ignition ended a drive on the way, ``tally``, ``duration_s`` and ``recorded``
    are of the last drive. ``frames`` counts those with an image: a lost camera gives moments without one."""

    frames: int = 0
    alerts: int = 0
    dropped: int = 0
    bad: int = 0  # frames that came and could not be used
    duration_s: float = 0.0
    restarts: int = 0
    recorded: Path | None = None
    latency: Latency = field(default_factory=Latency)
    tally: Tally = field(default_factory=Tally)
    channels: ChannelTally = field(default_factory=ChannelTally)


class LiveRun:
    """Owns the devices of one run. :meth:`stop` and :meth:`ask` suit a signal handler."""

    def __init__(
        self,
        loaded: Loaded,
        *,
        sealed: bool = False,
        said: Callable[[str], None] = logger.info,
    ) -> None:
        """``sealed`` cuts the whole process off from every network, for good, unless the camera is on one.

        ``said`` hears what went as it should.
        """
        self._loaded = loaded
        self._config = config = loaded.config
        self._last_read = config
        self._said = said
        self._sealed = sealed and parse(config.camera.source).kind != "network"
        self._stop = threading.Event()
        self._requests = Requests(said)
        self._server: ControlServer | None = None
        self._health, self._health_from_s = Health(), -math.inf
        self._source: FrameSource | None = None
        self._recorder: Recorder | None = None
        self._outputs: Dispatcher | None = None
        self._status: Status | None = None
        self.watching = False  # frames come; before that, start-up may block in a download or a device

    def stop(self) -> None:
        self._stop.set()
        if self._source is not None:
            self._source.stop()

    def ask(self, ask: Ask, who: str = "") -> None:
        """What somebody wants of the run; it counts in the next frame."""
        self._requests.put(Request(ask, who))

    @property
    def standing(self) -> tuple[str, ...]:
        """What the status must not keep quiet about, whatever else it shows; from any thread."""
        quiet = ("QUIET",) if self._requests.quiet else ()
        return quiet if self._outputs is None else (*self._outputs.standing, *quiet)

    def run(
        self,
        *,
        moment_seen: Callable[[Moment], None],
        for_s: float | None = None,
        fault_told: Callable[[Failure], None] = lambda _: None,
        say: Callable[[str], None] = logger.info,
        console: Console | None = None,
    ) -> Ride:
        """Run until stopped, until ``for_s`` seconds of media time are over, or until a file used as camera ends.

        Raises a DriverMonitorError where the run cannot start or cannot go on. A mistake in what was asked for, a file
        that is not there among them, is raised before anything is opened. From then on the outputs are the first to
        be opened and the last to be closed: whatever ends the run, other than being told to, they say that the monitor
        has stopped by a fault, and ``fault_told`` hears of it. A camera that is not there is waited for.

        ``say`` gets a sentence for each step of the start; ``console`` is where alerts are printed.
        """
        ride = Ride()
        config = self._config
        keeper = BaselineKeeper(config)
        speed = open_speed(config.vehicle.speed)
        inputs = open_inputs(config.vehicle, acknowledged=partial(self._button, Ask.ACKNOWLEDGE))
        source = self._source = open_source(config.camera, live=True, required=False)
        with ExitStack() as stack:
            stack.enter_context(self._requests)
            self._serve(stack, say)
            outputs = stack.enter_context(
                Dispatcher(
                    config.alerts, logger.warning, console, messages=config.messages, fault_told=fault_told,
                    alarm=logger.critical, asked=self._button,
                )
            )  # fmt: skip
            self._outputs = outputs
            if config.alerts.mqtt.enabled:
                mqtt = config.alerts.mqtt
                logger.warning(
                    "MQTT is on: alerts and the driver's state leave this device for %s:%d", mqtt.host, mqtt.port
                )
            say(f"alerts go to: {', '.join(outputs.outputs) or 'nowhere'}; Ctrl-C ends the run")
            stack.enter_context(keeper)
            stack.enter_context(speed)
            stack.enter_context(inputs)
            stack.enter_context(source)
            try:
                self._watch(
                    stack, source, speed, inputs, outputs=outputs, keeper=keeper, ride=ride, moment_seen=moment_seen,
                    for_s=for_s, say=say,
                )  # fmt: skip
            except BaseException as error:
                # Said at once: what else is to be closed may take its time.
                failure = outputs.end_by(error, ride.duration_s if ride.tally.frames else None)
                if failure is not None and self._server is not None:
                    self._server.fault(failure)
                if failure is not None and self._recorder is not None:
                    self._recorder.control(ride.duration_s, "fault", text=f"{failure.reason}: {failure.detail}")
                raise
        return ride

    def _serve(self, stack: ExitStack, say: Callable[[str], None]) -> None:
        """Before anything else is opened: a second monitor in the same car must not get as far as its devices."""
        if self._config.control.enabled:
            self._server = stack.enter_context(ControlServer(self._config.control, self._requests.put))
            say(f"programs of this machine may look at {self._server.path}")

    def _button(self, ask: Ask) -> None:
        self.ask(ask, "the button")

    def _watch(
        self,
        stack: ExitStack,
        source: FrameSource,
        speed: SpeedSource,
        inputs: InputSource,
        *,
        outputs: Dispatcher,
        keeper: BaselineKeeper,
        ride: Ride,
        moment_seen: Callable[[Moment], None],
        for_s: float | None,
        say: Callable[[str], None],
    ) -> None:
        config = self._config
        tracker, senses = self._workers(stack, outputs.socket_families | speed.socket_families, say)
        began_s, known = 0.0, keeper.load()
        pipeline = Pipeline(config, tracker, speed, senses=senses, inputs=inputs, baseline=known)
        ride.latency = pipeline.latency
        say("starting the face tracker")
        # A camera or file starts to count once the tracker can see: what happens before is nobody's lapse.
        while not tracker.ready(0.1):
            if self._stop.is_set():
                return
        self._record(stack, config, known, ride)
        if ride.recorded:
            say(f"recording ({config.recording.level}) into {ride.recorded}")
        opened, ignition = False, Ignition(config.vehicle.ignition_off_s)
        for frame in source:
            self.watching = True
            if self._stop.is_set() or (for_s is not None and frame.t_s >= for_s):
                break
            if not opened and frame.image is not None:
                opened = True
                say(f"camera {source.name}: {source.mode or _mode(source, frame)}")
            was_over = ignition.over
            kmh = speed.speed(frame.t_s)
            ignition.update(frame.t_s, plausible(inputs.read(frame.t_s), kmh), kmh)
            if ignition.over:
                if not was_over:
                    say("the ignition is off: the drive is over, and the next begins when it is on again")
                    self._end_drive(pipeline.monitor, ride.duration_s)
                self._rest()
                continue
            if was_over:
                say("the ignition is on: a new drive begins")
                began_s, known = frame.t_s, keeper.load()
                ride.tally, ride.channels = Tally(), ChannelTally()
                config = config.model_copy(update={name: getattr(self._last_read, name) for name in RELOADED})
                pipeline = Pipeline(
                    config, tracker, speed, senses=senses, inputs=inputs, baseline=known, began_s=began_s
                )
                self._record(stack, config, known, ride, required=False)
            self._obey(pipeline.monitor, frame.t_s - began_s)
            moment = self._step(pipeline, frame, ride, restarts=tracker.restarts)
            self._tell(moment, frame.t_s, ride)
            moment_seen(moment)
            keeper.tend(frame.t_s, pipeline.monitor.learned)

    def _workers(
        self, stack: ExitStack, families: frozenset[int], say: Callable[[str], None]
    ) -> tuple[VisionWorker, SenseSource]:
        """What looks and what listens; in between, the last moment at which anything may be fetched."""
        config = self._config
        model = face_model(config.face.model, progress=True)
        body = body_models(config.channels.body, progress=True)
        senses = stack.enter_context(open_senses(config))
        if config.channels.on:
            say(f"channels on: {', '.join(config.channels.on).replace('_', ' ')}")
        if config.channels.voice.enabled:
            say("listening to how the driver sounds; no sound is kept")
        if self._sealed:
            if config.vehicle.inputs.on("can"):
                families |= socket_families(config.vehicle.can.interface)
            seal_monitor(required=config.privacy.require_sandbox, report=logger.warning, families=families)
        tracker = stack.enter_context(
            VisionWorker(config.face, config.privacy, model, body, skin=wants_skin(config.channels))
        )
        return tracker, senses

    def _record(
        self, stack: ExitStack, config: Config, known: Normal | None, ride: Ride, *, required: bool = True
    ) -> None:
        """Begin a recording, if there is to be one; ``known`` is the driver's baseline. Raises RecordingError
        where that fails and is ``required``: a disk that has gone since must not keep a later drive from being
        watched."""
        if not config.recording.dir:
            return
        try:
            self._recorder = stack.enter_context(Recorder(config, normal=known))
        except RecordingError as error:
            if required:
                raise
            logger.warning("this drive is not recorded: %s", error)
        else:
            ride.recorded = self._recorder.drive

    def _step(self, pipeline: Pipeline, frame: Frame, ride: Ride, *, restarts: int) -> Moment:
        """One frame through the pipeline and on to recorder and outputs."""
        assert self._outputs is not None
        moment = pipeline.step(frame)
        self._requests.seen(moment)
        if self._recorder:
            self._recorder.add(moment, restarts=restarts)
        for alert in moment.alerts:
            self._outputs.send(alert)
        self._status = Status.of(moment.state, moment.policy, moment.firing)
        self._outputs.status(self._status)
        self._outputs.health(self._status.health)
        ride.frames += frame.image is not None
        ride.alerts += sum(alert.state is AlertState.FIRING for alert in moment.alerts)
        ride.tally.add(moment.state.signals, moment.state.t_s)
        ride.channels.add(moment.state.channels)
        ride.dropped += frame.dropped
        ride.bad += frame.bad
        ride.duration_s = moment.state.t_s
        ride.restarts = restarts
        return moment

    def _rest(self) -> None:
        """Between two drives outputs are told that the monitor lives, and nothing of anybody."""
        self._requests.wait()
        if self._outputs is not None and self._status is not None:
            self._outputs.status(replace(self._status, eyes=UNKNOWN, zone=UNKNOWN, awareness=None, firing=()))

    def _end_drive(self, monitor: Monitor, t_s: float) -> None:
        """What fires ends at the outputs, and the recording as at the end of a run."""
        assert self._outputs is not None
        for alert in monitor.end(t_s):
            self._outputs.send(alert)
        if self._recorder:
            self._recorder.close()
            self._recorder = None
        self._requests.end_drive()

    def _obey(self, monitor: Monitor, t_s: float) -> None:
        """What was asked of the run since the frame before."""
        assert self._outputs is not None
        self._requests.obey(
            monitor, t_s, self._recorder, self._outputs.acknowledge, partial(self._take_over, monitor, t_s)
        )

    def _tell(self, moment: Moment, t_s: float, ride: Ride) -> None:
        """The local socket, of the moment; ``t_s`` is the run's, which goes on where a drive's begins anew."""
        if self._server is None:
            return
        if t_s >= self._health_from_s:
            self._health, self._health_from_s = self._examined(ride), t_s + HEALTH_EVERY_S
        self._server.seen(moment, self._health)

    def _examined(self, ride: Ride) -> Health:
        latency, recorder = ride.latency, self._recorder
        return Health(
            frames=ride.frames,
            dropped=ride.dropped,
            bad=ride.bad,
            restarts=ride.restarts,
            latency_p99_ms={stage: 1000 * latency.percentile_s(stage, SLOWEST_SHARE) for stage in latency.stages},
            outputs={} if self._outputs is None else self._outputs.working,
            standing=self.standing,
            recording=None
            if recorder is None
            else {
                "drive": recorder.drive.name,
                "level": self._config.recording.level,
                "paused_for": recorder.paused_for,
                "unrecorded": recorder.unrecorded,
            },
        )

    def _take_over(self, monitor: Monitor, t_s: float) -> str:
        """Read the config again; a file with mistakes leaves the old one in force, and the mistakes are returned."""
        try:
            loaded = self._loaded.again()
        except ConfigError as error:
            logger.warning("the config was not reloaded, the old one stays in force: %s", error)
            return str(error)
        monitor.reconfigure(loaded.config, t_s)
        threading.Thread(target=warn_of_holes, args=(loaded,), daemon=True).start()  # the loop must not wait for it
        if self._recorder:
            self._recorder.control(t_s, Ask.RELOAD, loaded.text)
        self._said(reloaded(loaded, last_read=self._last_read, started=self._config))
        self._last_read = loaded.config
        return ""


def reloaded(loaded: Loaded, *, last_read: Config, started: Config) -> str:
    """What a reload amounts to: whether there is news since the last one, and the sections that wait for a restart."""
    news = any(name in RELOADED for name in _differing(loaded.config, last_read))
    waiting = [name for name in _differing(loaded.config, started) if name not in RELOADED]
    same = "" if news else "; they are as before"
    late = f"; changes in {', '.join(waiting)} take effect at the next start" if waiting else ""
    return f"the rules were reloaded from {loaded.path or 'the built-in defaults'}{same}{late}"


def _differing(one: Config, other: Config) -> list[str]:
    """The sections that are not the same."""
    return [name for name in type(one).model_fields if getattr(one, name) != getattr(other, name)]


def _mode(source: FrameSource, frame: Frame) -> str:
    """Size and, where a file tells it, rate of the frames."""
    height, width = (0, 0) if frame.image is None else frame.image.shape[:2]
    rate_hz = source.frame_count / source.duration_s if source.frame_count and source.duration_s else 0.0
    return f"{width} x {height} px" + (f" at {rate_hz:.3g} Hz" if rate_hz else "")
