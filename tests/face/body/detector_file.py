"""Tiny phone detectors in ONNX, made on the spot: they tell how red the square is."""

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper


def reddish(path: Path, side: int = 64, outputs: tuple[int, ...] = (1,), channels: int = 3) -> Path:
    """The mean of the first channel, in an output of shape ``outputs``."""
    graph = helper.make_graph(
        [
            helper.make_node("Slice", ["image", "first", "last", "axis"], ["red"]),
            helper.make_node("ReduceMean", ["red"], ["mean"], keepdims=0),
            helper.make_node("Expand", ["mean", "shape"], ["phone"]),
        ],
        "reddish",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, channels, side, side])],
        [helper.make_tensor_value_info("phone", TensorProto.FLOAT, list(outputs))],
        [
            numpy_helper.from_array(np.array([value], np.int64), name)
            for name, value in (("first", 0), ("last", 1), ("axis", 1))
        ]
        + [numpy_helper.from_array(np.array(outputs, np.int64), "shape")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 10
    path.write_bytes(model.SerializeToString())
    return path
