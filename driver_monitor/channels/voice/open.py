"""From the config to the microphone."""

from typing import Final

from driver_monitor.channels.voice.activity import vad_model
from driver_monitor.channels.voice.microphone_voice import MicrophoneVoice
from driver_monitor.channels.voice.source import VoiceSource
from driver_monitor.classifiers.model import models_dir
from driver_monitor.config.config import Config

VOICE_MODEL: Final = "voice.onnx"


def open_voice(config: Config) -> VoiceSource | None:
    """The microphone, None where the channel is off. Raises AssetError or ModelError for a model that is not there."""
    voice = config.channels.voice
    if not voice.enabled:
        return None
    model = models_dir(config) / VOICE_MODEL
    return MicrophoneVoice(voice, config.privacy, vad_model(voice.vad_model, progress=True), model)
