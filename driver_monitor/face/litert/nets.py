"""The nets inside ``face_landmarker.task``, run by LiteRT without MediaPipe's graph.

LiteRT (the package ai-edge-litert) is imported when the first net is loaded: only the sealed worker does that.
"""

import zipfile
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.errors import TrackerError

DETECTOR: Final = "face_detector.tflite"
LANDMARKS: Final = "face_landmarks_detector.tflite"
BLENDSHAPES: Final = "face_blendshapes.tflite"
GEOMETRY: Final = "geometry_pipeline_metadata_landmarks.binarypb"


class Net:
    """One net on one thread (a second one gains a fifth and costs a core).

    The arrays of :meth:`input` and :meth:`output` are LiteRT's own memory: to be used and let go before :meth:`run`.
    """

    def __init__(self, network: bytes) -> None:
        """Raises ImportError where LiteRT is missing, ValueError where ``network`` is none."""
        from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415

        self._interpreter: Any = Interpreter(model_content=network, num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.tensor(self._interpreter.get_input_details()[0]["index"])
        outputs = self._interpreter.get_output_details()
        self.output_shapes: Final = [tuple(output["shape"].tolist()) for output in outputs]
        self._outputs = [self._interpreter.tensor(output["index"]) for output in outputs]

    def input(self) -> NDArray[np.float32]:
        """What the next run reads, without the batch's dimension; written in place."""
        return cast("NDArray[np.float32]", self._input()[0])

    def run(self) -> None:
        self._interpreter.invoke()

    def output(self, number: int) -> NDArray[np.float32]:
        """What the last run left, in its own shape."""
        return cast("NDArray[np.float32]", self._outputs[number]())


class ModelFile:
    """A ``.task`` file: a zip of nets, and in ``face_landmarker.task`` of the canonical face's geometry."""

    def __init__(self, path: Path, kind: str = "face") -> None:
        """``kind`` is what an error calls it: the face model, the pose model."""
        self._path = path
        self._kind = kind

    def read(self, name: str) -> bytes:
        """Raises :class:`TrackerError`."""
        try:
            with zipfile.ZipFile(self._path) as bundle:
                return bundle.read(name)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise TrackerError(unusable(self._path, error, self._kind)) from error

    def net(self, name: str) -> Net:
        """Raises :class:`TrackerError`."""
        network = self.read(name)
        try:
            return Net(network)
        except ImportError as error:
            instead = "set face.backend: mediapipe" if self._kind == "face" else "switch channels.body off"
            raise TrackerError(
                f"LiteRT cannot be loaded ({error}): run 'pip install ai-edge-litert', or {instead}"
            ) from error
        except (ValueError, RuntimeError) as error:
            raise TrackerError(unusable(self._path, error, self._kind)) from error


def unusable(model: Path, error: Exception, kind: str = "face") -> str:
    """The sentence for a model file that is not what it should be."""
    otherwise = ", or leave face.model empty" if kind == "face" else ""
    return f"the {kind} model {model} cannot be used ({error}): delete it and start again to have it fetched{otherwise}"
