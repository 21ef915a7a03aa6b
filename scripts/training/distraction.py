"""Train the distraction model on simulated glances; measured on drivers and cameras of another seed, and on drawn
drives before cameras of their own."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor, nn

from driver_monitor.classifiers.distraction import FEATURES, STEPS
from driver_monitor.classifiers.gaze_grid import CELLS, cell, shares
from driver_monitor.classifiers.model import OnnxModel
from scripts.evaluation import distraction as drawn
from scripts.training import distraction_card, gaze_noise, panels
from scripts.training.export import check_equal, save, torch_graph
from scripts.training.gaze_noise import KNOWN, Noise
from scripts.training.gaze_scenes import Scenes, faced_zones, labels, scenes

SEED = 20261127
TRAINING, CALIBRATION, UNSEEN = 160_000, 20_000, 40_000
PEOPLE = 20_000
EPOCHS = 16
BATCH = 1024
PEAK_RATE = 4e-3
WIDTHS = (128, 64)
DIRECTION_SHARE = 0.05  # of the direction's log loss beside the zone's: what is asked for is the zone
SCALE = (40.0, 20.0, 20.0, 15.0, 8.0, 1.0, 1.0)  # brings each feature to about 1
# An answer is given only where at least this share of such answers was right.
WANTED_ACCURACY = 0.95
LEAST = 1e-7  # probability; its logarithm is finite


class GazeNet(nn.Module):
    """float [N, 10, 7] -> logits [N, CELLS] over directions."""

    scale: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("scale", torch.tensor(SCALE))
        self.layers = nn.Sequential(
            nn.Linear(STEPS * len(FEATURES), WIDTHS[0]),
            nn.ReLU(),
            nn.Linear(WIDTHS[0], WIDTHS[1]),
            nn.ReLU(),
            nn.Linear(WIDTHS[1], CELLS),
        )

    def forward(self, gaze: Tensor) -> Tensor:
        logits: Tensor = self.layers((gaze / self.scale).flatten(1))
        return logits


class Exported(nn.Module):
    """Probabilities [N, CELLS] of directions and, summed up over the default zones, [N, zones]."""

    def __init__(self, net: GazeNet, temperature: float) -> None:
        super().__init__()
        self.net, self.temperature = net, temperature
        self.register_buffer("of_zones", default_shares())

    of_zones: Tensor

    def forward(self, gaze: Tensor) -> tuple[Tensor, Tensor]:
        directions = torch.softmax(self.net(gaze) / self.temperature, 1)
        return directions, directions @ self.of_zones


def default_shares() -> Tensor:
    return torch.from_numpy(shares(faced_zones(), labels()))


def train(data: Path, out: Path) -> None:
    """Write ``distraction.onnx``, its card and its plot to ``out``: under ten minutes on two idle cores, half of it the
    drawn drives. Of ``data`` the clips are read, to measure the noise; without any the figures in ``gaze_noise`` stand.
    """
    torch.set_num_threads(1)
    noise = noise_of(data)
    net = fitted(scenes(TRAINING, SEED, people=PEOPLE, noise=noise))
    calibration = scenes(CALIBRATION, SEED + 1, noise=noise)
    model = Exported(net, temperature(net, calibration)).eval()
    path = out / "distraction.onnx"
    save(torch_graph(model, torch.zeros(2, STEPS, len(FEATURES)), "gaze", ["directions", "zones"]), path)
    unseen = scenes(UNSEEN, SEED + 2, noise=noise)
    answers = predicted(model, unseen)
    check_equal(path, {"gaze": unseen.gaze}, "zones", answers)
    confidence = least_confidence(predicted(model, calibration), calibration.zone)
    simulated = (path, labels(), confidence, answers, unseen, noise, (TRAINING, PEOPLE))
    distraction_card.write(*simulated)  # without a card no model is loaded
    found = drawn.answers(OnnxModel(path), drawn.drives())
    distraction_card.write(*simulated, drawn.figures(found, confidence))
    plot(out / "distraction.svg", answers, unseen, found)


def noise_of(data: Path) -> Noise:
    clips = gaze_noise.clips_in(data)
    found = gaze_noise.measured(gaze_noise.tracked(clip) for clip in track(clips, description="noise on clips"))
    return found or KNOWN


def plot(path: Path, answers: NDArray[np.float32], unseen: Scenes, found: drawn.Answers) -> None:
    """Reliability of the likeliest zone, and how the simulated zones are told apart."""
    figure, (left, right) = panels.figure(2, "Distraction: simulated drivers, and drawn drives (no people)")
    said = answers.argmax(axis=1)
    curves = {
        "simulated": panels.Curve(answers.max(axis=1), said == unseen.zone),
        "drawn drives": panels.Curve(found.confidence, found.right),
    }
    panels.reliability(left, curves)
    names = labels()
    counts = np.zeros((len(names), len(names)), dtype=int)
    np.add.at(counts, (unseen.zone, said), 1)
    panels.confusion(right, counts.tolist(), names)
    panels.save(figure, path)


def fitted(training: Scenes) -> GazeNet:
    torch.manual_seed(SEED)
    chance = torch.Generator().manual_seed(SEED)
    gaze, zone = torch.from_numpy(training.gaze), torch.from_numpy(training.zone)
    direction = torch.from_numpy(cell(*training.direction.T))
    net, of_zones = GazeNet(), default_shares()
    steps = len(zone) // BATCH
    optimiser = torch.optim.AdamW(net.parameters(), PEAK_RATE, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK_RATE, total_steps=EPOCHS * steps)
    for _ in track(range(EPOCHS), description="distraction"):
        order = torch.randperm(len(zone), generator=chance)
        for step in range(steps):
            rows = order[step * BATCH : (step + 1) * BATCH]
            logits = net(gaze[rows])
            loss = zone_loss(logits, of_zones, zone[rows])
            loss = loss + DIRECTION_SHARE * nn.functional.cross_entropy(logits, direction[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return net.eval()


def zone_loss(logits: Tensor, of_zones: Tensor, zone: Tensor) -> Tensor:
    likely = (torch.softmax(logits, 1) @ of_zones).clamp_min(LEAST)
    return nn.functional.nll_loss(torch.log(likely), zone)


@torch.no_grad()
def temperature(net: GazeNet, seen: Scenes) -> float:
    logits, zone, of_zones = net(torch.from_numpy(seen.gaze)), torch.from_numpy(seen.zone), default_shares()
    tried = [float(value) for value in np.geomspace(0.5, 2.0, 61)]
    return min(tried, key=lambda divisor: float(zone_loss(logits / divisor, of_zones, zone)))


@torch.no_grad()
def predicted(model: Exported, seen: Scenes) -> NDArray[np.float32]:
    """Zone probabilities [n, zones]."""
    values: NDArray[np.float32] = model(torch.from_numpy(seen.gaze))[1].numpy()
    return values


def least_confidence(answers: NDArray[np.float32], zone: NDArray[np.int64]) -> float:
    """The lowest confidence from which on the answers at or above it are right WANTED_ACCURACY of the time."""
    confidence, right = answers.max(axis=1), answers.argmax(axis=1) == zone
    levels = np.round(np.arange(0.30, 0.96, 0.01), 2)
    good = [float(level) for level in levels if right[confidence >= level].mean() >= WANTED_ACCURACY]
    return good[0] if good else float(levels[-1])
