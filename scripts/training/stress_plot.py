"""The plot beside the stress net's card."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.training import panels
from scripts.training.stress_parts import CLASSES


def draw(
    path: Path,
    kind: NDArray[np.int64],
    probabilities: NDArray[np.float32],
    stressed: NDArray[np.bool_],
    heart: NDArray[np.floating],
    drives: dict[str, Any],
) -> None:
    """``kind`` and ``probabilities`` of put-together windows of faces; ``heart`` the logit of minutes that were
    ``stressed`` or not; ``drives`` as drivedb's figures."""
    names = drives.get("median_stressed", {})
    drawn, axes = panels.figure(3 if names else 2, "Stress net: put-together faces, hearts of people unseen")
    heart_probability = 1 / (1 + np.exp(-heart))
    curves = {
        f"{name} (face)": panels.Curve(probabilities[:, index], kind == index) for index, name in enumerate(CLASSES)
    }
    curves["stressed (heart)"] = panels.Curve(heart_probability, stressed, panels.balanced(stressed))
    panels.reliability(axes[0], curves)
    said = probabilities.argmax(1)
    panels.confusion(axes[1], [[int(((kind == t) & (said == s)).sum()) for s in range(3)] for t in range(3)], CLASSES)
    if names:
        steps = ("rest", "highway", "city")
        panels.ladders(axes[2], [(name, [parts[step] for step in steps]) for name, parts in names.items()], steps)
        axes[2].set_ylabel("median probability of stressed")
        axes[2].set_title("drivedb, heart rate alone", fontsize=9)
    panels.save(drawn, path)
