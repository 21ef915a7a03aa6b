"""Your own recordings as extra training data for the fatigue model: a folder of recorded drives or of ``*.npz`` files.

Recorded drives are those of ``driver-monitor run --record`` with the labels of ``driver-monitor label``; what becomes
of them stands in :mod:`scripts.training.fatigue_drives`. Each ``*.npz`` file holds windows of 30 consecutive blinks,
any number of recordings and people:

``blinks``
    float32 [n, 30, 4], oldest blink first: frequency, amplitude, duration, opening velocity, each as a z-score against
    the same driver's own first blinks, as :class:`driver_monitor.classifiers.fatigue.BlinkBaseline` makes them. The
    frequency is NaN, unknown; the other three are finite.
``label``
    integer [n]: 0 alert (KSS 1-5), 5 low vigilance (KSS 6-7), 10 drowsy (KSS 8-9).
``video``
    integer [n]: number of the recording within the file.
``subject``
    text [n]: who it was. The same name in two files is the same person; a person is never on both sides of a split.

Windows may overlap; every recording counts the same, however many windows it has.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.errors import UsageError
from scripts.evaluation.rldd import LABEL_STEP, Windows
from scripts.training.fatigue_drives import drives_in, windows_of

PATTERN = "*.npz"
KEYS = ("blinks", "label", "video", "subject")
LABELS = (0, 5, 10)


def added(windows: Windows, folders: Sequence[Path]) -> Windows:
    """``windows`` and those of every file in ``folders``; their people are dealt out over the folds there are.

    :class:`UsageError` for a folder without files and for a file of another layout, naming it and what is wrong.
    """
    drives = {folder: drives_in(folder) for folder in folders}
    files = [path for folder in folders for path in drives[folder] or found(folder)]
    stored = [windows_of(path) if path.is_dir() else read(path) for path in files]
    empty = [str(path) for path, (blinks, *_) in zip(files, stored, strict=True) if not len(blinks)]
    if empty:
        raise UsageError(
            f"{', '.join(empty)}: no window of 30 blinks that a label covers; rate KSS in 'driver-monitor label', or "
            "leave the drive out."
        )
    if not stored:
        return windows
    people = sorted({str(name) for _, _, _, subject in stored for name in subject})
    folds = np.unique(windows.fold)
    first_video, first_subject = int(windows.video.max()) + 1, int(windows.subject.max()) + 1
    parts = [windows]
    for path, (blinks, label, video, subject) in zip(files, stored, strict=True):
        person = np.searchsorted(people, subject)
        _, recording = np.unique(video, return_inverse=True)
        parts.append(
            Windows(blinks, label, first_video + recording, first_subject + person, folds[person % len(folds)], (path,))
        )
        first_video += int(recording.max()) + 1
    return joined(parts)


def joined(parts: Sequence[Windows]) -> Windows:
    return Windows(
        blinks=np.concatenate([part.blinks for part in parts]),
        label=np.concatenate([part.label for part in parts]),
        video=np.concatenate([part.video for part in parts]),
        subject=np.concatenate([part.subject for part in parts]),
        fold=np.concatenate([part.fold for part in parts]),
        files=tuple(path for part in parts for path in part.files),
    )


def found(folder: Path) -> list[Path]:
    files = sorted(folder.glob(PATTERN))
    if not files:
        raise UsageError(
            f"The folder {folder} given with --extra has no {PATTERN} and no recorded drives; give one that has, or "
            "leave it out."
        )
    return files


def read(path: Path) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64], NDArray[np.str_]]:
    """Windows, class 0..2, recording and person of one file."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            missing = [key for key in KEYS if key not in stored.files]
            if missing:
                raise UsageError(f"{path} lacks {' and '.join(missing)}; it needs {', '.join(KEYS)}.")
            blinks, label, video, subject = (stored[key] for key in KEYS)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise UsageError(f"{path} cannot be read as .npz ({error}); write it with numpy.savez.") from error
    wrong = complaint(blinks, label, video, subject)
    if wrong:
        raise UsageError(f"{path} cannot be trained on: {wrong}.")
    return blinks.astype(np.float32), label.astype(np.int64) // LABEL_STEP, video.astype(np.int64), subject.astype(str)


def complaint(
    blinks: NDArray[np.generic], label: NDArray[np.generic], video: NDArray[np.generic], subject: NDArray[np.generic]
) -> str | None:
    """What is wrong with these arrays, or None."""
    if blinks.ndim != 3 or blinks.shape[1:] != (30, 4) or blinks.dtype.kind != "f":
        return f"blinks must be float [n, 30, 4], not {blinks.dtype} {list(blinks.shape)}"
    if not len(blinks):
        return "it has no windows"
    for name, column, kinds in (("label", label, "iu"), ("video", video, "iu"), ("subject", subject, "iuU")):
        if column.shape != (len(blinks),) or column.dtype.kind not in kinds:
            wanted = "text" if "U" in kinds else "integer"
            return f"{name} must be {wanted} [{len(blinks)}], not {column.dtype} {list(column.shape)}"
    if not np.isin(label, LABELS).all():
        return f"label must be 0, 5 or 10, not {np.setdiff1d(label, LABELS)[0]}"
    if not np.isfinite(blinks[:, :, 1:]).all():
        return "amplitude, duration and opening velocity must be finite (only the frequency may be NaN)"
    if np.isinf(blinks[:, :, 0]).any():
        return "the frequency must be finite or NaN"
    return None
