"""The product's own face tracker, in its sealed worker process, over still pictures."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from driver_monitor.assets import face_model
from driver_monitor.camera.frame import Frame
from driver_monitor.classifiers.face_crop import crop_face
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.face.vision_worker import VisionWorker
from scripts.evaluation.fer2013 import TRAINING, Faces

MUXSPACE = Path("expression") / "muxspace"
# In FER2013's order; contempt is left out.
MUXSPACE_NAMES = ("anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise")
MIN_INSIDE = 0.5
UPSCALED_PX, BORDER_PX = 192, 48  # the tracker finds no face in 48 px, and few that fill the picture


def muxspace(data: Path) -> tuple[Faces, NDArray[np.str_]]:
    """muxspace's faces, cropped as the product crops, and who each is, as the picture's name has it.

    Pictures without a face or with another label are left out.
    """
    folder = data / MUXSPACE
    legend_file = folder / "legend_subset.csv"
    if not legend_file.is_file():
        raise UsageError(f"{legend_file} does not exist; put the muxspace pictures and their legend there.")
    pictures: list[NDArray[np.uint8]] = []
    labels, people = [], []
    with legend_file.open(encoding="utf-8", newline="") as legend:
        for row in csv.DictReader(legend):
            picture = cv2.imread(str(folder / "images" / row["image"]))
            if picture is not None and row["emotion"] in MUXSPACE_NAMES:
                pictures.append(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False))
                labels.append(MUXSPACE_NAMES.index(row["emotion"]))
                people.append(Path(row["image"]).stem.rstrip("0123456789").rstrip("_"))
    crops = []
    tracked = observe(pictures, "muxspace faces")
    for picture, label, person, seen in zip(pictures, labels, people, tracked, strict=True):
        crop = None if seen.landmarks is None else crop_face(picture, seen.landmarks)
        if crop is not None and crop.inside >= MIN_INSIDE:
            crops.append((crop.image, label, person))
    if not crops:
        raise UsageError(f"{folder} has no picture in which a face is found; check its images/ folder.")
    images, known, shown = zip(*crops, strict=True)
    return Faces(np.stack(images), np.array(known), np.full(len(crops), TRAINING)), np.array(shown)


def enlarged(images: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """uint8 [288, 288, 3] each, in which the tracker finds most of FER2013's faces."""
    framed = []
    for image in images:
        large = cv2.resize(image, (UPSCALED_PX, UPSCALED_PX), interpolation=cv2.INTER_CUBIC)
        bordered = cv2.copyMakeBorder(
            large, BORDER_PX, BORDER_PX, BORDER_PX, BORDER_PX, borderType=cv2.BORDER_REPLICATE
        )
        framed.append(cv2.cvtColor(bordered, cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False))
    return framed


def observe(pictures: Sequence[NDArray[np.uint8]], what: str) -> Iterator[FaceObservation]:
    """What the tracker sees in each picture (uint8 [height, width, 3] RGB), each a stream of its own.

    It is given time on a busy machine. A picture it still does not get through would change the trained net unnoticed,
    so that is an error.
    """
    patient = FaceConfig(frame_timeout_s=60, start_timeout_s=300)
    with VisionWorker(patient, PrivacyConfig(), face_model(progress=True)) as tracker:
        for picture in track(pictures, what):
            tracker.reset()
            seen = tracker.track(Frame(0.0, picture))
            if seen.tracking is Tracking.TRACKER_LOST:
                raise DriverMonitorError(f"The face tracker gave up on the {what}; start the training again.")
            yield seen
