"""Train the expression net: a small residual CNN on FER2013's Training pictures and muxspace's faces.

PublicTest alone chooses the epoch and the softmax temperature; PrivateTest is never read here.
"""

import logging
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from driver_monitor.classifiers.stress_window import EXPRESSIONS
from driver_monitor.errors import UsageError
from scripts.evaluation import fer2013
from scripts.training import expression_card
from scripts.training.export import check_equal, save, torch_graph
from scripts.training.faces import muxspace

log = logging.getLogger(__name__)

SEED = 20261122
EPOCHS = 32
BATCH = 128
PEAK_RATE = 0.1
WEIGHT_DECAY = 5e-4
LABEL_SMOOTHING = 0.1
EMA_DECAY = 0.998
# Trained on a random window of the 48 px picture, run on its middle: the face is never in the same place, and a step is
# cheaper. The whole picture would give less, as the net has never seen that much of it.
WINDOW_PX = 42


def conv(inputs: int, outputs: int, stride: int = 1, relu: bool = True) -> nn.Sequential:
    layers: list[nn.Module] = [nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if relu else nn.Sequential(*layers)


class Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels), conv(channels, channels, relu=False))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.body(x))


class ExpressionNet(nn.Module):
    """Grey values in any range, float [n, 1, h, w] -> logits [n, 7].

    The picture is standardised first. Dense 3x3 convolutions: on one x86 core they cost less time than the
    depthwise nets with as many parameters, both in training and in ONNX Runtime.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            conv(1, 8),
            conv(8, 24, stride=2),
            Residual(24),
            conv(24, 64, stride=2),
            Residual(64),
            conv(64, 112, stride=2),
            Residual(112),
        )
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(112, len(EXPRESSIONS))

    def forward(self, x: Tensor) -> Tensor:
        centred = x - x.mean((1, 2, 3), keepdim=True)
        deviation = (centred * centred).mean((1, 2, 3), keepdim=True).sqrt()
        features = self.features(centred / (deviation + 1.0))
        logits: Tensor = self.head(self.dropout(features.mean((2, 3))))
        return logits


class Exported(nn.Module):
    """uint8 [N, 1, 48, 48] -> calibrated probabilities [N, 7]."""

    def __init__(self, net: nn.Module, temperature: float) -> None:
        super().__init__()
        self.net, self.temperature = net, temperature

    def forward(self, face: Tensor) -> Tensor:
        return F.softmax(self.net(middle(face).float()) / self.temperature, dim=1)


def middle(faces: Tensor) -> Tensor:
    edge = (48 - WINDOW_PX) // 2
    return faces[:, :, edge : edge + WINDOW_PX, edge : edge + WINDOW_PX]


def augmented(images: Tensor, chance: torch.Generator, strength: float) -> Tensor:
    """Float [n, 1, 42, 42] of uint8 [n, 1, 48, 48]: turned, scaled, moved, mirrored, lit, blurred and covered."""
    n = len(images)

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return torch.rand(shape or (n,), generator=chance) * (high - low) + low

    x = images.float() / 255
    x = x ** torch.exp(uniform(-0.4, 0.4) * strength).view(n, 1, 1, 1)
    blurred = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
    x = torch.where((uniform(0, 1) < 0.2 * strength).view(n, 1, 1, 1), blurred, x)

    angle, scale = uniform(-0.22, 0.22) * strength, torch.exp(uniform(-0.14, 0.14) * strength) * (WINDOW_PX / 48)
    mirror = torch.where(uniform(0, 1) < 0.5, -1.0, 1.0)
    cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
    across, down = uniform(-0.16, 0.16) * strength, uniform(-0.16, 0.16) * strength
    rows = (cosine * mirror, -sine, across, sine * mirror, cosine, down)
    grid = F.affine_grid(torch.stack(rows, 1).view(n, 2, 3), [n, 1, WINDOW_PX, WINDOW_PX], align_corners=False)
    x = F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)

    x = x + torch.randn(x.shape, generator=chance) * (uniform(0, 0.05) * strength).view(n, 1, 1, 1)
    along = torch.arange(WINDOW_PX)
    side = uniform(6, 18) * (uniform(0, 1) < 0.5 * strength)
    top, left = uniform(-6, WINDOW_PX - 6), uniform(-6, WINDOW_PX - 6)
    in_rows = (along >= top[:, None]) & (along < (top + side)[:, None])
    in_columns = (along >= left[:, None]) & (along < (left + side)[:, None])
    covered = (in_rows[:, :, None] & in_columns[:, None, :])[:, None]
    return torch.where(covered, x.mean((1, 2, 3), keepdim=True), x) * 255


def learning_rate(progress: float) -> float:
    """A short rise, a level stretch, then straight down to zero; ``progress`` 0..1."""
    return PEAK_RATE * min(1.0, progress / 0.04, (1.0 - progress) / 0.7)


def augmentation_strength(progress: float) -> float:
    """Pictures come closer to the stored ones as the net settles: a net this small underfits at full strength."""
    return 1.0 - 0.7 * progress


def train(data: Path, out: Path, epochs: int = EPOCHS) -> None:
    """Write ``expression.onnx`` and its card to ``out``; an hour on two shared cores."""
    torch.manual_seed(SEED)
    chance = torch.Generator().manual_seed(SEED)
    fer = fer2013.load(data)
    if fer is None or not {fer2013.TRAINING, fer2013.PUBLIC_TEST} <= set(fer.split.tolist()):
        raise UsageError(f"{data / fer2013.FILE} with the Training and PublicTest splits is needed; put it there.")
    training, public = fer.of(fer.split == fer2013.TRAINING), fer.of(fer.split == fer2013.PUBLIC_TEST)
    mux = muxspace(data)
    images = torch.from_numpy(np.concatenate([training.images, mux.images]))[:, None]
    labels = torch.from_numpy(np.concatenate([training.labels, mux.labels]))
    log.info("training on %d FER2013 and %d muxspace faces", len(training.labels), len(mux.labels))

    net = ExpressionNet().to(memory_format=torch.channels_last)
    average = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(EMA_DECAY), use_buffers=True
    )
    optimiser = torch.optim.SGD(net.parameters(), PEAK_RATE, momentum=0.9, nesterov=True, weight_decay=WEIGHT_DECAY)
    best = 0.0
    for epoch in range(epochs):
        pairs = batches(images, labels, chance)
        loss = run_epoch(net, average, optimiser, pairs, epoch / epochs, 1 / epochs, chance)
        logits = predict(average.module, public.images)
        accuracy = float((logits.argmax(1).numpy() == public.labels).mean())
        log.info("epoch %d of %d: loss %.3f, PublicTest accuracy %.4f", epoch + 1, epochs, loss, accuracy)
        if accuracy > best:
            best, divisor = accuracy, temperature(logits, torch.from_numpy(public.labels))
            export(average.module, divisor, public.images[:64], out / "expression.onnx")
            # Each time, so that a run cut short leaves a usable model with its true figures.
            schedule = f"Epoch {epoch + 1} of {epochs}, temperature {divisor:.3f}."
            expression_card.write(out / "expression.onnx", public, len(training.labels), len(mux.labels), schedule)


def batches(images: Tensor, labels: Tensor, chance: torch.Generator) -> list[tuple[Tensor, Tensor]]:
    order = torch.randperm(len(labels), generator=chance)
    chosen = order[: len(order) // BATCH * BATCH].split(BATCH)
    return [(images[rows], labels[rows]) for rows in chosen]


def run_epoch(
    net: nn.Module,
    average: "torch.optim.swa_utils.AveragedModel",
    optimiser: torch.optim.Optimizer,
    pairs: list[tuple[Tensor, Tensor]],
    start: float,
    share: float,
    chance: torch.Generator,
) -> float:
    net.train()
    total = 0.0
    for index, (faces, wanted) in enumerate(pairs):
        progress = start + share * index / len(pairs)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(progress)
        x = augmented(faces, chance, augmentation_strength(progress)).contiguous(memory_format=torch.channels_last)
        loss = F.cross_entropy(net(x), wanted, label_smoothing=LABEL_SMOOTHING)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        average.update_parameters(net)
        total += loss.item()
    return total / len(pairs)


def predict(net: nn.Module, images: NDArray[np.uint8]) -> Tensor:
    net.eval()
    with torch.no_grad():
        return torch.cat([net(middle(part).float()) for part in torch.from_numpy(images)[:, None].split(512)])


def temperature(logits: Tensor, labels: Tensor) -> float:
    """The divisor of the logits with the least log loss."""
    tried = [math.exp(step / 50) for step in range(-75, 76)]
    return min(tried, key=lambda divisor: F.cross_entropy(logits / divisor, labels).item())


def export(net: nn.Module, divisor: float, examples: NDArray[np.uint8], path: Path) -> None:
    """The graph: uint8 faces in, calibrated probabilities out; checked against the net on ``examples``."""
    model = Exported(net, divisor).eval()
    faces: NDArray[Any] = examples[:, None]
    save(torch_graph(model, torch.from_numpy(faces), "face", ["probabilities"]), path)
    with torch.no_grad():
        check_equal(path, {"face": faces}, "probabilities", model(torch.from_numpy(faces)).numpy())
