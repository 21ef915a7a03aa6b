"""Signals, classifiers and rules in a row: what a face, its signals or the driver's state lead to.

The three entries are the arrows of the design: a live run comes in by the first, a recorded drive by any of them. All
time comes from the data; clocks only measure latency.
"""

from dataclasses import dataclass
from time import perf_counter
from typing import Final

from driver_monitor.camera.frame import Frame
from driver_monitor.channels.channels import Channels
from driver_monitor.classifiers.bank import Classifiers
from driver_monitor.config.config import Config
from driver_monitor.face.observation import FaceObservation
from driver_monitor.frozen import maker
from driver_monitor.latency import Latency
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.signals.normal import Normal
from driver_monitor.state.alert import Alert
from driver_monitor.state.channels import ChannelSignals
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.policy import NOTHING_YET, PolicyState
from driver_monitor.state.senses import NO_SENSES, Senses
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed
from driver_monitor.state.vehicle import VehicleInputs


@dataclass(frozen=True, slots=True)
class Moment:
    """What became of one frame. ``firing`` holds every alert that fires now, most urgent first.

    ``policy`` is what the rules could know beside ``state``: awareness, audible alerts. ``observation``, ``senses`` and
    ``frame`` are what it came from; a recorded drive that is replayed from what came after them has none.
    """

    state: DriverState
    alerts: list[Alert]
    firing: tuple[Alert, ...]
    policy: PolicyState = NOTHING_YET
    observation: FaceObservation | None = None
    frame: Frame | None = None
    senses: Senses = NO_SENSES


_MOMENT: Final = maker(Moment)


class Monitor:
    """One drive's memory from the signals on. Of the three entries a drive uses one throughout."""

    def __init__(self, config: Config, baseline: Normal | None = None) -> None:
        """``baseline`` is what was normal for this driver in an earlier drive."""
        self._config = config
        self._signals = SignalExtractor(config, baseline)
        self._channels = Channels(config.channels, steering=config.vehicle.inputs.steering_angle.connected)
        self._classifiers: Classifiers | None = None
        self._engine = RuleEngine.of(config)
        self._cleared: list[Alert] = []
        self.latency = Latency()

    def load_models(self) -> Classifiers:
        """Raises ModelError where one that is on cannot be had. A drive replayed from its states needs none."""
        if self._classifiers is None:
            self._classifiers = Classifiers(self._config)
        return self._classifiers

    def observe(
        self,
        observation: FaceObservation,
        frame: Frame,
        speed: Speed,
        senses: Senses = NO_SENSES,
        vehicle: VehicleInputs | None = None,
    ) -> Moment:
        """From what the tracker saw in ``frame``, and what sensors and the car had sent by then."""
        signals, channels = self._measured(observation, senses, speed, vehicle)
        began = perf_counter()
        state = self.load_models().update(frame, observation, signals, speed, channels, vehicle)
        classified = perf_counter()
        moment = self.decide(state, observation, frame, senses)
        self.latency.add("classifiers", classified - began)
        self.latency.add("rules", perf_counter() - classified)
        return moment

    def observe_recorded(
        self,
        observation: FaceObservation,
        expression: dict[str, float] | None,
        speed: Speed,
        senses: Senses = NO_SENSES,
        vehicle: VehicleInputs | None = None,
    ) -> Moment:
        """From what tracker, sensors and the car gave; ``expression`` is what was made of the frame then."""
        signals, channels = self._measured(observation, senses, speed, vehicle)
        state = self.load_models().judge(signals, expression, speed, channels, vehicle)
        return self.decide(state, observation, senses=senses)

    def classify(
        self,
        signals: Signals,
        expression: dict[str, float] | None,
        speed: Speed,
        channels: ChannelSignals | None = None,
        vehicle: VehicleInputs | None = None,
    ) -> Moment:
        """From a frame's signals; ``expression`` is what was made of the frame then."""
        return self.decide(self.load_models().judge(signals, expression, speed, channels, vehicle))

    def decide(
        self,
        state: DriverState,
        observation: FaceObservation | None = None,
        frame: Frame | None = None,
        senses: Senses = NO_SENSES,
    ) -> Moment:
        """From the driver's state."""
        alerts = self._engine.update(state)
        if self._cleared:
            alerts, self._cleared = [*self._cleared, *alerts], []
        return _MOMENT(state, alerts, self._engine.firing, self._engine.policy, observation, frame, senses)

    @property
    def learned(self) -> Normal | None:
        """What may be kept for this driver's next drive."""
        return self._signals.learned

    def reconfigure(self, config: Config, t_s: float) -> None:
        """Take over rules, attention and messages of ``config`` before the frame of ``t_s``.

        Rules that did not change keep their state; what fired and is gone clears in the next moment. The other sections
        take effect at the next start.
        """
        self._engine, cleared = self._engine.reconfigured(
            config.rules, t_s, attention=config.attention, messages=config.messages
        )
        self._cleared += cleared

    def end(self, t_s: float) -> list[Alert]:
        """The drive is over: what fires ends."""
        self._engine, cleared = self._engine.reconfigured({}, t_s)
        return [*self._cleared, *cleared]

    def acknowledge(self) -> None:
        """The driver pressed the button: an answer in the next frame (see ``rules/attention.py``)."""
        self._engine.acknowledge()

    def quiet(self, on: bool) -> None:
        """The driver wants no sound but for what matters most, or all of it again (see ``rules/budget.py``)."""
        self._engine.quiet(on)

    @property
    def rules(self) -> RuleEngine:
        """The rules and where they stand, to be looked at between two frames."""
        return self._engine

    def _measured(
        self, observation: FaceObservation, senses: Senses, speed: Speed, vehicle: VehicleInputs | None
    ) -> tuple[Signals, ChannelSignals | None]:
        began = perf_counter()
        signals = self._signals.update(observation, photograph=self._channels.photograph, vehicle=vehicle)
        channels = self._channels.update(observation, signals, senses, speed, vehicle)
        self.latency.add("signals", perf_counter() - began)
        return signals, channels
