"""The shipped expression net on whatever rows of FER2013 it was not trained on."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from scripts.evaluation import fer2013

BATCH = 256
TIMED_LOOKS = 300
# Pixels across of the camera's face, enlarged to the crop's 48; the program asks nothing below 29.
SIZES_PX = (32, 24, 16)
BLURS_PX = (1.0, 2.0)  # standard deviations, in pixels of the crop


def run(data: Path) -> dict[str, object]:
    """The main figures are over every row that is not of the Training split; ``splits`` has them one by one.

    PublicTest chose the training epoch and the temperature, so PrivateTest's figures are the cleaner ones.
    ``ms_per_face`` is the median on one thread, one face at a time, on this machine.
    """
    model = OnnxModel(models_dir(Config()) / "expression.onnx")
    figures: dict[str, object] = {"model": f"{model.card.name} {model.card.version}"}
    faces = fer2013.load(data)
    unseen = None if faces is None else faces.of(faces.split != fer2013.TRAINING)
    if unseen is None or not len(unseen.labels):
        figures |= dict.fromkeys(("accuracy", "balanced_accuracy", "anger_auc"))
        figures["reason"] = (
            f"no {fer2013.FILE} in the data folder"
            if unseen is None
            else f"{fer2013.FILE} holds Training rows only, which the net has seen"
        )
        return figures
    probabilities = predict(model, unseen.images)
    figures |= fer2013.scores(unseen.labels, probabilities)
    figures["splits"] = {
        fer2013.SPLITS.get(split, f"split_{split}"): fer2013.scores(
            unseen.labels[unseen.split == split], probabilities[unseen.split == split]
        )
        for split in np.unique(unseen.split).tolist()
    }
    figures["worse_pictures"] = {
        name: fer2013.brief(unseen.labels, predict(model, images)) for name, images in worse(unseen.images)
    }
    figures["ms_per_face"] = round(milliseconds(model, unseen.images[:TIMED_LOOKS]), 3)
    return figures


def predict(model: OnnxModel, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Probabilities [n, 7] of equalised faces uint8 [n, 48, 48]."""
    starts = range(0, len(images), BATCH)
    return np.concatenate(
        [model.run(face=images[start : start + BATCH, np.newaxis])["probabilities"] for start in starts]
    )


def worse(images: NDArray[np.uint8]) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """The faces uint8 [n, 48, 48] as if small in the camera's picture or out of focus, equalised as a live crop is."""
    for size in SIZES_PX:
        small = (cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA) for image in images)
        yield (
            f"{size} px across",
            _equalised([cv2.resize(one, (48, 48), interpolation=cv2.INTER_LINEAR) for one in small]),
        )
    for sigma in BLURS_PX:
        yield f"blurred by {sigma:g} px", _equalised([cv2.GaussianBlur(image, (0, 0), sigma) for image in images])


def _equalised(images: list[cv2.typing.MatLike]) -> NDArray[np.uint8]:
    return np.stack([cv2.equalizeHist(image) for image in images]).astype(np.uint8, copy=False)


def milliseconds(model: OnnxModel, images: NDArray[np.uint8]) -> float:
    times = []
    for image in images:
        began = perf_counter()
        model.run(face=image[np.newaxis, np.newaxis])
        times.append(perf_counter() - began)
    return 1000 * float(np.median(times))
