"""All channels of a run: from what is seen, and what sensors send, to the channels' signals."""

from collections.abc import Callable

from driver_monitor.config.channels import ChannelsConfig
from driver_monitor.face.observation import FaceObservation
from driver_monitor.state.channels import NOTHING, ChannelSignals, joined
from driver_monitor.state.pulse import PHOTOGRAPH
from driver_monitor.state.senses import Senses
from driver_monitor.state.signal import SignalGroup
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed
from driver_monitor.state.vehicle import NO_INPUTS, VehicleInputs

Step = Callable[[FaceObservation, Signals, Senses], SignalGroup]
SteeringStep = Callable[[float, float | None, float | None], SignalGroup]


class Channels:
    """The channels that the config switches on; the others are not even loaded."""

    def __init__(self, config: ChannelsConfig, *, steering: bool = False) -> None:
        """``steering``: the angle of the steering wheel is connected."""
        self._steps: list[Step] = []
        self._new_driver: list[Callable[[], None]] = []  # called where somebody else may be sitting there
        self._steering: SteeringStep | None = None
        self._epoch = 0
        self._last = NOTHING
        # Imported here: each brings libraries of its own, which a run without the channel does not need.
        if config.pulse.enabled:
            from driver_monitor.channels.pulse.channel import PulseChannel  # noqa: PLC0415

            pulse = PulseChannel(config.pulse)
            self._add(lambda seen, signals, senses: pulse.update(seen, signals, senses.heart), pulse.new_driver)
        if config.voice.enabled:
            from driver_monitor.channels.voice.channel import VoiceChannel  # noqa: PLC0415

            voice = VoiceChannel(config.voice)
            self._add(lambda seen, _, senses: voice.update(seen.t_s, senses.voice), voice.new_driver)
        if config.body.enabled:
            from driver_monitor.channels.body.channel import BodyChannel  # noqa: PLC0415

            body = BodyChannel(config.body)
            self._add(lambda seen, signals, _: body.update(seen, signals), body.new_driver)
        if config.micro_expression.enabled:
            from driver_monitor.channels.micro.channel import MicroExpressionChannel  # noqa: PLC0415

            micro = MicroExpressionChannel()
            self._add(lambda seen, signals, _: micro.update(seen, signals), micro.new_driver)
        if steering:
            from driver_monitor.channels.steering import SteeringChannel  # noqa: PLC0415

            wheel = SteeringChannel()
            self._steering = wheel.update
            self._new_driver.append(wheel.new_driver)

    def _add(self, step: Step, new_driver: Callable[[], None]) -> None:
        self._steps.append(step)
        self._new_driver.append(new_driver)

    @property
    def photograph(self) -> bool:
        """Whether what was seen last is a photograph and no driver."""
        return self._last.liveness == PHOTOGRAPH

    def update(
        self,
        observation: FaceObservation,
        signals: Signals,
        senses: Senses,
        speed: Speed,
        vehicle: VehicleInputs | None = None,
    ) -> ChannelSignals | None:
        """The signals of a frame; None where no channel is on."""
        if not self._steps and self._steering is None:
            return None
        if signals.driver_epoch != self._epoch:
            self._epoch = signals.driver_epoch
            for forget in self._new_driver:
                forget()
        groups = [step(observation, signals, senses) for step in self._steps]
        if self._steering is not None:
            angle_deg = (vehicle or NO_INPUTS).steering_angle_deg
            groups.append(self._steering(observation.t_s, angle_deg, speed.kmh))
        self._last = joined(*groups)
        return self._last
