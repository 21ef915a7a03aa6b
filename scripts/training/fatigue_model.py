"""The parts of the fatigue model and the one ONNX graph they become."""

import warnings
from dataclasses import dataclass, replace

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from sklearn.ensemble import HistGradientBoostingClassifier
from torch import Tensor, nn

from scripts.evaluation.rldd import Windows, without_frequency
from scripts.training import fatigue_signs, fatigue_trees
from scripts.training.export import OPSET, torch_graph
from scripts.training.fatigue_signs import LONG_BLINKS, LongBlinks, Risk, Signs
from scripts.training.fatigue_trees import Statistics

WINDOW = (30, 4)


@dataclass(frozen=True)
class Model:
    """``trees`` say alert or not, ``share`` how many of the tired are drowsy, both sharpened by ``temperature``; a
    window without a frequency is judged by ``long_blinks`` alone."""

    trees: HistGradientBoostingClassifier
    share: Risk
    long_blinks: LongBlinks
    temperature: float = 1.0

    def probabilities(self, blinks: NDArray[np.float32]) -> NDArray[np.float64]:
        """[n, 3] alert, low vigilance, drowsy."""
        with torch.no_grad():
            values = Signs()(torch.from_numpy(blinks))
            drowsy, bare = self.share(values).numpy().astype(np.float64), self.long_blinks(values).numpy()
        tired = fatigue_trees.tired(self.trees, blinks)
        known = sharpened(np.stack([1 - tired, tired * (1 - drowsy), tired * drowsy], 1), self.temperature)
        return np.where(frequency_unknown(blinks)[:, None], bare, known)

    def at(self, temperature: float) -> "Model":
        return replace(self, temperature=temperature)


def frequency_unknown(blinks: NDArray[np.float32]) -> NDArray[np.bool_]:
    return np.asarray(np.isnan(blinks[:, :, 0]).any(axis=1))


def fitted(windows: Windows, driven: Windows | None, trees: HistGradientBoostingClassifier) -> Model:
    """``trees`` joined by the parts that need no choice, taught on ``windows``.

    The long blinks are taught relative to the stored reference and again on ``driven``, relative to the first blinks
    of the alert recording as in a car (:func:`rldd.as_driven`).
    """
    weight = video_weight(windows)
    signs, tired = fatigue_signs.signs(windows.blinks), windows.label > 0
    share = fatigue_signs.fitted(signs[tired], windows.label[tired] == 2, weight[tired])
    told = [windows] if driven is None else [windows, driven]
    signs = np.concatenate([fatigue_signs.signs(part.blinks)[:, LONG_BLINKS] for part in told])
    label, weight = (np.concatenate(column) for column in zip(*((p.label, video_weight(p)) for p in told), strict=True))
    long_blinks = LongBlinks(
        fatigue_signs.fitted(signs, label > 0, weight),
        fatigue_signs.fitted(signs[label > 0], label[label > 0] == 2, weight[label > 0]),
    )
    return Model(trees, share, long_blinks)


def video_weight(windows: Windows) -> NDArray[np.float64]:
    """Of each window, so that every recording counts the same; 1 on average."""
    weight = 1.0 / np.bincount(windows.video)[windows.video]
    return np.asarray(weight / weight.mean())


def sharpened(probabilities: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    powers = np.asarray(probabilities, dtype=np.float64) ** (1 / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


class Front(nn.Module):
    """What torch contributes to the graph: everything but the trees."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.share, self.long_blinks = model.share, model.long_blinks
        self.signs, self.statistics = Signs(), Statistics()

    def forward(self, blinks: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        values = self.signs(blinks)
        drowsy = self.share(values).unsqueeze(1)
        unknown = torch.isnan(blinks[..., 0]).float().amax(1, keepdim=True)
        split = torch.cat([torch.zeros_like(drowsy), 1 - drowsy, drowsy], 1)
        return self.statistics(blinks), split, self.long_blinks(values), unknown


def exported(model: Model) -> onnx.ModelProto:
    """alert = trees[0]; known = [alert, (1 - alert) x split], sharpened; the answer is known or that of the long
    blinks, as the frequency is."""
    front = torch_graph(Front(model), torch.zeros(2, *WINDOW), "blinks", ["statistics", "split", "bare", "unknown"])
    width = fatigue_trees.statistics(np.zeros((1, *WINDOW), np.float32)).shape[1]
    with warnings.catch_warnings():
        # protobuf takes numpy's whole numbers with a deprecation warning; as an error it would end the export.
        warnings.simplefilter("ignore")
        trees = to_onnx(
            model.trees,
            np.zeros((1, width), np.float32),
            target_opset={"": OPSET, "ai.onnx.ml": 3},
            options={id(model.trees): {"zipmap": False}},
        )
    trees = onnx.compose.add_prefix(trees, "trees_")
    nodes = list(front.graph.node)
    nodes.append(helper.make_node("Identity", ["statistics"], [trees.graph.input[0].name]))
    nodes += list(trees.graph.node)
    nodes += [
        helper.make_node("Gather", [trees.graph.output[1].name, "first"], ["alert"], axis=1),
        helper.make_node("Sub", ["one", "alert"], ["tired"]),
        helper.make_node("Mul", ["tired", "split"], ["tired_split"]),
        helper.make_node("Mul", ["alert", "alert_column"], ["alert_split"]),
        helper.make_node("Add", ["alert_split", "tired_split"], ["blunt"]),
        helper.make_node("Pow", ["blunt", "sharpness"], ["powers"]),
        helper.make_node("ReduceSum", ["powers", "class_axis"], ["total"], keepdims=1),
        helper.make_node("Div", ["powers", "total"], ["known"]),
        helper.make_node("Greater", ["unknown", "half"], ["is_unknown"]),
        helper.make_node("Where", ["is_unknown", "bare", "known"], ["probabilities"]),
    ]
    constants = [
        helper.make_tensor("first", TensorProto.INT64, [1], [0]),
        helper.make_tensor("one", TensorProto.FLOAT, [], [1.0]),
        helper.make_tensor("half", TensorProto.FLOAT, [], [0.5]),
        helper.make_tensor("alert_column", TensorProto.FLOAT, [1, 3], [1.0, 0.0, 0.0]),
        helper.make_tensor("sharpness", TensorProto.FLOAT, [], [1 / model.temperature]),
        helper.make_tensor("class_axis", TensorProto.INT64, [1], [1]),
    ]
    graph = helper.make_graph(
        nodes,
        "fatigue",
        [helper.make_tensor_value_info("blinks", TensorProto.FLOAT, ["N", *WINDOW])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 3])],
        [*front.graph.initializer, *trees.graph.initializer, *constants],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", 3)]
    )


def bare(windows: Windows) -> Windows:
    """The same windows without the blink frequency."""
    return replace(windows, blinks=without_frequency(windows.blinks))
