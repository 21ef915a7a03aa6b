"""Where in a sound somebody speaks: silero-vad's net, without its package, which brings torch."""

from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from driver_monitor.assets import Asset, obtain
from driver_monitor.parameter import defined

# Silero Team, MIT.
VAD_MODEL: Final = Asset(
    name="silero_vad_16k_sequence.onnx",
    version="6.2.3",
    size=1_246_165,
    sha256="9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85",
    url="https://raw.githubusercontent.com/snakers4/silero-vad/v6.2.3/src/silero_vad/data/silero_vad_16k_sequence.onnx",
    wheels=("silero-vad==6.2.3",),
)
CHUNK: Final = defined(512, "samples that one answer is for: 32 ms", "silero-vad 6.2.3 at 16 kHz", unit="count")
CONTEXT: Final = defined(64, "samples before them that the net is shown too", "silero-vad 6.2.3", unit="count")
STATE: Final = defined(128, "numbers in each of the net's two memories", "silero-vad 6.2.3", unit="count")


def vad_model(path: str = "", *, progress: bool) -> Path:
    """The net's file, checked by its hash: at ``path`` if one is given, else found or fetched once.

    Raises :class:`UsageError` for a given file that is missing or another one, :class:`AssetError` when the model is
    neither here nor to be had.
    """
    return obtain(VAD_MODEL, path, progress=progress)


class VoiceActivity:
    """Hears one stream. ``model`` is the checked file, from :func:`vad_model`."""

    def __init__(self, model: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._hidden = self._cell = np.zeros((1, 1, STATE), np.float32)
        self._context = np.zeros(CONTEXT, np.float32)

    def hear(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The probability of speech [n] of the next ``samples`` [n * CHUNK] of the stream, a chunk each."""
        chunks = samples.reshape(-1, CHUNK)
        before = np.concatenate([self._context[None], chunks[:-1, -CONTEXT:]])
        self._context = chunks[-1, -CONTEXT:].copy()
        speech, self._hidden, self._cell = self._session.run(
            ["speech_probs", "hn", "cn"],
            {"input": np.concatenate([before, chunks], axis=1), "h": self._hidden, "c": self._cell},
        )
        return np.asarray(speech, np.float32).reshape(-1)
