"""Senses beside the face as it looks."""

from driver_monitor.config.body import BodyConfig, MicroExpressionConfig
from driver_monitor.config.pulse import PulseConfig
from driver_monitor.config.section import Section, setting
from driver_monitor.config.voice import VoiceConfig


class ChannelsConfig(Section):
    pulse: PulseConfig = setting(PulseConfig(), "heart rate and breathing")
    voice: VoiceConfig = setting(VoiceConfig(), "arousal and anger in the voice")
    body: BodyConfig = setting(BodyConfig(), "hands and posture")
    micro_expression: MicroExpressionConfig = setting(MicroExpressionConfig(), "expressions too short to be noticed")

    @property
    def on(self) -> tuple[str, ...]:
        """Those that are switched on, by name."""
        return tuple(name for name in type(self).model_fields if getattr(self, name).enabled)
