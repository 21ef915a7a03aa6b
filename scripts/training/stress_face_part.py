"""Training of the face part; the only one of the stress net's parts that needs torch."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from driver_monitor.classifiers.stress_window import FACE
from scripts.training.calibration import temperature
from scripts.training.stress_faces import Windows
from scripts.training.stress_parts import CLASSES, FacePart, Floats

HIDDEN = 8
STEPS = 300
FACES = FACE.stop - FACE.start


class FaceNet(nn.Module):
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

    def part(self, divisor: float) -> FacePart:
        first, last = self.layers[0], self.layers[2]
        weights = (self.mean, self.deviation, first.weight, first.bias, last.weight, last.bias)
        return FacePart(divisor, *(_numpy(each) for each in weights))


def train(training: Windows, judged: Windows, seed: int) -> FacePart:
    """Its logits are divided by the temperature that fits the ``judged`` windows best."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    window, mask = (torch.from_numpy(each[:, FACE]) for each in (training.window, training.mask))
    kind = torch.from_numpy(training.kind)
    mean = window.sum(0) / mask.sum(0)
    deviation = ((window - mean).square() * mask).sum(0).div(mask.sum(0)).sqrt() + 1e-3
    net = FaceNet(mean, deviation)
    optimiser = torch.optim.AdamW(net.parameters(), 0.01, weight_decay=0.01)
    for _ in range(STEPS):
        loss = F.cross_entropy(net(window, mask), kind, label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    plain = net.part(1.0)
    return net.part(temperature(plain.logits(judged.window[:, FACE], judged.mask[:, FACE]), judged.kind))


def _numpy(values: Tensor) -> Floats:
    given: Floats = values.detach().numpy().astype(np.float32)
    return given
