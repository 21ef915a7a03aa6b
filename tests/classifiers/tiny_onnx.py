"""Real, tiny ONNX files with their cards, made on the spot."""

import datetime
import hashlib
from pathlib import Path
from typing import Any

from onnx import TensorProto, helper

from driver_monitor.classifiers.card import ModelCard, TensorSpec


def doubler(path: Path, width: int = 3, dimension: str | int = "N") -> Path:
    """``y`` = ``x`` + ``x``, both float32 [N, width]."""
    shape = [dimension, width]
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "x"], ["y"])],
        "doubler",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 10
    path.write_bytes(model.SerializeToString())
    return path


def card(path: Path, **changes: Any) -> ModelCard:
    """Write the card that belongs to ``path``, with ``changes`` to it."""
    fields: dict[str, Any] = {
        "name": path.stem,
        "version": "1",
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "date": datetime.date(2026, 11, 22),
        "inputs": {"x": TensorSpec(shape=("N", 3))},
        "outputs": {"y": TensorSpec(shape=("N", 3))},
        "data_licence": "none: made by a test",
    }
    made = ModelCard(**(fields | changes))
    made.write(path.with_suffix(".md"), "# A test model")
    return made
