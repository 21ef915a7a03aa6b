"""One drive through the pipeline, as fast as it goes, with the outcome written where it is wanted."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import driver_monitor
from driver_monitor.assets import face_model
from driver_monitor.camera.open import open_source
from driver_monitor.config.loader import Loaded
from driver_monitor.config.vehicle import SpeedConfig
from driver_monitor.errors import DriverMonitorError
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.latency import Latency
from driver_monitor.pipeline import Moment, Pipeline
from driver_monitor.replay.folder import DriveFolder
from driver_monitor.replay.prefetch import prefetched
from driver_monitor.report.spans import ScriptedSpan
from driver_monitor.report.timeline import Timeline
from driver_monitor.rules.alert import Alert
from driver_monitor.rules.explain import Explanation
from driver_monitor.vehicle.open import open_speed


@dataclass(slots=True)
class Drive:
    """What a replay found.

    ``problems`` holds a sentence for everything that went wrong on the way; ``damaged`` says that the source lacked
    something, which it has told by itself.
    """

    frames: int = 0
    duration_s: float = 0.0
    alerts: list[Alert] = field(default_factory=list)
    blinks: int = 0
    report: Path | None = None
    timeline: Timeline | None = None
    problems: list[str] = field(default_factory=list)
    damaged: bool = False
    latency: Latency = field(default_factory=Latency)

    @property
    def complete(self) -> bool:
        return not (self.problems or self.damaged)


def replay(
    source_name: str,
    loaded: Loaded,
    *,
    speed_kmh: float | None = None,
    out: Path | None = None,
    annotate: bool = False,
    scripted: Sequence[ScriptedSpan] = (),
    moment_seen: Callable[[Moment], None],
    progress: Callable[[float, float | None], None],
    explanation: Explanation | None = None,
) -> Drive:
    """Replay a video file or a scripted drive.

    ``moment_seen`` is called for every frame, ``progress`` with media time and total duration (None if the file does
    not tell). An ``explanation`` looks at its rule, and what comes after that is not replayed. Raises a
    DriverMonitorError where nothing can be replayed; trouble with an output is kept in ``problems`` and the replay
    goes on.
    """
    config = loaded.config
    camera = config.camera.model_copy(update={"source": source_name})
    drive = Drive()
    with ExitStack() as stack:
        source = stack.enter_context(open_source(camera, live=False))
        if source.live:
            raise DriverMonitorError(f"{source.name} is a live camera; use 'driver-monitor run' for it")
        model = face_model(config.face.model, progress=True)
        tracker = stack.enter_context(VisionWorker(config.face.unhurried(), config.privacy, model))
        speed = stack.enter_context(open_speed(_recorded(config.vehicle.speed), override_kmh=speed_kmh))
        pipeline = Pipeline(config, tracker, speed)
        drive.latency = pipeline.latency
        fps = _fps(source.frame_count, source.duration_s) if annotate else None
        folder: DriveFolder | None = None
        outputs = stack.enter_context(ExitStack())
        if out is not None:
            folder = outputs.enter_context(
                DriveFolder(out, header(source.name, loaded), config.signals, annotate_fps=fps)
            )
            drive.timeline = folder.timeline
        for frame in prefetched(source):
            if explanation is not None and explanation.over(frame.t_s):
                break
            moment = pipeline.step(frame)
            if explanation is not None:
                explanation.see(pipeline.rules, moment.state, moment.alerts)
            drive.frames += 1
            drive.duration_s = frame.t_s
            drive.alerts += moment.alerts
            drive.blinks += moment.state.signals.blink
            moment_seen(moment)
            if folder is not None:
                try:
                    folder.add(moment)
                except DriverMonitorError as error:
                    drive.problems.append(str(error))
                    folder = None
            progress(frame.t_s, source.duration_s)
        if folder is not None:
            try:
                drive.report = folder.report(scripted=scripted)
                outputs.close()
            except DriverMonitorError as error:
                drive.problems.append(str(error))
        if tracker.restarts:
            drive.problems.append(f"the vision worker had to be restarted {tracker.restarts} times")
        drive.damaged = bool(getattr(source, "problem", ""))
    return drive


def header(source_name: str, loaded: Loaded) -> dict[str, str]:
    """What a report says about where it comes from."""
    return {
        "Source": source_name,
        "Software": f"driver-monitor {driver_monitor.__version__}",
        "Config": f"{loaded.path or 'built-in defaults'} (sha256 {loaded.sha256[:12]})",
    }


def _recorded(speed: SpeedConfig) -> SpeedConfig:
    """A receiver on a port knows nothing of a drive that is over: without a given speed the car counts as moving."""
    return speed.model_copy(update={"source": "none"}) if speed.source == "nmea" else speed


def _fps(frames: int | None, duration_s: float | None) -> float:
    """The average frame rate for an annotated video."""
    return min(120.0, max(1.0, frames / duration_s)) if frames and duration_s else 30.0
