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
SURE_LOGIT = np.log(0.7 / 0.3)  # the rule `strain` asks for 0.7


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
            "reason": f"no {wesad.PATTERN} with a subject's own rest (labels 1 and 4) in the data folder",
        }
    known = set(model.card.training_files.values())
    figures |= wesad.scores(rows, heart_logits(model, *rows.windows()))
    figures["as_in_a_drive"] = as_in_a_drive(model, rows)
    refused = sum(rows.refused.values())
    figures["refused_subjects"] = sorted(rows.refused)
    figures["refusal_rate"] = round(refused / (refused + len(rows.stressed)), 4)
    figures["trained_on"] = [path.name for path in rows.files if hashlib.sha256(path.read_bytes()).hexdigest() in known]
    return figures


def as_in_a_drive(model: OnnxModel, rows: wesad.HeartRows) -> dict[str, object]:
    """The same where nobody says when the driver rests, and how often calm is called stress on a drive without any."""
    found, calm = wesad.as_in_a_drive(rows), wesad.without_stress(rows)
    scores = wesad.scores(found, heart_logits(model, *found.windows()))
    figures = {name: scores[name] for name in ("balanced_accuracy", "steady_balanced_accuracy", "auc")}
    if not len(calm.stressed):
        return figures | {"calm_called_stressed": None, "calm_called_surely_stressed": None}
    steady = wesad.steady(calm, heart_logits(model, *calm.windows()))
    return figures | {
        "calm_called_stressed": round(float((steady > 0).mean()), 4),
        "calm_called_surely_stressed": round(float((steady > SURE_LOGIT).mean()), 4),
    }


def heart_logits(model: OnnxModel, window: NDArray[np.float32], mask: NDArray[np.float32]) -> NDArray[np.float64]:
    """The logit of stressed rather than calm; the heart cannot tell anger."""
    probabilities = model.run(window=window, mask=mask)["probabilities"].astype(np.float64)
    return np.log(probabilities[:, STRESSED] / probabilities[:, CALM])
