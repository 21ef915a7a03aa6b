"""From pictures: a video file, a scripted drive, or the video of a recorded one."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack

from driver_monitor.assets import face_model
from driver_monitor.camera.open import open_source
from driver_monitor.camera.source import FrameSource
from driver_monitor.channels.senses import SenseSource, wants_skin
from driver_monitor.config.config import Config
from driver_monitor.config.vehicle import SpeedConfig
from driver_monitor.counted import counted
from driver_monitor.errors import DriverMonitorError
from driver_monitor.face.body.models import body_models
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.monitor import Moment
from driver_monitor.pipeline import Pipeline
from driver_monitor.privacy import seal_monitor
from driver_monitor.replay.passage import Passage
from driver_monitor.replay.prefetch import prefetched
from driver_monitor.signals.normal import Normal
from driver_monitor.vehicle.inputs import InputSource
from driver_monitor.vehicle.open import open_speed
from driver_monitor.vehicle.source import SpeedSource

logger = logging.getLogger(__name__)


class Pictures(Passage):
    """Every picture through the tracker and all that follows."""

    def __init__(
        self,
        config: Config,
        source: FrameSource,
        *,
        speed_kmh: float | None = None,
        speed: SpeedSource | None = None,
        senses: SenseSource | None = None,
        inputs: InputSource | None = None,
        baseline: Normal | None = None,
        sealed: bool = False,
    ) -> None:
        """Takes over ``source``. ``speed`` is where speeds come from, unless ``speed_kmh`` says otherwise, ``senses``
        what sensors beside the camera sent, ``inputs`` what the car told. ``sealed`` cuts the whole process off from
        every network, for good."""
        super().__init__()
        self.config = config
        self.name = source.name
        self._source = source
        with ExitStack() as stack:
            stack.enter_context(source)
            if source.live:
                raise DriverMonitorError(f"{source.name} is a live camera; use 'driver-monitor run' for it")
            model = face_model(config.face.model, progress=True)
            body = body_models(config.channels.body, progress=True)
            if sealed:
                seal_monitor(required=config.privacy.require_sandbox, report=logger.warning)
            self._tracker = stack.enter_context(
                VisionWorker(config.face.unhurried(), config.privacy, model, body, skin=wants_skin(config.channels))
            )
            if speed is None or speed_kmh is not None:
                speed = open_speed(_recorded(config.vehicle.speed), override_kmh=speed_kmh)
            self._pipeline = Pipeline(
                config, self._tracker, stack.enter_context(speed), senses=senses, inputs=inputs, baseline=baseline
            )
            self.monitor = self._pipeline.monitor
            self._open = stack.pop_all()
        self.duration_s = source.duration_s
        if source.frame_count and source.duration_s:
            self.fps = source.frame_count / source.duration_s

    def __iter__(self) -> Iterator[Moment]:
        for frame in prefetched(self._source):
            yield self._pipeline.step(frame)
        if self._tracker.restarts:
            self.problems.append(f"the vision worker had to be restarted {counted(self._tracker.restarts, 'time')}")
        self.damaged = bool(getattr(self._source, "problem", ""))

    def close(self) -> None:
        self._open.close()


def pictures_of(source: str, config: Config, *, speed_kmh: float | None, sealed: bool = False) -> Pictures:
    """A video file or a scripted drive. Raises CameraError where it is not there."""
    camera = config.camera.model_copy(update={"source": source})
    return Pictures(config, open_source(camera, live=False), speed_kmh=speed_kmh, sealed=sealed)


def _recorded(speed: SpeedConfig) -> SpeedConfig:
    """A receiver or a bus knows nothing of a drive that is over: without a given speed the car counts as moving."""
    return speed.model_copy(update={"source": "none", "fallback": ()}) if speed.measuring else speed
