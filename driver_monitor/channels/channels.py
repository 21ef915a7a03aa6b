"""All channels of a run: from what is seen, and what sensors send, to the channels' signals."""

from collections.abc import Callable
from typing import Final

from driver_monitor.config.channels import ChannelsConfig
from driver_monitor.face.observation import FaceObservation
from driver_monitor.state.channels import NOTHING, ChannelSignals, joined
from driver_monitor.state.senses import Senses
from driver_monitor.state.signal import SignalGroup
from driver_monitor.state.signals import Signals

Step = Callable[[FaceObservation, Signals, Senses], SignalGroup]
PHOTOGRAPH: Final = "photograph"


class Channels:
    """The channels that the config switches on; the others are not even loaded."""

    def __init__(self, config: ChannelsConfig) -> None:
        self._steps: list[Step] = []
        self._last = NOTHING
        # Imported here: each brings libraries of its own, which a run without the channel does not need.
        if config.pulse.enabled:
            from driver_monitor.channels.pulse.channel import PulseChannel  # noqa: PLC0415

            pulse = PulseChannel(config.pulse)
            self._steps.append(lambda seen, signals, senses: pulse.update(seen, signals, senses.heart))
        if config.body.enabled:
            from driver_monitor.channels.body.channel import BodyChannel  # noqa: PLC0415

            body = BodyChannel(config.body)
            self._steps.append(lambda seen, signals, senses: body.update(seen, signals))
        if config.micro_expression.enabled:
            from driver_monitor.channels.micro.channel import MicroExpressionChannel  # noqa: PLC0415

            micro = MicroExpressionChannel()
            self._steps.append(lambda seen, signals, senses: micro.update(seen, signals))

    @property
    def photograph(self) -> bool:
        """Whether what was seen last is a photograph and no driver."""
        return self._last.liveness == PHOTOGRAPH

    def update(self, observation: FaceObservation, signals: Signals, senses: Senses) -> ChannelSignals | None:
        """The signals of a frame; None where no channel is on."""
        if not self._steps:
            return None
        self._last = joined(*(step(observation, signals, senses) for step in self._steps))
        return self._last
