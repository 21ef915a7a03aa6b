"""The sequence half of the fatigue model: a small convolution and a bidirectional GRU over 30 blinks."""

import torch
from torch import Tensor, nn

CLASSES = 3
HIDDEN = 24
EPOCHS = 16
BATCH = 256
PEAK_RATE = 3e-3
WEIGHT_DECAY = 1e-2
LABEL_SMOOTHING = 0.05
DROPOUT = 0.4
UNKNOWN_FREQUENCY = 0.35  # share of the windows that lose their frequency, as the live classifier's do
# A baseline from 60 blinks instead of a third of a video moves and stretches the z-scores by about this much.
SHIFT = 0.2
STRETCH = torch.tensor([0.2, 0.15, 0.15, 0.15])


def compressed(blinks: Tensor) -> tuple[Tensor, Tensor]:
    """Signed logarithms [N, 30, 4] of the z-scores (those of the frequency reach hundreds), and where it is unknown."""
    unknown = torch.isnan(blinks[..., :1])
    frequency = torch.where(unknown, torch.zeros_like(blinks[..., :1]), blinks[..., :1])
    known = torch.cat([frequency, blinks[..., 1:]], 2)
    return torch.sign(known) * torch.log1p(known.abs()), unknown.float()


class BlinkNet(nn.Module):
    """float [N, 30, 4] z-scores -> logits [N, 3]; quartiles, mean and SD of the window go round the GRU."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(5, HIDDEN, 3, padding=1)
        self.gru = nn.GRU(HIDDEN, HIDDEN, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(4 * HIDDEN + 4 * 5 + 1, CLASSES)

    def forward(self, blinks: Tensor) -> Tensor:
        values, unknown = compressed(blinks)
        x = torch.cat([values, unknown], 2)
        local = torch.relu(self.conv(x.transpose(1, 2))).transpose(1, 2)
        states, _ = self.gru(self.dropout(local))
        pooled = self.dropout(torch.cat([states.mean(1), states.amax(1)], 1))
        mean = x.mean(1)
        deviation = ((x - mean[:, None]) ** 2).mean(1).add(1e-4).sqrt()
        ordered = torch.sort(x, 1).values
        logits: Tensor = self.head(
            torch.cat([pooled, mean, deviation, ordered[:, 7], ordered[:, 22], unknown[:, 0]], 1)
        )
        return logits


def augmented(blinks: Tensor, chance: torch.Generator) -> Tensor:
    """The windows of ``blinks`` as other baselines would have scaled them, some without their frequency."""
    n = len(blinks)
    seen = (blinks.abs().sum(2, keepdim=True) > 0).float()  # short videos are padded with zeros
    stretch = torch.exp(torch.randn(n, 1, 4, generator=chance) * STRETCH)
    shift = torch.randn(n, 1, 4, generator=chance) * SHIFT
    moved = (blinks * stretch + shift) * seen
    moved[torch.rand(n, generator=chance) < UNKNOWN_FREQUENCY, :, 0] = float("nan")
    return moved


def fitted(blinks: Tensor, label: Tensor, weight: Tensor, seed: int) -> BlinkNet:
    """A net trained on ``blinks`` [n, 30, 4] with a weight for each window."""
    torch.manual_seed(seed)
    chance = torch.Generator().manual_seed(seed)
    net = BlinkNet()
    steps_per_epoch = max(1, len(label) // BATCH)
    optimiser = torch.optim.AdamW(net.parameters(), PEAK_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK_RATE, total_steps=EPOCHS * steps_per_epoch)
    net.train()
    for _ in range(EPOCHS):
        order = torch.randperm(len(label), generator=chance)
        for step in range(steps_per_epoch):
            rows = order[step * BATCH : (step + 1) * BATCH]
            losses = nn.functional.cross_entropy(
                net(augmented(blinks[rows], chance)),
                label[rows],
                reduction="none",
                label_smoothing=LABEL_SMOOTHING,
            )
            optimiser.zero_grad()
            (losses * weight[rows]).mean().backward()
            optimiser.step()
            schedule.step()
    return net.eval()
