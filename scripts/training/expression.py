"""Train the expression net: a small residual CNN on FER2013's Training pictures and four fifths of muxspace's people.

The last epoch is what ships. PublicTest sets the softmax temperature and nothing else here; PrivateTest is never read.
"""

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor

from driver_monitor.classifiers.stress_window import EXPRESSIONS
from driver_monitor.errors import UsageError
from scripts.evaluation import fer2013
from scripts.training import expression_card
from scripts.training.calibration import temperature
from scripts.training.expression_net import BFLOAT16, INPUT_PX, SEEN_PX, Exported, ExpressionNet, export, predict
from scripts.training.faces import muxspace

log = logging.getLogger(__name__)

SEED = 20261122
# At the full rate, then while it falls in a straight line to nothing.
LEVEL_EPOCHS, EASING_EPOCHS = 41, 56
BATCH = 128
PEAK_RATE, RISE_EPOCHS = 0.1, 1.5
WEIGHT_DECAY = 5e-4
LABEL_SMOOTHING = 0.1
EMA_DECAY = 0.998
# Many of FER2013's labels are wrong: from FIRST_OPINION on, half of what the net is to say is what its averaged self
# said of the same picture (after progressive self-distillation, Kim et al. 2021), asked again every OPINION_EPOCHS.
OWN_OPINION, FIRST_OPINION, OPINION_EPOCHS = 0.5, 20, 5
HELD_BACK = 0.2  # share of muxspace's people not trained on


def augmented(images: Tensor, chance: torch.Generator, strength: float) -> Tensor:
    """Float [n, 1, 40, 40] of uint8 [n, 1, 48, 48]: turned, scaled, moved, mirrored, lit, blurred and covered."""
    n = len(images)

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return torch.rand(shape or (n,), generator=chance) * (high - low) + low

    x = images.float() / 255
    x = x ** torch.exp(uniform(-0.4, 0.4) * strength).view(n, 1, 1, 1)
    blurred = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
    x = torch.where((uniform(0, 1) < 0.2 * strength).view(n, 1, 1, 1), blurred, x)

    angle, scale = uniform(-0.22, 0.22) * strength, torch.exp(uniform(-0.14, 0.14) * strength) * (SEEN_PX / 48)
    mirror = torch.where(uniform(0, 1) < 0.5, -1.0, 1.0)
    cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
    across, down = uniform(-0.16, 0.16) * strength, uniform(-0.16, 0.16) * strength
    rows = (cosine * mirror, -sine, across, sine * mirror, cosine, down)
    grid = F.affine_grid(torch.stack(rows, 1).view(n, 2, 3), [n, 1, INPUT_PX, INPUT_PX], align_corners=False)
    x = F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)

    x = x + torch.randn(x.shape, generator=chance) * (uniform(0, 0.05) * strength).view(n, 1, 1, 1)
    along = torch.arange(INPUT_PX)
    side = uniform(6, 18) * (uniform(0, 1) < 0.5 * strength)
    top, left = uniform(-6, INPUT_PX - 6), uniform(-6, INPUT_PX - 6)
    in_rows = (along >= top[:, None]) & (along < (top + side)[:, None])
    in_columns = (along >= left[:, None]) & (along < (left + side)[:, None])
    covered = (in_rows[:, :, None] & in_columns[:, None, :])[:, None]
    return torch.where(covered, x.mean((1, 2, 3), keepdim=True), x) * 255


def learning_rate(epoch: float) -> float:
    return PEAK_RATE * min(1.0, epoch / RISE_EPOCHS, (LEVEL_EPOCHS + EASING_EPOCHS - epoch) / EASING_EPOCHS)


def augmentation_strength(epoch: float) -> float:
    """Pictures come closer to the stored ones as the net settles: a net this small underfits at full strength."""
    return 0.9 - 0.55 * max(0.0, (epoch - LEVEL_EPOCHS) / EASING_EPOCHS)


class Trainer:
    """The net, its running average and what it is to say of each training picture."""

    def __init__(self, images: Tensor, labels: Tensor) -> None:
        self.images = images
        hard = F.one_hot(labels, len(EXPRESSIONS)).float()
        self.labels = hard * (1 - LABEL_SMOOTHING) + LABEL_SMOOTHING / len(EXPRESSIONS)
        self.wanted = self.labels
        self.chance = torch.Generator().manual_seed(SEED)
        self.net = ExpressionNet().to(memory_format=torch.channels_last)
        self.average = torch.optim.swa_utils.AveragedModel(
            self.net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(EMA_DECAY), use_buffers=True
        )
        self.optimiser = torch.optim.SGD(
            self.net.parameters(), PEAK_RATE, momentum=0.9, nesterov=True, weight_decay=WEIGHT_DECAY
        )

    def run_epoch(self, epoch: int, stepped: Callable[[], None]) -> float:
        """Mean loss; ``stepped`` is called after each batch. On one thread, so that sums keep their order."""
        if epoch >= FIRST_OPINION and (epoch - FIRST_OPINION) % OPINION_EPOCHS == 0:
            own = F.softmax(predict(self.average.module, self.images), 1)
            self.wanted = (1 - OWN_OPINION) * self.labels + OWN_OPINION * own
        self.net.train()
        order = torch.randperm(len(self.images), generator=self.chance)
        batches = order[: len(order) // BATCH * BATCH].split(BATCH)
        total = 0.0
        for index, rows in enumerate(batches):
            now = epoch + index / len(batches)
            for group in self.optimiser.param_groups:
                group["lr"] = learning_rate(now)
            x = augmented(self.images[rows], self.chance, augmentation_strength(now))
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=BFLOAT16):
                logits = self.net(x.contiguous(memory_format=torch.channels_last))
            loss = F.cross_entropy(logits.float(), self.wanted[rows])
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
            self.average.update_parameters(self.net)
            total += loss.item()
            stepped()
        return total / len(batches)


def train(data: Path, out: Path) -> None:
    """Write ``expression.onnx``, its card and its plot to ``out``."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    fer = fer2013.load(data)
    if fer is None or not {fer2013.TRAINING, fer2013.PUBLIC_TEST} <= set(fer.split.tolist()):
        raise UsageError(f"{data / fer2013.FILE} with the Training and PublicTest splits is needed; put it there.")
    training, public = fer.of(fer.split == fer2013.TRAINING), fer.of(fer.split == fer2013.PUBLIC_TEST)
    mux, people = muxspace(data)
    held_back = chosen_people(people, HELD_BACK)
    seen, unseen = mux.of(~held_back), mux.of(held_back)
    log.info("training on %d FER2013 and %d muxspace faces", len(training.labels), len(seen.labels))
    trainer = Trainer(
        torch.from_numpy(np.concatenate([training.images, seen.images]))[:, None],
        torch.from_numpy(np.concatenate([training.labels, seen.labels])),
    )
    judged = torch.from_numpy(public.images)[:, None]
    labels = torch.from_numpy(public.labels)
    epochs = LEVEL_EPOCHS + EASING_EPOCHS
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
        steps = bar.add_task("expression", total=epochs * (len(trainer.images) // BATCH))
        for epoch in range(epochs):
            loss = trainer.run_epoch(epoch, lambda: bar.advance(steps))
            said = predict(trainer.average.module, judged).argmax(1)
            found = float((said == labels).float().mean())
            log.info("epoch %d: loss %.3f, PublicTest accuracy %.4f", epoch + 1, loss, found)
    divisor = temperature(logits(trainer.average.module, judged), labels)
    path = out / "expression.onnx"
    export(trainer.average.module, divisor, public.images[:64], path)
    expression_card.write(
        path, public, unseen, people[held_back], (len(training.labels), len(seen.labels)), epochs, divisor
    )


def chosen_people(people: NDArray[np.str_], share: float) -> NDArray[np.bool_]:
    """The rows of a share of the people, drawn by lot."""
    names = np.unique(people)
    return np.isin(people, np.random.default_rng(SEED).permutation(names)[: round(share * len(names))])


def logits(net: ExpressionNet, images: Tensor) -> Tensor:
    """[n, 7] of uint8 [n, 1, 48, 48] as shipped, but for a constant that a softmax takes out again."""
    with torch.no_grad():
        return torch.cat([Exported(net, 1.0).eval()(part) for part in images.split(256)]).log()
