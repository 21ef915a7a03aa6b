"""The shipped fatigue model on whatever UTA-RLDD folds and ULg files the data folder has."""

import hashlib
from pathlib import Path

from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from scripts.evaluation import rldd, ulg


def run(data: Path) -> dict[str, object]:
    """Figures by name; null with a ``..._reason`` where the files for it are missing.

    ``video_accuracy`` and its neighbours use all four features as stored. ``without_frequency`` holds the same
    figures without the blink frequency, which the live classifier does not know; ``as_driven`` also takes the
    driver's reference as it does, from the first blinks, for the people who blinked often enough. ``direction`` is
    the control of :func:`rldd.against_low_vigilance`. ``trained_on`` names the files among those measured that the
    model was trained on: figures on those say nothing about new people.
    """
    model = OnnxModel(models_dir(Config()) / "fatigue.onnx")
    figures: dict[str, object] = {"model": f"{model.card.name} {model.card.version}"}
    windows = rldd.load(data)
    if windows is None:
        figures |= dict.fromkeys(("video_accuracy", "sequence_accuracy", "auc_alert_drowsy"))
        figures["uta_rldd_reason"] = f"no {rldd.PATTERN} in the data folder"
    else:
        figures |= rldd.scores(windows, model.run(blinks=windows.blinks)["probabilities"])
        bare = model.run(blinks=rldd.without_frequency(windows.blinks))["probabilities"]
        figures["without_frequency"] = rldd.scores(windows, bare)
        driven = rldd.as_driven(windows, Config().classifiers.fatigue_baseline_blinks)
        if driven is not None:
            answers = model.run(blinks=driven.blinks)["probabilities"]
            figures["as_driven"] = rldd.scores(driven, answers)
        neutral = rldd.against_low_vigilance(windows)
        figures["direction"] = rldd.auc_by_level(neutral, model.run(blinks=neutral.blinks)["probabilities"])
        figures["files"] = [path.name for path in windows.files]
        known = set(model.card.training_files.values())
        figures["trained_on"] = [path.name for path in windows.files if sha256(path) in known]
    return figures | ulg.run(data, model, Config().classifiers.fatigue_smoothing_s)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
