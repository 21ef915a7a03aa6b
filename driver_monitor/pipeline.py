"""The loop: one frame in, the driver's state and the alerts it caused out. Live and replayed frames go the same way."""

import math
from dataclasses import replace
from time import monotonic, perf_counter

from driver_monitor.camera.frame import Frame
from driver_monitor.channels.senses import SenseSource
from driver_monitor.config.config import Config
from driver_monitor.face.tracker import FaceTracker
from driver_monitor.latency import Latency
from driver_monitor.monitor import Moment, Monitor
from driver_monitor.signals.normal import Normal
from driver_monitor.vehicle.inputs import InputSource, plausible
from driver_monitor.vehicle.source import SpeedSource


class Pipeline:
    """The tracker and what follows it. Time comes from the frames; clocks only measure latency."""

    def __init__(
        self,
        config: Config,
        tracker: FaceTracker,
        speed: SpeedSource,
        *,
        senses: SenseSource | None = None,
        inputs: InputSource | None = None,
        baseline: Normal | None = None,
        began_s: float = 0.0,
    ) -> None:
        """``baseline`` is what was normal for this driver in an earlier drive, ``began_s`` the source's time at which
        this drive began: its own time begins there."""
        self._tracker = tracker
        self._speed = speed
        self._senses = senses or SenseSource()
        self._inputs = inputs or InputSource()
        self._began_s = began_s
        self.monitor = Monitor(config, baseline)
        self.monitor.load_models()

    def step(self, frame: Frame) -> Moment:
        """Raises TrackerError once tracking has become impossible; everything less is part of the state."""
        began = perf_counter()
        observation = self._tracker.track(frame)
        self.latency.add("tracker", perf_counter() - began)
        if self._began_s:
            t_s = frame.t_s - self._began_s
            frame, observation = replace(frame, t_s=t_s), replace(observation, t_s=t_s)
        t_s = frame.t_s
        speed, senses = self._speed.speed(t_s), self._senses.read(t_s)
        vehicle = plausible(self._inputs.read(t_s), speed)
        moment = self.monitor.observe(observation, frame, speed, senses, vehicle)
        if math.isfinite(frame.captured_s):
            self.latency.add("capture to decision", monotonic() - frame.captured_s)
        return moment

    @property
    def latency(self) -> Latency:
        return self.monitor.latency
