"""Figures of merit in plain numpy, so that measuring needs no more than running does."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

SEED = 20261122
REPEATS = 1000


def auc(scores: ArrayLike, positive: ArrayLike) -> float:
    """Area under the ROC curve: the chance that a positive scores above a negative, ties counting half.

    NaN when one of the two kinds is missing.
    """
    score, is_positive = np.asarray(scores, dtype=np.float64), np.asarray(positive, dtype=bool)
    positives, negatives = int(is_positive.sum()), int((~is_positive).sum())
    if not positives or not negatives:
        return float("nan")
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(count) - (count - 1) / 2
    above = mean_rank[place][is_positive].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def accuracy(predicted: ArrayLike, truth: ArrayLike) -> float:
    return float(np.mean(np.asarray(predicted) == np.asarray(truth)))


def recalls(predicted: ArrayLike, truth: ArrayLike, classes: int) -> list[float]:
    """Share of each class found; NaN for a class that does not occur."""
    guess, label = np.asarray(predicted), np.asarray(truth)
    return [
        float(np.mean(guess[label == index] == index)) if (label == index).any() else float("nan")
        for index in range(classes)
    ]


def balanced_accuracy(predicted: ArrayLike, truth: ArrayLike) -> float:
    """Mean recall of the classes that occur."""
    label = np.asarray(truth)
    return float(np.mean([np.mean(np.asarray(predicted)[label == one] == one) for one in np.unique(label)]))


def expected_calibration_error(
    probabilities: ArrayLike, truth: ArrayLike, weights: ArrayLike | None = None, bins: int = 10
) -> float:
    """Mean gap between confidence and accuracy of the likeliest class over ``bins`` equal slices of confidence."""
    values = np.asarray(probabilities, dtype=np.float64)
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=np.float64)
    confidence = values.max(axis=1)
    right = values.argmax(axis=1) == np.asarray(truth)
    part = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(((right - confidence) * weight)[part == index].sum()) for index in range(bins)]
    return float(sum(gaps) / weight.sum())


def subject_interval(
    subjects: ArrayLike,
    figure: Callable[[NDArray[np.intp]], float],
    repeats: int = REPEATS,
) -> list[float] | None:
    """The 95 % interval of ``figure(rows)`` when the people, not the rows, are drawn again with replacement.

    ``subjects`` names the person of each row. Draws in which the figure cannot be had (NaN) are left out; None when
    fewer than half of them remain.
    """
    person = np.asarray(subjects)
    rows_of: Sequence[NDArray[np.intp]] = [np.flatnonzero(person == one) for one in np.unique(person)]
    chance = np.random.default_rng(SEED)
    drawn = []
    for _ in range(repeats):
        chosen = chance.integers(len(rows_of), size=len(rows_of))
        drawn.append(figure(np.concatenate([rows_of[index] for index in chosen])))
    known = [value for value in drawn if np.isfinite(value)]
    if len(known) < repeats / 2:
        return None
    low, high = np.percentile(known, [2.5, 97.5])
    return [round(float(low), 4), round(float(high), 4)]
