"""Train the stress net: a face and a heart part whose evidence adds up, each silent where its inputs are masked."""

import io
import logging
import warnings
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.classifiers.stress_window import FACE, FEATURES, HEART
from driver_monitor.errors import UsageError
from scripts.evaluation import fer2013, wesad
from scripts.training import stress_card, stress_plot
from scripts.training.calibration import temperature
from scripts.training.export import OPSET, check_equal, save
from scripts.training.stress_faces import CLASSES, MAX_FACES, moments, windows

log = logging.getLogger(__name__)

SEED = 20261122
HIDDEN = 8
TRAINING_WINDOWS, JUDGED_WINDOWS = 9000, 3000
FACE_STEPS = 300
RIDGE, NEWTON_STEPS = 0.01, 25
FACES, HEARTS = FACE.stop - FACE.start, HEART.stop - HEART.start
EXPRESSION = slice(0, FEATURES.index("angry_share") + 1)
MUSCLES = slice(EXPRESSION.stop, FACE.stop)
HEART_NAMES = tuple(FEATURES[HEART])
# Every set of heart values that may be known, the whole first.
SUBSETS = [known for count in range(HEARTS, 0, -1) for known in combinations(HEART_NAMES, count)]
ALL_KNOWN = HEART_NAMES


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

    ``table`` [8, 4] has a logistic regression (three weights and a level) for each set of known values: what is at hand
    is read as well as it can be alone. The row is 1 for the heart rate, 2 for RMSSD, 4 for SDNN, added up.
    """

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.register_buffer("table", table)
        self.register_buffer("place", 2.0 ** torch.arange(HEARTS))

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        chosen = self.table[(mask * self.place).sum(1).long()]
        logit: Tensor = (chosen[:, :HEARTS] * values * mask).sum(1, keepdim=True) + chosen[:, HEARTS:]
        return logit


class StressNet(nn.Module):
    """``window`` and ``mask`` [N, len(FEATURES)] -> probabilities [N, 3], equal ones where nothing is known.

    The two parts were trained apart, on different people, so their evidence is taken as independent. The heart says
    stressed or calm and nothing of anger. Blink rate and head motion are read by neither: no data for them yet.
    """

    def __init__(self, face: FacePart, heart: HeartPart, face_divisor: float, heart_divisor: float) -> None:
        super().__init__()
        self.face, self.heart = face, heart
        self.face_divisor, self.heart_divisor = face_divisor, heart_divisor

    def forward(self, window: Tensor, mask: Tensor) -> Tensor:
        known = mask > 0.5
        mask = known.float()
        window = torch.where(known, window, torch.zeros_like(window))
        half = self.heart(window[:, HEART], mask[:, HEART]) / (2 * self.heart_divisor)
        face = self.face(window[:, FACE], mask[:, FACE]) / self.face_divisor
        return F.softmax(face + torch.cat([-half, half, torch.zeros_like(half)], 1), dim=1)


def train(data: Path, out: Path) -> None:
    """Write ``stress.onnx``, its card and its plot to ``out``, which must hold ``expression.onnx`` already."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
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
    face_divisor = temperature(face(judged.window[:, FACE], judged.mask[:, FACE]), judged.kind)
    unseen = {known: leave_one_subject_out(hearts, known) for known in SUBSETS}
    everything = torch.from_numpy(unseen[ALL_KNOWN])[:, None] * torch.tensor([[-0.5, 0.5]])
    heart_divisor = temperature(everything, torch.from_numpy(hearts.stressed).long(), balanced=True)
    net = StressNet(face, HeartPart(heart_table(hearts)), face_divisor, heart_divisor).eval()
    path = out / "stress.onnx"
    export(net, judged, path)
    shown = {
        f"up to {MAX_FACES} faces of its class, expressions and muscles": wholly_known(judged),
        "expressions alone": without(judged, MUSCLES),
        "muscles alone": without(judged, EXPRESSION),
        "one face of its class, expressions and muscles": wholly_known(one_face),
    }
    figures = stress_card.Figures(
        faces={name: stress_card.face_scores(one.kind.numpy(), answer(net, one)) for name, one in shown.items()},
        hearts={", ".join(known): wesad.scores(hearts, logits / heart_divisor) for known, logits in unseen.items()},
        files=hearts.files,
        pictures=int(learn.sum()),
        face_divisor=face_divisor,
        heart_divisor=heart_divisor,
    )
    drives = stress_card.write(path, figures, data)
    heart_said = unseen[ALL_KNOWN] / heart_divisor
    stress_plot.draw(
        path.with_suffix(".svg"), judged.kind.numpy(), answer(net, judged), hearts.stressed, heart_said, drives
    )
    log.info("heart, people unseen: %s", figures.hearts[", ".join(ALL_KNOWN)])


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


def heart_table(rows: wesad.HeartRows) -> Tensor:
    table = np.zeros((2**HEARTS, HEARTS + 1), dtype=np.float32)
    for known in SUBSETS:
        columns = [HEART_NAMES.index(name) for name in known]
        table[sum(2**column for column in columns), [*columns, HEARTS]] = logistic(
            rows.values[:, columns], rows.stressed
        )
    return torch.from_numpy(table)


def logistic(values: NDArray[np.float32], stressed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights and level of a logistic regression in which stress and the rest weigh the same; Newton's method."""
    x = np.column_stack([values, np.ones(len(values))]).astype(np.float64)
    weight = np.where(stressed, 0.5 / stressed.mean(), 0.5 / (1 - stressed.mean()))
    ridge = np.diag([RIDGE] * values.shape[1] + [0.0])
    fitted = np.zeros(x.shape[1])
    for _ in range(NEWTON_STEPS):
        said = 1 / (1 + np.exp(-x @ fitted))
        slope = x.T @ (weight * (said - stressed)) + ridge @ fitted
        fitted -= np.linalg.solve((x.T * (weight * said * (1 - said))) @ x + ridge, slope)
    return fitted


def leave_one_subject_out(rows: wesad.HeartRows, known: tuple[str, ...]) -> NDArray[np.float32]:
    """The logit [n] that each person's minutes get from the others', from the ``known`` values alone."""
    columns = [HEART_NAMES.index(name) for name in known]
    logits = np.zeros(len(rows.stressed), dtype=np.float32)
    for person in np.unique(rows.subject):
        own = rows.subject == person
        fitted = logistic(rows.values[~own][:, columns], rows.stressed[~own])
        logits[own] = rows.values[own][:, columns] @ fitted[:-1] + fitted[-1]
    return logits


def wholly_known(given: Windows) -> Windows:
    known = given.mask[:, FACE].all(1)
    return Windows(given.window[known], given.mask[known], given.kind[known])


def without(given: Windows, columns: slice) -> Windows:
    """With ``columns`` masked, the windows of which something else is known."""
    mask = given.mask.clone()
    mask[:, columns] = 0.0
    known = mask.any(1)
    return Windows(given.window[known], mask[known], given.kind[known])


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
