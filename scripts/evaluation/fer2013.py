"""FER2013, ``expression/fer2013/fer2013.npz`` with ``X``, ``y`` and ``split``, and how answers on it are scored."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.stress_window import EXPRESSIONS
from driver_monitor.errors import UsageError
from scripts.evaluation.metrics import (
    accuracy,
    auc,
    balanced_accuracy,
    expected_calibration_error,
    recalls,
    subject_interval,
)

FILE = Path("expression") / "fer2013" / "fer2013.npz"
TRAINING, PUBLIC_TEST, PRIVATE_TEST = 0, 1, 2
SPLITS = {TRAINING: "training", PUBLIC_TEST: "public_test", PRIVATE_TEST: "private_test"}
ANGRY = EXPRESSIONS.index("angry")


@dataclass(frozen=True)
class Faces:
    """``images`` uint8 [n, 48, 48], histogram-equalised; ``labels`` int64 [n] as EXPRESSIONS; ``split`` as SPLITS."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    split: NDArray[np.int64]

    def of(self, rows: NDArray[np.bool_]) -> "Faces":
        return Faces(self.images[rows], self.labels[rows], self.split[rows])


def load(data: Path) -> Faces | None:
    """All splits in the file; None when there is no file, :class:`UsageError` for a file of another shape."""
    path = data / FILE
    if not path.is_file():
        return None
    with np.load(path) as stored:
        if {"X", "y", "split"} - set(stored.files) or stored["X"].shape[1:] != (48, 48):
            raise UsageError(f"{path} is not FER2013: it needs X uint8 [n, 48, 48], y [n] and split [n].")
        labels, split = stored["y"].astype(np.int64), stored["split"].astype(np.int64)
        # As the product does with a live crop; the stored pictures are equalised already and hardly change.
        images = np.stack([cv2.equalizeHist(image) for image in stored["X"].astype(np.uint8, copy=False)])
    return Faces(images.astype(np.uint8, copy=False), labels, split)


def scores(
    labels: NDArray[np.int64], probabilities: NDArray[np.floating], people: NDArray[np.str_] | None = None
) -> dict[str, object]:
    """Figures over the seven classes, and how well the angry probability finds the angry.

    The intervals draw ``people`` again. FER2013 does not name its own; pictures are drawn then, and the intervals are
    somewhat too narrow.
    """
    said = probabilities.argmax(axis=1)
    each = np.arange(len(labels)) if people is None else people
    found = recalls(said, labels, len(EXPRESSIONS))
    return {
        "accuracy": round(accuracy(said, labels), 4),
        "accuracy_interval": subject_interval(each, lambda rows: accuracy(said[rows], labels[rows])),
        "balanced_accuracy": round(balanced_accuracy(said, labels), 4),
        "anger_auc": _rounded(auc(probabilities[:, ANGRY], labels == ANGRY)),
        "anger_auc_interval": subject_interval(
            each, lambda rows: auc(probabilities[rows, ANGRY], labels[rows] == ANGRY)
        ),
        "recall": {name: _rounded(value) for name, value in zip(EXPRESSIONS, found, strict=True)},
        "ece": round(expected_calibration_error(probabilities, labels), 4),
        "confusion": confusion(labels, said),
        "faces": len(labels),
    }


def confusion(labels: NDArray[np.int64], said: NDArray[np.intp]) -> list[list[int]]:
    """Pictures by true class (rows) and said class, both as EXPRESSIONS."""
    classes = range(len(EXPRESSIONS))
    return [[int(((labels == true) & (said == guess)).sum()) for guess in classes] for true in classes]


def brief(labels: NDArray[np.int64], probabilities: NDArray[np.floating]) -> dict[str, float | None]:
    said = probabilities.argmax(axis=1)
    return {
        "accuracy": round(accuracy(said, labels), 4),
        "balanced_accuracy": round(balanced_accuracy(said, labels), 4),
        "anger_auc": _rounded(auc(probabilities[:, ANGRY], labels == ANGRY)),
    }


def _rounded(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None
