"""The voice net: how excited and how angry some speech sounds."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.voice.features import features
from driver_monitor.channels.voice.pitch import Pitch
from driver_monitor.classifiers.model import OnnxModel


class VoiceNet:
    """``model`` is ``voice.onnx``; :class:`~driver_monitor.classifiers.model.ModelError` when it cannot be had."""

    def __init__(self, model: Path) -> None:
        self._model = OnnxModel(model)

    def judge(self, speech: NDArray[np.float32], pitch: Pitch) -> tuple[float, float]:
        """Log-odds of arousal and of anger in ``speech`` at 16 kHz, LEAST samples or more, with its ``pitch``."""
        answer = self._model.run(features=features(speech, pitch)[None])["judged"][0]
        return float(answer[0]), float(answer[1])
