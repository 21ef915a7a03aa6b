from collections.abc import Callable
from pathlib import Path

import pytest

from driver_monitor.channels.voice.activity import VoiceActivity, vad_model
from driver_monitor.channels.voice.listener import Listener
from driver_monitor.channels.voice.net import VoiceNet
from driver_monitor.classifiers.model import models_dir
from driver_monitor.config.config import Config
from driver_monitor.config.voice import VoiceConfig


@pytest.fixture(scope="session")
def activity_model() -> Path:
    return vad_model(progress=False)


@pytest.fixture(scope="session")
def voice_model() -> Path:
    return models_dir(Config()) / "voice.onnx"


@pytest.fixture(scope="session")
def listener(activity_model: Path, voice_model: Path) -> Callable[[], Listener]:
    """Makes listeners that have heard nothing yet."""
    net = VoiceNet(voice_model)
    return lambda: Listener(VoiceActivity(activity_model), net, VoiceConfig().min_speech_s)
