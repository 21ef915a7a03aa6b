"""Alert or not, when the blink frequency is known: trees over order statistics of the 30 blinks.

They are good at seeing that a window is unlike the driver's alert reference, in whatever direction. Two kinds are
offered; the training run chooses one on inner folds.
"""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits
from torch import Tensor, nn

from scripts.evaluation.rldd import without_frequency
from scripts.training.fatigue_signs import LONGEST, compressed

SEED: Final = 0
UNKNOWN: Final = -20.0  # stands for every statistic of an unknown frequency: far from any real one
RANKS: Final = (0, 3, 7, 15, 22, 26, 29)  # of 30 sorted values: extremes, 10th, 25th, 50th, 75th, 90th percentile
MEDIAN: Final = 15
ROUNDS = 240
BINS = 64  # thresholds tried for each statistic
MIN_GAP: Final = 1e-5  # between torch and onnxruntime a statistic differs by up to 2e-6


class Statistics(nn.Module):
    """float [N, 30, 4] z-scores, the frequency perhaps NaN -> [N, 65]."""

    def forward(self, blinks: Tensor) -> Tensor:
        hidden = torch.isnan(blinks[..., :1])
        raw = torch.cat([torch.where(hidden, torch.zeros_like(blinks[..., :1]), blinks[..., :1]), blinks[..., 1:]], 2)
        values = compressed(raw)
        mean = values.mean(1)
        ordered = torch.sort(values, 1).values
        time = torch.linspace(-1, 1, 30).view(1, 30, 1)
        columns = [mean, ((values - mean[:, None]) ** 2).mean(1).sqrt(), (values * time).mean(1)]
        columns += [(values[:, 1:] - values[:, :-1]).abs().mean(1)]
        columns += [ordered[:, rank] for rank in RANKS]
        columns += [mean.abs(), ordered[:, MEDIAN].abs(), values.abs().mean(1)]
        of_feature = torch.stack(columns, 2)
        unknown = hidden[:, 0, :].float().unsqueeze(2)
        frequency = of_feature[:, :1] * (1 - unknown) + UNKNOWN * unknown
        return torch.cat([frequency.flatten(1), of_feature[:, 1:].flatten(1), together(raw, mean, ordered)], 1)


def together(raw: Tensor, mean: Tensor, ordered: Tensor) -> Tensor:
    """What amplitude, duration and velocity say together: balance, correlations, distance from the reference."""
    amplitude, duration, velocity = raw[..., 1], raw[..., 2], raw[..., 3]
    columns = [
        mean[:, 1] - mean[:, 3],
        correlation(amplitude, velocity),
        correlation(amplitude, duration),
        correlation(duration, velocity),
        compressed(torch.sort(duration, 1).values[:, -LONGEST:].mean(1)),
        (ordered[:, MEDIAN, 1:] ** 2).sum(1).sqrt(),
        mean[:, 1:].abs().sum(1),
        (duration > 2).float().mean(1),
        (duration > 4).float().mean(1),
    ]
    return torch.stack(columns, 1)


def correlation(one: Tensor, other: Tensor) -> Tensor:
    """Of two features over a window, [N]; near 0 where either hardly varies."""
    first, second = one - one.mean(1, keepdim=True), other - other.mean(1, keepdim=True)
    spread = (first**2).mean(1).sqrt() * (second**2).mean(1).sqrt()
    return (first * second).mean(1) / (spread + 0.1)


@torch.no_grad()
def statistics(blinks: NDArray[np.float32]) -> NDArray[np.float32]:
    values: NDArray[np.float32] = Statistics()(torch.from_numpy(blinks)).numpy()
    return values


KINDS: Final = {"boosted trees, alert or not": 2, "boosted trees, three classes": 3}
"""By name: how many classes the trees are taught (only the first, alert, is used)."""


def fitted(
    kind: str, blinks: NDArray[np.float32], label: NDArray[np.int64], weight: NDArray[np.float64]
) -> HistGradientBoostingClassifier:
    """Small trees, slowly added, each split choosing among a third of the statistics.

    They are taught every window twice, with its frequency and without: the frequency is the easiest cue in these files
    and the one that depends most on how they were recorded.
    """
    rows = np.concatenate([statistics(blinks), statistics(without_frequency(blinks))])
    trees = HistGradientBoostingClassifier(
        max_iter=ROUNDS,
        max_bins=BINS,
        learning_rate=0.025,
        max_leaf_nodes=3,
        min_samples_leaf=200,
        l2_regularization=10,
        max_features=0.3,
        early_stopping=False,
        random_state=SEED,
    )
    with threadpool_limits(1):
        trees.fit(rows, np.tile(np.minimum(label, KINDS[kind] - 1), 2), sample_weight=np.tile(weight, 2))
    settle(trees, rows)
    return trees


def settle(trees: HistGradientBoostingClassifier, rows: NDArray[np.float32]) -> None:
    """Move every threshold to the middle of the nearest gap of MIN_GAP between the values in ``rows``.

    The trees put thresholds on values that occur, where the last bit of a statistic decides, and onnxruntime's last
    bit is not torch's.
    """
    values = [np.unique(column) for column in rows.T]
    wide = [np.flatnonzero(np.diff(column) >= MIN_GAP) for column in values]
    for tree in (tree for stage in trees._predictors for tree in stage):
        for node in tree.nodes:
            gaps, column = wide[node["feature_idx"]], values[node["feature_idx"]]
            if not node["is_leaf"] and len(gaps):
                below = np.searchsorted(column, node["num_threshold"], side="right") - 1
                gap = gaps[np.abs(gaps - below).argmin()]
                node["num_threshold"] = np.float32((float(column[gap]) + float(column[gap + 1])) / 2)


def tired(trees: HistGradientBoostingClassifier, blinks: NDArray[np.float32]) -> NDArray[np.float64]:
    """[n] probability of not being alert."""
    with threadpool_limits(1):
        return np.asarray(1 - trees.predict_proba(statistics(blinks))[:, 0])
