"""Train the fatigue model on the UTA-RLDD blink windows: judged on people it has not seen, then taught all of them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import Progress
from sklearn.ensemble import HistGradientBoostingClassifier

from driver_monitor.config.config import Config
from driver_monitor.errors import UsageError
from scripts.evaluation import rldd
from scripts.evaluation.rldd import Windows
from scripts.training import fatigue_card, fatigue_extra, fatigue_model, fatigue_plot, fatigue_trees
from scripts.training.export import check_equal, save
from scripts.training.fatigue_model import bare, frequency_unknown, sharpened, video_weight
from scripts.training.fatigue_trees import KINDS

log = logging.getLogger(__name__)

MIN_FOLDS = 3  # one to judge, and two to choose on


@dataclass
class Judged:
    """Answers about people unseen in training: with and without the frequency, and as in a car.

    ``chosen`` is the kind of trees that the inner folds preferred, by the outer fold that judged it.
    """

    known: NDArray[np.float64]
    unknown: NDArray[np.float64]
    driven: NDArray[np.float64]
    direction: NDArray[np.float64]
    chosen: dict[int, str] = field(default_factory=dict)


@dataclass
class Folds:
    """Trees of every kind, each trained once on the folds that are not left out."""

    windows: Windows
    advance: Callable[[], None]
    _trees: dict[tuple[str, frozenset[int]], HistGradientBoostingClassifier] = field(default_factory=dict)

    def trees(self, kind: str, without: frozenset[int]) -> HistGradientBoostingClassifier:
        if (kind, without) not in self._trees:
            own = self.windows.where(~np.isin(self.windows.fold, list(without)))
            self._trees[kind, without] = fatigue_trees.fitted(kind, own.blinks, own.label, video_weight(own))
            self.advance()
        return self._trees[kind, without]

    def loss(self, kind: str, without: frozenset[int]) -> float:
        """Mean log loss of alert or not over recordings, each of the other folds judged by trees without it."""
        losses = []
        for fold in self.numbers() - without:
            seen = self.windows.where((self.windows.fold == fold) & ~frequency_unknown(self.windows.blinks))
            tired = np.clip(fatigue_trees.tired(self.trees(kind, without | {fold}), seen.blinks), 1e-6, 1 - 1e-6)
            right = np.where(seen.label > 0, tired, 1 - tired)
            losses.append(-float(np.average(np.log(right), weights=video_weight(seen))))
        return float(np.mean(losses))

    def best(self, without: frozenset[int]) -> str:
        return min(KINDS, key=lambda kind: self.loss(kind, without))

    def numbers(self) -> frozenset[int]:
        return frozenset(int(fold) for fold in np.unique(self.windows.fold))


def train(data: Path, out: Path, extra: Sequence[Path] = ()) -> None:
    """Write ``fatigue.onnx``, its card and its plot to ``out``; some minutes on one core.

    ``extra``: folders of recorded data, laid out as :mod:`scripts.training.fatigue_extra` says.
    """
    stored = rldd.load(data)
    if stored is None or len(stored.files) < MIN_FOLDS:
        raise UsageError(
            f"Training needs at least {MIN_FOLDS} files {rldd.PATTERN} under {data}, to choose and to judge on people"
            " not trained on."
        )
    windows = fatigue_extra.added(stored, extra)
    torch.set_num_threads(1)
    driven = rldd.as_driven(stored, Config().classifiers.fatigue_baseline_blinks)
    count = len(np.unique(windows.fold))
    with Progress() as progress:
        bar = progress.add_task("fatigue", total=len(KINDS) * (count + count * (count - 1) // 2) + 1)
        folds = Folds(windows, lambda: progress.advance(bar))
        judged = judge(folds, stored, driven)
        kind = folds.best(frozenset())
        model = fatigue_model.fitted(windows, driven, folds.trees(kind, frozenset()))
    log.info("chosen: %s; by outer fold: %s", kind, judged.chosen)
    temperature = best_temperature(judged.known, stored)
    model = model.at(temperature)
    path = out / "fatigue.onnx"
    save(fatigue_model.exported(model), path)
    for part in (stored, bare(stored)):
        check_equal(path, {"blinks": part.blinks}, "probabilities", model.probabilities(part.blinks))
    known = cross_sharpened(judged.known, stored)
    figures: dict[str, dict[str, Any]] = {
        "known": rldd.scores(stored, known),
        "unknown": rldd.scores(stored, judged.unknown),
        "direction": rldd.auc_by_level(rldd.against_low_vigilance(stored), judged.direction),
    }
    if driven is not None:
        figures["driven"] = rldd.scores(driven, judged.driven)
    weight = video_weight(stored)
    curves = {
        "with frequency": fatigue_plot.reliability(known, stored.label, weight),
        "without (as live)": fatigue_plot.reliability(judged.unknown, stored.label, weight),
    }
    fatigue_plot.draw(path.with_suffix(".svg"), curves, figures["known"]["video_confusion"])
    fatigue_card.write(path, data, windows, fatigue_card.Run(figures, kind, judged.chosen, temperature, model))


def judge(folds: Folds, stored: Windows, driven: Windows | None) -> Judged:
    """Each fold judged by a model whose every part, and whose kind of trees, came from the other folds alone."""
    control = rldd.against_low_vigilance(stored)
    known, unknown, direction = (np.zeros((len(part.label), 3)) for part in (stored, stored, control))
    judged = Judged(known, unknown, np.zeros((len(driven.label) if driven else 0, 3)), direction)
    for fold in sorted(folds.numbers()):
        without = frozenset({fold})
        kind = judged.chosen[fold] = folds.best(without)
        others = folds.windows.where(folds.windows.fold != fold)
        told = None if driven is None else driven.where(driven.fold != fold)
        if told is not None and not len(told.label):
            told = None
        model = fatigue_model.fitted(others, told, folds.trees(kind, without))
        for answers, judged_windows in (
            (judged.known, stored),
            (judged.unknown, bare(stored)),
            (judged.driven, driven),
            (judged.direction, control),
        ):
            if judged_windows is not None and (judged_windows.fold == fold).any():
                own = judged_windows.fold == fold
                answers[own] = model.probabilities(judged_windows.blinks[own])
    return judged


def best_temperature(answers: NDArray[np.float64], windows: Windows) -> float:
    """The temperature with the least log loss on windows of people the model had not seen, videos weighing the same."""
    weight, rows = video_weight(windows), np.arange(len(windows.label))

    def loss(temperature: float) -> float:
        right = sharpened(answers, temperature)[rows, windows.label]
        return -float((weight * np.log(np.maximum(right, 1e-9))).sum())

    return min((float(value) for value in np.round(np.geomspace(0.4, 2.5, 61), 4)), key=loss)


def cross_sharpened(answers: NDArray[np.float64], windows: Windows) -> NDArray[np.float64]:
    """Each fold's answers at the temperature that suits the other folds'."""
    result = answers.copy()
    for fold in np.unique(windows.fold):
        others = windows.fold != fold
        result[~others] = sharpened(answers[~others], best_temperature(answers[others], windows.where(others)))
    return result
