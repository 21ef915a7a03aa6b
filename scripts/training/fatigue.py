"""Train the fatigue model on the UTA-RLDD blink windows: cross-validated by fold, then once more on all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper
from rich.progress import Progress
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier
from torch import Tensor, nn

from driver_monitor.config.config import Config
from driver_monitor.errors import UsageError
from scripts.evaluation import rldd
from scripts.evaluation.rldd import Windows, without_frequency
from scripts.training import fatigue_forest, fatigue_net
from scripts.training.export import OPSET, check_equal, save, torch_graph
from scripts.training.fatigue_card import write

SEEDS = (0, 1, 2)
MIN_FOLDS = 2
FEATURES = "statistics"


@dataclass
class Model:
    """Nets of several seeds and a forest; the answer is the mean of the nets' mean and the forest, sharpened."""

    nets: list[fatigue_net.BlinkNet]
    forest: RandomForestClassifier
    temperature: float = 1.0

    def probabilities(self, blinks: NDArray[np.float32]) -> NDArray[np.float64]:
        with torch.no_grad():
            net = Committee(self.nets)(torch.from_numpy(blinks)).numpy()
        forest = self.forest.predict_proba(fatigue_forest.statistics(blinks))
        return sharpened((net + forest) / 2, self.temperature)


class Committee(nn.Module):
    """Softmax of the mean logits of the nets."""

    def __init__(self, nets: list[fatigue_net.BlinkNet]) -> None:
        super().__init__()
        self.nets = nn.ModuleList(nets)

    def forward(self, blinks: Tensor) -> Tensor:
        return torch.softmax(torch.stack([net(blinks) for net in self.nets]).mean(0), 1)


class Front(nn.Module):
    """What torch contributes to the exported graph: the nets' probabilities and the forest's inputs."""

    def __init__(self, nets: list[fatigue_net.BlinkNet]) -> None:
        super().__init__()
        self.committee, self.statistics = Committee(nets), fatigue_forest.Statistics()

    def forward(self, blinks: Tensor) -> tuple[Tensor, Tensor]:
        return self.committee(blinks), self.statistics(blinks)


def train(data: Path, out: Path) -> None:
    """Write ``fatigue.onnx`` and its card to ``out``; about ten minutes on one core."""
    windows = rldd.load(data)
    if windows is None or len(windows.files) < MIN_FOLDS:
        raise UsageError(
            f"Training needs at least {MIN_FOLDS} files {rldd.PATTERN} under {data}, to validate one on the others."
        )
    torch.set_num_threads(1)
    folds = np.unique(windows.fold)
    driven = rldd.as_driven(windows, Config().classifiers.fatigue_baseline_blinks)
    driven_answers = np.zeros((len(driven.label) if driven else 0, 3))
    with Progress() as progress:
        bar = progress.add_task("fatigue", total=(len(folds) + 1) * (len(SEEDS) + 1))
        unseen = {True: np.zeros((len(windows.label), 3)), False: np.zeros((len(windows.label), 3))}
        for fold in folds:
            model = fit(windows, windows.fold != fold, lambda: progress.advance(bar))
            held_out = windows.fold == fold
            unseen[True][held_out] = model.probabilities(windows.blinks[held_out])
            unseen[False][held_out] = model.probabilities(without_frequency(windows.blinks[held_out]))
            if driven is not None and (driven.fold == fold).any():
                driven_answers[driven.fold == fold] = model.probabilities(driven.blinks[driven.fold == fold])
        model = fit(windows, np.ones(len(windows.label), dtype=bool), lambda: progress.advance(bar))
    model.temperature = best_temperature(list(unseen.values()), windows)
    path = out / "fatigue.onnx"
    save(exported(model), path)
    for blinks in (windows.blinks, without_frequency(windows.blinks)):
        check_equal(path, {"blinks": blinks}, "probabilities", model.probabilities(blinks))
    figures = {
        "known": rldd.scores(windows, sharpened(unseen[True], model.temperature)),
        "unknown": rldd.scores(windows, sharpened(unseen[False], model.temperature)),
    }
    if driven is not None:
        figures["driven"] = rldd.scores(driven, sharpened(driven_answers, model.temperature))
    write(path, data, windows.files, figures, model.temperature)


def fit(windows: Windows, rows: NDArray[np.bool_], done: Callable[[], None]) -> Model:
    """A model of the windows in ``rows``, every video counting the same."""
    blinks, label = windows.blinks[rows], windows.label[rows]
    weight = 1.0 / windows_per_video(windows)[rows]
    weight /= weight.mean()
    parts = torch.from_numpy(blinks), torch.from_numpy(label), torch.from_numpy(weight.astype(np.float32))
    nets = []
    for seed in SEEDS:
        nets.append(fatigue_net.fitted(*parts, seed=seed))
        done()
    forest = fatigue_forest.fitted(blinks, label, weight, SEEDS[0])
    done()
    return Model(nets, forest)


def windows_per_video(windows: Windows) -> NDArray[np.int64]:
    return np.bincount(windows.video)[windows.video]


def sharpened(probabilities: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    powers = np.asarray(probabilities, dtype=np.float64) ** (1 / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def best_temperature(answers: list[NDArray[np.float64]], windows: Windows) -> float:
    """The temperature with the least log loss on windows of people the model had not seen, videos weighing the same."""
    weight = 1.0 / windows_per_video(windows)
    rows = np.arange(len(windows.label))

    def loss(temperature: float) -> float:
        return sum(
            float(-(weight * np.log(sharpened(answer, temperature)[rows, windows.label])).sum()) for answer in answers
        )

    return min((float(value) for value in np.round(np.geomspace(0.4, 2.5, 61), 4)), key=loss)


def exported(model: Model) -> onnx.ModelProto:
    """One graph: nets, statistics, forest, their mean, and the temperature as a power of the probabilities."""
    front = torch_graph(Front(model.nets), torch.zeros(2, 30, 4), "blinks", ["committee", FEATURES])
    forest = to_onnx(
        model.forest,
        np.zeros((1, len(fatigue_forest.statistics(np.zeros((1, 30, 4), np.float32))[0])), np.float32),
        target_opset={"": OPSET, "ai.onnx.ml": 3},
        options={id(model.forest): {"zipmap": False}},
    )
    forest = onnx.compose.add_prefix(forest, "forest_")
    nodes = list(front.graph.node)
    nodes.append(helper.make_node("Identity", [FEATURES], [forest.graph.input[0].name]))
    nodes += list(forest.graph.node)
    nodes += [
        helper.make_node("Add", ["committee", forest.graph.output[1].name], ["sum"]),
        helper.make_node("Mul", ["sum", "half"], ["mean"]),
        helper.make_node("Pow", ["mean", "sharpness"], ["powers"]),
        helper.make_node("ReduceSum", ["powers", "class_axis"], ["total"], keepdims=1),
        helper.make_node("Div", ["powers", "total"], ["probabilities"]),
    ]
    constants = [
        helper.make_tensor("half", TensorProto.FLOAT, [], [0.5]),
        helper.make_tensor("sharpness", TensorProto.FLOAT, [], [1 / model.temperature]),
        helper.make_tensor("class_axis", TensorProto.INT64, [1], [1]),
    ]
    graph = helper.make_graph(
        nodes,
        "fatigue",
        [helper.make_tensor_value_info("blinks", TensorProto.FLOAT, ["N", 30, 4])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 3])],
        [*front.graph.initializer, *forest.graph.initializer, *constants],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", 3)]
    )
