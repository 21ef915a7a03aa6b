"""The shipped stress net on WESAD's heart rows and on drivedb's drives.

No data set has faces of stressed drivers to measure the rest on.
"""

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from scripts.evaluation import drivedb, wesad

CALM, STRESSED = 0, 1


def run(data: Path) -> dict[str, object]:
    """``trained_on`` names the measured files that the net was trained on; they say nothing about new people."""
    model = OnnxModel(models_dir(Config()) / "stress.onnx")
    figures: dict[str, object] = {
        "model": f"{model.card.name} {model.card.version}",
        "drivedb": drivedb.run(data, model),
    }
    rows = wesad.load(data)
    if rows is None:
        return figures | {
            "balanced_accuracy": None,
            "reason": f"no {wesad.PATTERN} with a subject's own rest (label 1) in the data folder",
        }
    known = set(model.card.training_files.values())
    figures |= wesad.scores(rows, heart_logits(model, *rows.windows()))
    figures["trained_on"] = [path.name for path in rows.files if hashlib.sha256(path.read_bytes()).hexdigest() in known]
    return figures


def heart_logits(model: OnnxModel, window: NDArray[np.float32], mask: NDArray[np.float32]) -> NDArray[np.float64]:
    """The logit of stressed rather than calm; the heart cannot tell anger."""
    probabilities = model.run(window=window, mask=mask)["probabilities"].astype(np.float64)
    return np.log(probabilities[:, STRESSED] / probabilities[:, CALM])
