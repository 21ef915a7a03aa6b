"""The distraction model, and the geometric zone beside it, on scripted drives before cameras it has not seen.

A test instrument, not people: drawn portraits, looked at by the product's own tracker and signal layer. The looks are
drawn by lot (``looks.py``): a third made by the head, a third by head and eyes, a third by the eyes alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.assets import face_model
from driver_monitor.classifiers.distraction import DistractionClassifier
from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.jobs.engine import open_engine
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.simulate.drive import ScriptedDrive
from driver_monitor.state.signals import Signals
from scripts.evaluation.looks import HEAD_SHARE, LOOK_S, Aim, aims, script
from scripts.evaluation.metrics import subject_interval

# Direction of the camera from the driver's eyes, degrees.
PLACES: Final = {
    "left pillar": HeadPose(22.0, -10.0, 0.0),
    "column": HeadPose(-5.0, -15.0, 0.0),
    "inner mirror": HeadPose(-24.0, 6.0, 0.0),
    "dashboard": HeadPose(8.0, -8.0, 0.0),
    "console": HeadPose(-15.0, -12.0, 0.0),
}
PORTRAITS: Final = ("astronaut", "grace_hopper")
FPS: Final = 15.0
SEED: Final = 4859
SEED_S: Final = 12.0  # the baseline is seeded in the quiet start
SETTLED_S: Final = 0.65
BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Drive:
    """One drive's looks and the signals of all its frames."""

    name: str
    looks: tuple[Aim, ...]
    signals: tuple[Signals, ...]


@dataclass(frozen=True)
class Answers:
    """One row for each frame of a settled look: ``drive`` and ``kind`` of it, the ``truth``, the model's likeliest
    zone with its ``confidence``, its ``on_road``, and the ``geometric`` zone of the signals; None made ""."""

    drive: NDArray[np.str_]
    kind: NDArray[np.str_]
    truth: NDArray[np.str_]
    zone: NDArray[np.str_]
    confidence: NDArray[np.float64]
    on_road: NDArray[np.float64]
    geometric: NDArray[np.str_]

    @property
    def right(self) -> NDArray[np.bool_]:
        return np.asarray(self.zone == self.truth)


def config() -> Config:
    whole = Config()
    baseline = whole.signals.baseline.model_copy(update={"seed_s": SEED_S})
    return whole.model_copy(update={"signals": whole.signals.model_copy(update={"baseline": baseline})})


def drive(job: tuple[int, str, str]) -> Drive:
    number, place, portrait = job
    camera, settings = PLACES[place], config()
    looks = aims(camera, SEED + number, kinds=tuple(HEAD_SHARE))
    frames = ScriptedDrive(script(portrait, camera, looks, SEED + number, fps=FPS)).frames()
    extractor = SignalExtractor(settings)
    with VisionWorker(
        settings.face.unhurried(), settings.privacy, face_model(settings.face.model, progress=False)
    ) as tracker:
        signals = tuple(extractor.update(tracker.track(frame)) for frame, _ in frames)
    return Drive(f"{place}, {portrait}", tuple(looks), signals)


def drives(jobs: int = 2) -> list[Drive]:
    """Every place with every portrait; they do not depend on the model."""
    wanted = [(number, *pair) for number, pair in enumerate((a, b) for a in PLACES for b in PORTRAITS)]
    with open_engine("processes", None, jobs) as engine:
        return [outcome.result() for outcome in engine.map(drive, wanted)]


def answers(model: OnnxModel, recorded: Sequence[Drive]) -> Answers:
    rows: list[tuple[Any, ...]] = []
    for one in recorded:
        classifier = DistractionClassifier(model, config(), min_confidence=0.0)
        given = [(signals, classifier.update(signals)) for signals in one.signals]
        for look in one.looks:
            for signals, said in given:
                if look.start_s + SETTLED_S <= signals.t_s <= look.start_s + LOOK_S:
                    model_said = (said.zone, said.confidence, said.on_road) if said else ("", 0.0, 0.0)
                    rows.append((one.name, look.kind, look.zone, *model_said, signals.zone))
    names, kinds, truths, zones, confidences, on_road, geometric = zip(*rows, strict=True)
    return Answers(
        np.array(names), np.array(kinds), np.array(truths), np.array(zones), np.array(confidences), np.array(on_road),
        np.array(geometric),
    )  # fmt: skip


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error of the likeliest zone over BINS equal slices of confidence."""
    part = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return float(sum(abs((right - confidence)[part == index].sum()) for index in range(BINS)) / len(right))


def figures(found: Answers, min_confidence: float) -> dict[str, object]:
    """Accuracies with 95 % intervals over drives drawn again with replacement."""
    sure, right = found.confidence >= min_confidence, found.right
    road = found.truth == "road"
    straight = found.geometric == found.truth

    def share(values: NDArray[np.bool_], rows: NDArray[np.bool_]) -> dict[str, object]:
        kept = np.flatnonzero(rows)
        if not len(kept):
            return {"value": None, "interval": None}
        interval = subject_interval(found.drive[kept], lambda drawn: float(values[kept][drawn].mean()))
        return {"value": round(float(values[kept].mean()), 4), "interval": interval}

    every = np.ones(len(right), dtype=bool)
    by_kind = {
        kind: {
            "zone_accuracy": share(right, found.kind == kind),
            "accuracy_of_the_answered": share(right, sure & (found.kind == kind)),
            "answered": share(sure, found.kind == kind),
            "geometric_zone_accuracy": share(straight, found.kind == kind),
        }
        for kind in HEAD_SHARE
    }
    return {
        "drives": len(np.unique(found.drive)),
        "frames": len(right),
        "zone_accuracy": share(right, every),
        "accuracy_of_the_answered": share(right, sure),
        "answered": share(sure, every),
        "on_road_accuracy": share((found.on_road >= 0.5) == road, every),
        "calibration_error": round(calibration_error(found.confidence, right), 4),
        "geometric_zone_accuracy": share(straight, every),
        "geometric_on_road_accuracy": share((found.geometric == "road") == road, every),
        "by_kind": by_kind,
    }


def run(data: Path) -> dict[str, object]:
    """``data`` is not read: the drives are drawn."""
    del data
    model = OnnxModel(models_dir(Config()) / "distraction.onnx")
    return figures(answers(model, drives()), model.card.thresholds["min_confidence"])
