"""What the channels beside the face tell of a frame: the signals of pulse, voice, body, micro-expressions and
steering."""

from dataclasses import dataclass
from typing import Final

from driver_monitor.frozen import maker
from driver_monitor.state.body import BodySignals
from driver_monitor.state.micro import MicroSignals
from driver_monitor.state.pulse import PulseSignals
from driver_monitor.state.signal import SignalGroup, declared
from driver_monitor.state.steering import SteeringSignals
from driver_monitor.state.voice import VoiceSignals


@dataclass(frozen=True)
class ChannelSignals(SteeringSignals, MicroSignals, BodySignals, VoiceSignals, PulseSignals):
    """One frame's signals of all channels; those of a channel that is off are at their defaults, which say nothing."""


GROUPS: Final[tuple[type[SignalGroup], ...]] = tuple(reversed(ChannelSignals.__bases__))
CHANNEL_FIELDS: Final = tuple(field for group in GROUPS for field in declared(group))
CHANNEL_NAMES: Final = tuple(field.name for field in CHANNEL_FIELDS)
NOTHING: Final = ChannelSignals()

_SAYS_NOTHING: Final = {field.name: field.default for field in CHANNEL_FIELDS}
_MAKE: Final = maker(ChannelSignals)


def joined(*groups: SignalGroup) -> ChannelSignals:
    """The signals of these groups, and of the others what says nothing."""
    values = _SAYS_NOTHING.copy()
    for group in groups:
        values |= vars(group)
    return _MAKE(*values.values())
