"""Senses beside the face as it looks."""

from driver_monitor.config.section import Section, setting
from driver_monitor.config.voice import VoiceConfig


class PulseConfig(Section):
    enabled: bool = setting(False, "measure heart rate and breathing: from the skin in the frame, or with a sensor")


class BodyConfig(Section):
    enabled: bool = setting(False, "follow hands and posture in the frame, twice a second")


class ChannelsConfig(Section):
    pulse: PulseConfig = setting(PulseConfig(), "heart rate and breathing")
    voice: VoiceConfig = setting(VoiceConfig(), "arousal and anger in the voice")
    body: BodyConfig = setting(BodyConfig(), "hands and posture")
