"""From trained parts to one ONNX file (opset 17, ir_version 10, any batch size) that equals them within 1e-4."""

import datetime
import hashlib
import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from driver_monitor.classifiers.card import ModelCard, TensorSpec
from driver_monitor.errors import DriverMonitorError

if TYPE_CHECKING:
    import torch
    from torch import nn

OPSET = 17
IR_VERSION = 10
TOLERANCE = 1e-4
HALVED_FROM = 32  # values in a tensor; smaller ones are not worth a node


def torch_graph(
    module: "nn.Module", example: "torch.Tensor", input_name: str, output_names: list[str]
) -> onnx.ModelProto:
    """``module`` as an ONNX graph whose first dimensions are open."""
    import torch

    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # Deprecation of this exporter, and a caution about recurrent nets and batch sizes: check_equal answers it.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            (example,),
            buffer,
            dynamo=False,
            opset_version=OPSET,
            input_names=[input_name],
            output_names=output_names,
            dynamic_axes={name: {0: "N"} for name in (input_name, *output_names)},
        )
    return onnx.load_from_string(buffer.getvalue())


def halved(graph: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with its weights stored as float16; ONNX Runtime turns them back when it loads the file."""
    kept, casts = [], []
    for tensor in graph.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size >= HALVED_FROM:
            stored = f"{tensor.name}_float16"
            kept.append(onnx.numpy_helper.from_array(values.astype(np.float16), stored))
            casts.append(onnx.helper.make_node("Cast", [stored], [tensor.name], to=onnx.TensorProto.FLOAT))
        else:
            kept.append(tensor)
    nodes = [*casts, *graph.graph.node]
    del graph.graph.initializer[:], graph.graph.node[:]
    graph.graph.initializer.extend(kept)
    graph.graph.node.extend(nodes)
    return graph


def save(graph: onnx.ModelProto, path: Path) -> None:
    graph.ir_version = IR_VERSION
    onnx.checker.check_model(graph, full_check=True)
    path.write_bytes(graph.SerializeToString())


def check_equal(path: Path, inputs: Mapping[str, NDArray[Any]], output: str, expected: NDArray[np.floating]) -> float:
    """The largest difference between the saved graph and the parts it was made of; an error beyond TOLERANCE."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    gap = float(np.abs(session.run([output], dict(inputs))[0] - expected).max())
    if not gap <= TOLERANCE:
        raise DriverMonitorError(
            f"{path} differs from the trained model by {gap:.2g}, more than {TOLERANCE:g}; check the export."
        )
    return gap


def write_card(
    path: Path,
    body: str,
    *,
    version: str,
    inputs: Mapping[str, TensorSpec | tuple[int | str, ...]],
    outputs: Mapping[str, tuple[int | str, ...]],
    classes: Mapping[str, tuple[str, ...]],
    data_licence: str,
    thresholds: Mapping[str, float] | None = None,
    training_files: Mapping[str, Path] | None = None,
) -> None:
    """The card beside the model at ``path``, with the model's hash. ``training_files`` maps shown names to files."""
    ModelCard(
        name=path.stem,
        version=version,
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        date=datetime.date.today(),
        inputs={
            name: spec if isinstance(spec, TensorSpec) else TensorSpec(shape=spec) for name, spec in inputs.items()
        },
        outputs={name: TensorSpec(shape=shape) for name, shape in outputs.items()},
        classes=dict(classes),
        thresholds=dict(thresholds or {}),
        training_files={
            name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in (training_files or {}).items()
        },
        data_licence=data_licence,
    ).write(path.with_suffix(".md"), body)
