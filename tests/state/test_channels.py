"""Groups of channels' signals, joined."""

import pytest

from driver_monitor.state.channels import CHANNEL_FIELDS, CHANNEL_NAMES, GROUPS, NOTHING, ChannelSignals, joined
from driver_monitor.state.pulse import PulseSignals
from driver_monitor.state.signals import NAMES
from driver_monitor.state.voice import VoiceSignals


def test_channels_that_are_off_say_nothing() -> None:
    found = joined(VoiceSignals(voice="speech", voice_arousal=0.4), PulseSignals(heart_rate_bpm=61.0))
    assert found == ChannelSignals(voice="speech", voice_arousal=0.4, heart_rate_bpm=61.0)
    assert joined() == NOTHING


def test_every_name_is_there_once_and_is_no_signal_of_the_face() -> None:
    assert len(set(CHANNEL_NAMES)) == len(CHANNEL_NAMES)
    assert not set(CHANNEL_NAMES) & set(NAMES)


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_joined_with_itself_only_keeps_its_values(group: type) -> None:
    given = {
        field.name: {float: 0.5, int: 3, str: "said", bool: True}[field.kind]
        for field in CHANNEL_FIELDS
        if field.group is group
    }
    assert given
    found = joined(group(**given))
    assert {name: getattr(found, name) for name in given} == given
