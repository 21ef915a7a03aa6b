"""The statistics half of the fatigue model: a random forest over order statistics of the 30 blinks.

It is less accurate on its own than the net, but errs elsewhere: the mean of the two is better calibrated than either.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from torch import Tensor, nn

from scripts.evaluation.rldd import without_frequency
from scripts.training.fatigue_net import compressed

TREES = 100
MIN_LEAF = 30
SHARE_OF_ROWS = 0.3
UNKNOWN = -20.0  # stands for every statistic of an unknown frequency: far from any real one
RANKS = (3, 7, 15, 22, 26)  # of 30 sorted values: about the 10th, 25th, 50th, 75th and 90th percentile


class Statistics(nn.Module):
    """float [N, 30, 4] -> [N, F]: per feature mean, SD, percentiles, extremes, trend and roughness."""

    def forward(self, blinks: Tensor) -> Tensor:
        values, unknown = compressed(blinks)
        mean = values.mean(1)
        deviation = ((values - mean[:, None]) ** 2).mean(1).add(1e-6).sqrt()
        ordered = torch.sort(values, 1).values
        time = torch.linspace(-1, 1, 30).view(1, 30, 1)
        trend = (values * time).mean(1)
        roughness = (values[:, 1:] - values[:, :-1]).abs().mean(1)
        statistics = torch.stack(
            [mean, deviation, trend, roughness, ordered[:, 0], ordered[:, 29]] + [ordered[:, rank] for rank in RANKS],
            2,
        )
        hidden = unknown[:, 0, :].unsqueeze(2)
        frequency = statistics[:, :1] * (1 - hidden) + UNKNOWN * hidden
        return torch.cat([frequency, statistics[:, 1:]], 1).flatten(1)


@torch.no_grad()
def statistics(blinks: NDArray[np.float32]) -> NDArray[np.float32]:
    values: NDArray[np.float32] = Statistics()(torch.from_numpy(blinks)).numpy()
    return values


def fitted(
    blinks: NDArray[np.float32], label: NDArray[np.int64], weight: NDArray[np.float64], seed: int
) -> RandomForestClassifier:
    """A forest trained on every window twice: with its frequency and without."""
    rows = np.concatenate([statistics(blinks), statistics(without_frequency(blinks))])
    forest = RandomForestClassifier(
        TREES, min_samples_leaf=MIN_LEAF, max_samples=SHARE_OF_ROWS, random_state=seed, n_jobs=1
    )
    return forest.fit(rows, np.tile(label, 2), sample_weight=np.tile(weight, 2))
