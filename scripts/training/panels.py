"""Panels of the plots beside the cards, as SVG that is the same byte for byte when drawn again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

mpl.use("Agg")
from matplotlib import pyplot as plt

BINS = 10
FEWEST = 10  # answers in a slice that a point is drawn for
BLUE, RED, GREEN, VIOLET, GREY = "#1f6fb2", "#b3413a", "#4c8c4a", "#8a5fb0", "#8a8f98"


def figure(panels: int, title: str) -> tuple[Any, list[Any]]:
    drawn, axes = plt.subplots(1, panels, figsize=(4.4 * panels, 4.2), squeeze=False)
    drawn.suptitle(title, fontsize=10)
    return drawn, list(axes[0])


def save(drawn: Any, path: Path) -> None:
    drawn.tight_layout()
    with mpl.rc_context({"svg.hashsalt": path.stem}):
        drawn.savefig(path, metadata={"Date": None})
    plt.close(drawn)


@dataclass(frozen=True)
class Curve:
    """What was given a ``probability`` [n], whether it was ``true``, and how much each counts."""

    probability: NDArray[np.floating]
    true: NDArray[np.bool_]
    weight: NDArray[np.floating] | None = None


def balanced(true: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights by which what was true and what was not count the same."""
    return np.where(true, 0.5 / true.mean(), 0.5 / (1 - true.mean()))


def reliability(axes: Any, curves: Mapping[str, Curve]) -> None:
    """How often what was given a probability came true, over slices of the probability; ``curves`` by name."""
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--")
    for (name, curve), colour in zip(curves.items(), (BLUE, RED, GREEN, VIOLET), strict=False):
        part = np.minimum((curve.probability * BINS).astype(int), BINS - 1)
        weight = np.ones(len(part)) if curve.weight is None else curve.weight
        drawn = [part == index for index in range(BINS) if (part == index).sum() >= FEWEST]
        said = [float(np.average(curve.probability[rows], weights=weight[rows])) for rows in drawn]
        found = [float(np.average(curve.true[rows], weights=weight[rows])) for rows in drawn]
        axes.plot(said, found, "o-", color=colour, label=name, markersize=4)
    axes.set(xlabel="probability given", ylabel="share that was so", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_title("reliability", fontsize=9)
    axes.legend(fontsize=8, loc="upper left")


def confusion(axes: Any, counts: Sequence[Sequence[int]], names: Sequence[str]) -> None:
    """Share of each true class (row) called by each name (column)."""
    matrix = np.asarray(counts, dtype=float)
    share = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for row, values in enumerate(share):
        for column, value in enumerate(values):
            axes.text(
                column, row, f"{100 * value:.0f}", ha="center", va="center", fontsize=8,
                color="white" if value > 0.55 else "black",
            )  # fmt: skip
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right", fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set(xlabel="called", ylabel="true")
    axes.set_title("percent of each true class", fontsize=9)


def ladders(axes: Any, rows: Iterable[tuple[str, Sequence[float]]], steps: Sequence[str]) -> None:
    """One line for each row over named steps."""
    for name, values in rows:
        axes.plot(range(len(steps)), values, "o-", linewidth=1, markersize=4, alpha=0.8, label=name)
    axes.set_xticks(range(len(steps)), steps, fontsize=8)
    axes.set_ylim(0, 1)
    axes.legend(fontsize=7, loc="lower right", ncols=2)
