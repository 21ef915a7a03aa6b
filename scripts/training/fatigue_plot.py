"""The fatigue model's plot: whether its probabilities can be believed, and what it takes for what."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.rldd import CLASSES

BINS = 10


def reliability(
    probabilities: NDArray[np.float64], label: NDArray[np.int64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """[k, 3] for each tenth of confidence that occurs: mean confidence, share right, share of the weight."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == label
    part = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = []
    for index in np.unique(part):
        own = part == index
        total = weight[own].sum()
        rows.append(((confidence[own] * weight[own]).sum() / total, (right[own] * weight[own]).sum() / total, total))
    table = np.array(rows)
    table[:, 2] /= weight.sum()
    return table


def draw(path: Path, curves: dict[str, NDArray[np.float64]], confusion: list[list[int]]) -> None:
    """``curves``: tables of :func:`reliability` by name. Writes an SVG; the same every time for the same figures."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = path.stem
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4.2))
    left.plot([1 / 3, 1], [1 / 3, 1], color="grey", linewidth=1, linestyle="--")
    for (name, table), marker in zip(curves.items(), "osd", strict=False):
        left.plot(table[:, 0], table[:, 1], color="tab:blue" if marker == "o" else "tab:orange", linewidth=1)
        size = 20 + 500 * table[:, 2]
        left.scatter(table[:, 0], table[:, 1], size, marker=marker, alpha=0.6, label=name)
    left.set(xlabel="confidence", ylabel="share right", xlim=(0.3, 1), ylim=(0, 1), title="Reliability, unseen people")
    left.legend(fontsize=8, markerscale=0.5, loc="upper left")
    names = [name.replace("_", " ") for name in CLASSES]
    counts: Any = np.array(confusion)
    right.imshow(counts, cmap="Blues", vmin=0)
    for row in range(len(CLASSES)):
        for column in range(len(CLASSES)):
            shade = "white" if counts[row, column] > counts.max() / 2 else "black"
            right.text(column, row, str(counts[row, column]), ha="center", va="center", color=shade)
    right.set_xticks(range(3), names)
    right.set_yticks(range(3), names)
    right.set(xlabel="said", ylabel="true", title="Recordings, with frequency")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
