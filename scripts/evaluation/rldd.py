"""The UTA-RLDD blink windows: ``fatigue/uta_rldd_blinks/fold*.npz`` and how the paper scores them."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.errors import UsageError
from scripts.evaluation.metrics import auc, expected_calibration_error, subject_interval

PATTERN = "fatigue/uta_rldd_blinks/fold*.npz"
CLASSES = ("alert", "low_vigilance", "drowsy")
LEVELS = (0.0, 0.5, 1.0)  # of CLASSES, as the live classifier sums them up
LABEL_STEP = 5  # the files say 0, 5, 10
STRIDE_BLINKS = 2  # from one window of a video to the next
MIN_SD = 0.05  # z-scores of a reference with less spread than this tell nothing
VIDEOS_OF_SUBJECT = 3  # consecutive: alert, low vigilance, drowsy


@dataclass(frozen=True)
class Windows:
    """``blinks`` float32 [n, 30, 4]; ``label`` 0..2 as CLASSES; ``video`` and ``subject`` numbered over all folds."""

    blinks: NDArray[np.float32]
    label: NDArray[np.int64]
    video: NDArray[np.int64]
    subject: NDArray[np.int64]
    fold: NDArray[np.int64]
    files: tuple[Path, ...]

    def where(self, rows: NDArray[np.bool_]) -> "Windows":
        return replace(
            self,
            blinks=self.blinks[rows],
            label=self.label[rows],
            video=self.video[rows],
            subject=self.subject[rows],
            fold=self.fold[rows],
        )


def load(data: Path) -> Windows | None:
    """All folds under ``data``; None when there is none, :class:`UsageError` for a file of another shape."""
    files = tuple(sorted(data.glob(PATTERN)))
    if not files:
        return None
    parts = []
    first_subject = 0
    for number, path in enumerate(files):
        with np.load(path) as stored:
            missing = {"blinks", "label", "video"} - set(stored.files)
            if missing or stored["blinks"].shape[1:] != (30, 4):
                raise UsageError(f"{path} is not a fold: it needs blinks [n, 30, 4], label [n] and video [n].")
            blinks, label = stored["blinks"].astype(np.float32), stored["label"].astype(np.int64) // LABEL_STEP
            video = stored["video"].astype(np.int64) + first_subject * VIDEOS_OF_SUBJECT
        subject = video // VIDEOS_OF_SUBJECT
        parts.append((blinks, label, video, subject, np.full(len(label), number, dtype=np.int64)))
        first_subject = int(subject.max()) + 1
    blinks, label, video, subject, fold = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Windows(blinks, label, video, subject, fold, files)


def without_frequency(blinks: NDArray[np.float32]) -> NDArray[np.float32]:
    """The windows as the live classifier gives them: the frequency is NaN, unknown."""
    bare = blinks.copy()
    bare[:, :, 0] = np.nan
    return bare


def as_driven(windows: Windows, baseline_blinks: int) -> Windows | None:
    """The windows as the live classifier would form them: without frequency, and relative to the first
    ``baseline_blinks`` of the subject's alert video instead of its last third.

    Stored windows are z-scores, so a new reference is a shift and a stretch. Alert windows that share a blink with
    the new reference are left out, and so are subjects whose alert video is too short; None when nobody is left.
    """
    blinks, kept = without_frequency(windows.blinks), np.zeros(len(windows.label), dtype=bool)
    for subject in np.unique(windows.subject):
        own = windows.subject == subject
        alert = np.flatnonzero(own & (windows.label == 0))
        if STRIDE_BLINKS * (len(alert) - 1) < baseline_blinks:
            continue
        sequence = np.concatenate([windows.blinks[alert[0]], *windows.blinks[alert[1:], -STRIDE_BLINKS:]])
        reference = sequence[:baseline_blinks, 1:]
        sd = np.maximum(reference.std(axis=0), MIN_SD)
        blinks[own, :, 1:] = (blinks[own, :, 1:] - reference.mean(axis=0)) / sd
        kept[own] = True
        kept[alert[: -(-baseline_blinks // STRIDE_BLINKS)]] = False
    return replace(windows, blinks=blinks).where(kept) if kept.any() else None


def against_low_vigilance(windows: Windows) -> Windows:
    """Without frequency and relative to the subject's low-vigilance recording; its own windows are left out.

    A control: alert recordings hold the stored reference, tired ones never do, so a model may tell them apart by
    "another recording" alone. Here both are other recordings, and only the direction of the change tells.
    """
    blinks, kept = without_frequency(windows.blinks), np.zeros(len(windows.label), dtype=bool)
    for subject in np.unique(windows.subject):
        own = windows.subject == subject
        middle = windows.blinks[own & (windows.label == 1)][:, :, 1:].reshape(-1, 3)
        seen = middle[np.abs(middle).sum(axis=1) > 0]  # short recordings are padded with zeros
        if not len(seen):
            continue
        blinks[own, :, 1:] = (blinks[own, :, 1:] - seen.mean(axis=0)) / np.maximum(seen.std(axis=0), MIN_SD)
        kept |= own & (windows.label != 1)
    return replace(windows, blinks=blinks).where(kept)


def auc_by_level(windows: Windows, probabilities: NDArray[np.floating]) -> dict[str, object]:
    """Alert against drowsy by recording, scored by the mean expected level (low vigilance 0.5, drowsy 1)."""
    videos, first = np.unique(windows.video, return_index=True)
    level = probabilities @ np.array(LEVELS)
    mean = np.array([level[windows.video == video].mean() for video in videos])
    drowsy, counted = windows.label[first] == 2, np.flatnonzero(windows.label[first] != 1)

    def figure(rows: NDArray[np.intp]) -> float:
        return auc(mean[counted[rows]], drowsy[counted[rows]])

    return {
        "auc": rounded(figure(np.arange(len(counted)))),
        "auc_interval": subject_interval(windows.subject[first][counted], figure),
    }


def scores(windows: Windows, probabilities: NDArray[np.floating]) -> dict[str, object]:
    """The paper's two accuracies, the AUC and the calibration error, each with its subject-bootstrap interval.

    A blink sequence is a window and gets its likeliest class. A video gets the class whose probability, averaged
    over the video's windows, is highest. The AUC is by video, alert against drowsy, scored by 1 - mean alert
    probability. The calibration error weighs each video equally.
    """
    videos, first = np.unique(windows.video, return_index=True)
    mean = np.stack([probabilities[windows.video == video].mean(axis=0) for video in videos])
    label, subject = windows.label[first], windows.subject[first]
    video_right = mean.argmax(axis=1) == label
    window_right = probabilities.argmax(axis=1) == windows.label
    extreme = np.flatnonzero(label != 1)
    per_video = np.bincount(windows.video, minlength=windows.video.max() + 1)[windows.video]

    def video_auc(rows: NDArray[np.intp]) -> float:
        chosen = extreme[rows]
        return auc(1 - mean[chosen, 0], label[chosen] == 2)

    return {
        "video_accuracy": round(float(video_right.mean()), 4),
        "video_accuracy_interval": subject_interval(subject, lambda rows: float(video_right[rows].mean())),
        "sequence_accuracy": round(float(window_right.mean()), 4),
        "sequence_accuracy_interval": subject_interval(windows.subject, lambda rows: float(window_right[rows].mean())),
        "auc_alert_drowsy": rounded(video_auc(np.arange(len(extreme)))),
        "auc_alert_drowsy_interval": subject_interval(subject[extreme], video_auc),
        "video_confusion": [
            [int(((label == true) & (mean.argmax(axis=1) == said)).sum()) for said in range(len(CLASSES))]
            for true in range(len(CLASSES))
        ],
        "ece": round(expected_calibration_error(probabilities, windows.label, 1 / per_video), 4),
        "sequences": len(windows.label),
        "videos": len(videos),
        "subjects": len(np.unique(subject)),
    }


def rounded(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None
