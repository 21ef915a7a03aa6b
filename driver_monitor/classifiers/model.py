"""One ONNX classifier: a file that is only run when it is exactly what its card says."""

import hashlib
import logging
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from driver_monitor.classifiers.card import CardError, ModelCard, TensorSpec
from driver_monitor.config.config import Config
from driver_monitor.errors import DriverMonitorError
from driver_monitor.native_path import file_path

log = logging.getLogger(__name__)

RESTORE: Final = "restore it and its card from the release or train it again with scripts/train"
ORT_TYPES: Final = {
    "tensor(float)": "float32",
    "tensor(uint8)": "uint8",
    "tensor(int64)": "int64",
    "tensor(bool)": "bool",
}
# onnxruntime's own exceptions share no base class.
ORT_FAILURES: Final = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoModel,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)


class ModelError(DriverMonitorError):
    """A model that is missing, damaged, swapped or not what its card says."""

    reason = "model"


def models_dir(config: Config) -> Path:
    """The folder with the ``.onnx`` files: the configured one, else the project's own.

    The project's own is ``models/`` beside the package (a checkout, also when installed with ``pip install -e``),
    or ``share/driver-monitor/models`` under the environment's prefix, where an installed wheel puts its data files.
    Raises :class:`ModelError` when the folder does not exist.
    """
    if config.classifiers.models_dir:
        chosen = file_path(config.classifiers.models_dir)
        if not chosen.is_dir():
            raise ModelError(
                f"The models folder {chosen} does not exist; correct classifiers.models_dir"
                " or leave it empty for the project's own."
            )
        return chosen
    candidates = (
        Path(__file__).resolve().parents[2] / "models",
        Path(sys.prefix) / "share" / "driver-monitor" / "models",
    )
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise ModelError(
        f"No models folder at {candidates[0]} or {candidates[1]}; copy the release's models/ there"
        " or name it in classifiers.models_dir."
    )


class OnnxModel:
    """``path`` is the ``.onnx`` file; its card has the same name ending in ``.md``.

    Construction reads the file once, checks its sha256 and the graph's real inputs and outputs against the card
    and runs it once on zeros (first runs allocate). It uses one thread on the CPU: the nets are tiny and the cores
    belong to the face tracker. Every failure is a :class:`ModelError`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise ModelError(f"The model {path} is missing; {RESTORE}, or switch its classifier off.")
        try:
            self.card: Final = ModelCard.read(path.with_suffix(".md"))
            content = path.read_bytes()
        except CardError as error:
            raise ModelError(str(error)) from error
        except OSError as error:
            raise ModelError(f"The model {path} cannot be read ({error.strerror}); check its permissions.") from error
        if self.card.file != path.name:
            raise ModelError(
                f"The model {path} has a card that describes {self.card.file};"
                f" put the card of {path.name} back beside it."
            )
        found = hashlib.sha256(content).hexdigest()
        if found != self.card.sha256:
            raise ModelError(
                f"The model {path} is damaged or swapped (sha256 {found[:12]}...,"
                f" its card says {self.card.sha256[:12]}...); {RESTORE}."
            )
        self._session = self._load(content)
        self._output_names: Final = tuple(self.card.outputs)
        self._check_contract()
        self._warm_up()
        log.debug("loaded %s %s", self.card.name, self.card.version)

    def run(self, **inputs: NDArray[Any]) -> dict[str, NDArray[np.float32]]:
        """All outputs by name; :class:`ModelError` unless names, types and shapes of the inputs are the card's."""
        try:
            values = self._session.run(self._output_names, inputs)
        except (*ORT_FAILURES, ValueError) as error:
            given = ", ".join(f"{name} {value.dtype}{list(value.shape)}" for name, value in inputs.items())
            wanted = ", ".join(f"{name} {spec}" for name, spec in self.card.inputs.items())
            raise ModelError(
                f"The model {self.path} wants {wanted} but was given {given}; the caller must match its card."
            ) from error
        return dict(zip(self._output_names, values, strict=True))

    def _load(self, content: bytes) -> "onnxruntime.InferenceSession":
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.log_severity_level = 4  # a file that does not load is reported by the ModelError alone
        try:
            return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except ORT_FAILURES as error:
            reason = str(error).splitlines()[0]
            raise ModelError(
                f"The model {self.path} cannot be loaded by onnxruntime {onnxruntime.__version__} ({reason});"
                f" {RESTORE}."
            ) from error

    def _check_contract(self) -> None:
        for side, declared, nodes in (
            ("input", self.card.inputs, self._session.get_inputs()),
            ("output", self.card.outputs, self._session.get_outputs()),
        ):
            real = {
                node.name: TensorSpec.model_construct(type=_element(node), shape=tuple(node.shape)) for node in nodes
            }
            if set(real) != set(declared):
                raise ModelError(
                    f"The model {self.path} has {side}s {sorted(real)} but its card says {sorted(declared)}; {RESTORE}."
                )
            for name, spec in declared.items():
                if not _matches(real[name], spec):
                    raise ModelError(
                        f"The model {self.path} has {side} '{name}' {real[name]} but its card says {spec}; {RESTORE}."
                    )
        for name, labels in self.card.classes.items():
            if name not in self.card.outputs or self.card.outputs[name].shape[-1] != len(labels):
                raise ModelError(
                    f"The card of {self.path} names {len(labels)} classes for '{name}', which no output has; {RESTORE}."
                )

    def _warm_up(self) -> None:
        zeros = {
            name: np.zeros([size if isinstance(size, int) else 1 for size in spec.shape], dtype=spec.type)
            for name, spec in self.card.inputs.items()
        }
        for name, value in self.run(**zeros).items():
            spec = self.card.outputs[name]
            expected = tuple(size if isinstance(size, int) else 1 for size in spec.shape)
            if value.shape != expected:
                raise ModelError(
                    f"The model {self.path} gives '{name}' as {list(value.shape)} where its card says {spec};"
                    f" {RESTORE}."
                )


def _element(node: Any) -> str:
    return ORT_TYPES.get(str(node.type), str(node.type))


def _matches(real: TensorSpec, declared: TensorSpec) -> bool:
    """Equal types and ranks, and equal sizes wherever the card gives a number; a letter wants an open dimension."""
    if real.type != declared.type or len(real.shape) != len(declared.shape):
        return False
    return all(
        not isinstance(there, int) if isinstance(said, str) else there == said
        for there, said in zip(real.shape, declared.shape, strict=True)
    )
