"""Train the stress net: a face and a heart part whose evidence adds up, each silent where its inputs are masked."""

import io
import logging
import math
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.classifiers.stress_window import FACE, HEART
from driver_monitor.errors import UsageError
from scripts.evaluation import fer2013, wesad
from scripts.training import stress_card
from scripts.training.export import OPSET, check_equal, save
from scripts.training.stress_faces import CLASSES, MAX_FACES, moments, windows

log = logging.getLogger(__name__)

SEED = 20261122
HIDDEN = 16
TRAINING_WINDOWS, JUDGED_WINDOWS = 9000, 3000
FACE_STEPS, HEART_STEPS = 600, 1000
FACES, HEARTS = FACE.stop - FACE.start, HEART.stop - HEART.start


@dataclass(frozen=True)
class Windows:
    window: Tensor
    mask: Tensor
    kind: Tensor


class FacePart(nn.Module):
    """Face features and their mask -> logits [n, 3], all 0 where nothing is known."""

    def __init__(self, mean: Tensor, deviation: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)
        self.layers = nn.Sequential(nn.Linear(2 * FACES, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, len(CLASSES)))

    def forward(self, window: Tensor, mask: Tensor) -> Tensor:
        x = (window - self.mean) / self.deviation * mask
        logits: Tensor = self.layers(torch.cat([x, mask], 1)) * mask.amax(1, keepdim=True)
        return logits


class HeartPart(nn.Module):
    """Heart features and their mask -> [n, 1], the logit of stressed against calm, 0 where nothing is known.

    A value that is missing beside known ones counts as being at the driver's rest.
    """

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Linear(HEARTS, 1, bias=False)
        self.level = nn.Parameter(torch.zeros(1))

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        logit: Tensor = self.weights(values * mask) + self.level * mask.amax(1, keepdim=True)
        return logit


class StressNet(nn.Module):
    """``window`` and ``mask`` [N, len(FEATURES)] -> probabilities [N, 3], equal ones where nothing is known.

    The two parts were trained apart, on different people, so their evidence is taken as independent. The heart says
    stressed or calm and nothing of anger. Blink rate and head motion are read by neither: no data for them yet.
    """

    def __init__(self, face: FacePart, heart: HeartPart, divisor: float) -> None:
        super().__init__()
        self.face, self.heart, self.divisor = face, heart, divisor

    def forward(self, window: Tensor, mask: Tensor) -> Tensor:
        known = mask > 0.5
        mask = known.float()
        window = torch.where(known, window, torch.zeros_like(window))
        half = self.heart(window[:, HEART], mask[:, HEART]) / 2
        face = self.face(window[:, FACE], mask[:, FACE]) / self.divisor
        return F.softmax(face + torch.cat([-half, half, torch.zeros_like(half)], 1), dim=1)


def train(data: Path, out: Path) -> None:
    """Write ``stress.onnx`` and its card to ``out``, which must hold ``expression.onnx`` already."""
    torch.manual_seed(SEED)
    hearts = wesad.load(data)
    faces = fer2013.load(data)
    if hearts is None:
        raise UsageError(f"{data} has no {wesad.PATTERN} with a subject's own rest (label 1); put WESAD there.")
    if faces is None or not (faces.split == fer2013.PUBLIC_TEST).any():
        raise UsageError(f"{data / fer2013.FILE} with the PublicTest split is needed; put it there.")
    public = faces.of(faces.split == fer2013.PUBLIC_TEST)
    seen = moments(public, OnnxModel(out / "expression.onnx"))
    chance = np.random.default_rng(SEED)
    learn = chance.permutation(len(seen.kind)) < len(seen.kind) // 2
    training = tensors(*windows(seen.of(learn), TRAINING_WINDOWS, chance))
    judged = tensors(*windows(seen.of(~learn), JUDGED_WINDOWS, chance))
    one_face = tensors(*windows(seen.of(~learn), JUDGED_WINDOWS, chance, most_faces=1))
    face = train_face(training)
    divisor = temperature(face(judged.window[:, FACE], judged.mask[:, FACE]), judged.kind)
    heart_said = leave_one_subject_out(hearts)
    net = StressNet(face, train_heart(hearts, np.ones(len(hearts.stressed), dtype=bool)), divisor).eval()
    path = out / "stress.onnx"
    export(net, judged, path)
    figures = {
        f"up to {MAX_FACES} faces of its class": stress_card.face_scores(judged.kind.numpy(), answer(net, judged)),
        "one face of its class": stress_card.face_scores(one_face.kind.numpy(), answer(net, one_face)),
    }
    scores = wesad.scores(hearts.stressed, heart_said, hearts.subject)
    stress_card.write(path, figures, scores, hearts.files, int(learn.sum()), divisor)
    log.info("faces %s, heart %s", figures, scores)


def tensors(window: NDArray[np.float32], mask: NDArray[np.float32], kind: NDArray[np.int64]) -> Windows:
    return Windows(torch.from_numpy(window), torch.from_numpy(mask), torch.from_numpy(kind))


def train_face(training: Windows) -> FacePart:
    window, mask = training.window[:, FACE], training.mask[:, FACE]
    mean = window.sum(0) / mask.sum(0)
    deviation = ((window - mean).square() * mask).sum(0).div(mask.sum(0)).sqrt() + 1e-3
    part = FacePart(mean, deviation)
    optimiser = torch.optim.AdamW(part.parameters(), 0.01, weight_decay=0.01)
    for _ in range(FACE_STEPS):
        loss = F.cross_entropy(part(window, mask), training.kind, label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return part


def train_heart(rows: wesad.HeartRows, chosen: NDArray[np.bool_]) -> HeartPart:
    """Logistic regression, stress and the rest weighing the same."""
    values = torch.from_numpy(rows.values[chosen])
    stressed = torch.from_numpy(rows.stressed[chosen]).float()
    weight = torch.where(stressed > 0, 0.5 / stressed.mean(), 0.5 / (1 - stressed.mean()))
    part = HeartPart()
    nn.init.zeros_(part.weights.weight)
    optimiser = torch.optim.Adam(part.parameters(), 0.1)
    for _ in range(HEART_STEPS):
        logit = part(values, torch.ones_like(values))[:, 0]
        loss = F.binary_cross_entropy_with_logits(logit, stressed, weight)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return part


def leave_one_subject_out(rows: wesad.HeartRows) -> NDArray[np.bool_]:
    said = np.zeros(len(rows.stressed), dtype=bool)
    for person in np.unique(rows.subject):
        own = rows.subject == person
        values = torch.from_numpy(rows.values[own])
        part = train_heart(rows, ~own)
        with torch.no_grad():
            said[own] = (part(values, torch.ones_like(values))[:, 0] > 0).numpy()
    return said


def temperature(logits: Tensor, kind: Tensor) -> float:
    """The divisor of the logits with the least log loss."""
    tried = [math.exp(step / 50) for step in range(-75, 76)]
    return min(tried, key=lambda divisor: F.cross_entropy(logits / divisor, kind).item())


def answer(net: nn.Module, given: Windows) -> NDArray[np.float32]:
    with torch.no_grad():
        probabilities: NDArray[np.float32] = net(given.window, given.mask).numpy()
    return probabilities


def export(net: StressNet, examples: Windows, path: Path) -> None:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own deprecation
        torch.onnx.export(
            net,
            (examples.window, examples.mask),
            buffer,
            dynamo=False,
            opset_version=OPSET,
            input_names=["window", "mask"],
            output_names=["probabilities"],
            dynamic_axes={name: {0: "N"} for name in ("window", "mask", "probabilities")},
        )
    save(onnx.load_from_string(buffer.getvalue()), path)
    inputs = {"window": examples.window.numpy(), "mask": examples.mask.numpy()}
    check_equal(path, inputs, "probabilities", answer(net, examples))
