"""The loop: one frame in, the driver's state and the alerts it caused out. Live and replayed frames go the same way."""

import math
from dataclasses import dataclass
from time import monotonic, perf_counter

from driver_monitor.camera.frame import Frame
from driver_monitor.classifiers.bank import Classifiers
from driver_monitor.classifiers.state import DriverState
from driver_monitor.config.config import Config
from driver_monitor.face.observation import FaceObservation
from driver_monitor.face.tracker import FaceTracker
from driver_monitor.latency import Latency
from driver_monitor.rules.alert import Alert
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.rules.policy import NOTHING_YET, PolicyState
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.signals.normal import Normal
from driver_monitor.vehicle.speed import SpeedSource


@dataclass(frozen=True, slots=True)
class Moment:
    """What became of one frame. ``firing`` holds every alert that fires now, most urgent first.

    ``policy`` is what the rules could know beside ``state``: awareness, audible alerts.
    """

    frame: Frame
    observation: FaceObservation
    state: DriverState
    alerts: list[Alert]
    firing: tuple[Alert, ...]
    policy: PolicyState = NOTHING_YET


class Pipeline:
    """Tracker, signals, classifiers and rules in a row. Time comes from the frames; clocks only measure latency."""

    def __init__(
        self, config: Config, tracker: FaceTracker, speed: SpeedSource, *, profile: Normal | None = None
    ) -> None:
        """``profile`` is what was normal for this driver in an earlier drive."""
        self._tracker = tracker
        self._speed = speed
        self._signals = SignalExtractor(config, profile)
        self._classifiers = Classifiers(config)
        self._engine = RuleEngine.of(config)
        self.latency = Latency()

    def step(self, frame: Frame) -> Moment:
        """Raises TrackerError once tracking has become impossible; everything less is part of the state."""
        began = perf_counter()
        observation = self._tracker.track(frame)
        tracked = perf_counter()
        signals = self._signals.update(observation)
        measured = perf_counter()
        state = self._classifiers.update(frame, observation, signals, self._speed.speed(frame.t_s))
        classified = perf_counter()
        alerts = self._engine.update(state)
        decided = perf_counter()
        self.latency.add("tracker", tracked - began)
        self.latency.add("signals", measured - tracked)
        self.latency.add("classifiers", classified - measured)
        self.latency.add("rules", decided - classified)
        if math.isfinite(frame.captured_s):
            self.latency.add("capture to decision", monotonic() - frame.captured_s)
        return Moment(frame, observation, state, alerts, self._engine.firing, self._engine.policy)

    @property
    def learned(self) -> Normal | None:
        """What may be kept for this driver's next drive."""
        return self._signals.learned

    def reconfigure(self, config: Config, t_s: float) -> list[Alert]:
        """Take over rules, attention and messages of ``config``; returned are the alerts its rules no longer know.

        Rules that did not change keep their state. The other sections take effect at the next start.
        """
        self._engine, cleared = self._engine.reconfigured(
            config.rules, t_s, attention=config.attention, messages=config.messages
        )
        return cleared

    def acknowledge(self) -> None:
        """The driver pressed the button: an answer in the next frame (see ``rules/attention.py``)."""
        self._engine.acknowledge()

    @property
    def rules(self) -> RuleEngine:
        """The rules and where they stand, to be looked at between two frames."""
        return self._engine
