"""Recorded drives with labels as training data for the fatigue model.

A window is 30 consecutive blinks as the live classifier would judge them: against the driver's own first blinks of that
drive, and begun anew where the signals' baseline changes. What it is called comes from the drive's labels:

- a ``kss`` rating, for the windows that end in the five minutes before it, which is what the scale asks about: 1-5
  alert, 6-7 low vigilance, 8-9 drowsy;
- else a stretch ``drowsy`` or ``attentive`` that the whole window lies in: drowsy, alert.

A window that neither covers is left out. A drive that names no driver counts as a person of its own.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.fatigue import BlinkBaseline
from driver_monitor.classifiers.own_blinks import WINDOW_BLINKS, usable
from driver_monitor.errors import UsageError
from driver_monitor.labels.label import KSS, Label
from driver_monitor.labels.sidecar import read_labels, sidecar
from driver_monitor.recording.open import find_drives, is_drive, open_drive
from driver_monitor.state.blink import Blink
from driver_monitor.state.driver_state import DriverState

RATED_S = 300.0  # the Karolinska scale asks about the last five minutes
STEP = 5  # blinks between two windows
ALERT, LOW_VIGILANCE, DROWSY = 0, 1, 2
_STRETCHES = {"drowsy": DROWSY, "attentive": ALERT}

Stored = tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64], NDArray[np.str_]]


def drives_in(folder: Path) -> list[Path]:
    """The labelled drives of a folder; none where it holds no recorded drives."""
    drives = find_drives(folder) if folder.is_dir() and is_drive(folder) else []
    labelled = [drive for drive in drives if sidecar(drive).exists()]
    if drives and not labelled:
        raise UsageError(f"{folder} holds recorded drives, but no labels: see 'driver-monitor label'.")
    return labelled


def windows_of(path: Path) -> Stored:
    """Windows float32 [n, 30, 4], class 0..2, recording and person of one drive; n may be 0."""
    drive = open_drive(path)
    baseline_blinks = drive.config.classifiers.fatigue_baseline_blinks
    labels = read_labels(sidecar(path))
    found, classes = [], []
    for scores, first, last in _windows(drive.states(), baseline_blinks):
        called = _class(labels, first.start_s, last.end_s)
        if called is not None:
            found.append(scores)
            classes.append(called)
    blinks = np.array(found, np.float32).reshape(-1, WINDOW_BLINKS, 4)
    person = drive.header.driver or drive.header.drive_id
    return blinks, np.array(classes, np.int64), np.zeros(len(found), np.int64), np.full(len(found), person)


def _windows(states: Iterable[DriverState], baseline_blinks: int) -> Iterator[tuple[NDArray[np.float32], Blink, Blink]]:
    for blinks in _runs(states):
        judged = blinks[baseline_blinks:]
        if len(judged) >= WINDOW_BLINKS:
            baseline = BlinkBaseline(blinks[:baseline_blinks])
            for end in range(WINDOW_BLINKS, len(judged) + 1, STEP):
                window = judged[end - WINDOW_BLINKS : end]
                yield baseline.z_scores(window), window[0], window[-1]


def _runs(states: Iterable[DriverState]) -> Iterator[list[Blink]]:
    """Blinks measured against one and the same baseline of the signals."""
    run: list[Blink] = []
    known = ""
    for state in states:
        signals = state.signals
        if signals.baseline != known:
            if run:
                yield run
            run, known = [], signals.baseline
        if signals.completed_blink is not None and usable(signals.completed_blink):
            run.append(signals.completed_blink)
    if run:
        yield run


def _class(labels: list[Label], first_s: float, last_s: float) -> int | None:
    ratings = sorted((label.start_s, label.value) for label in labels if label.kind == KSS and label.value is not None)
    for (before_s, _), (at_s, value) in pairwise([(float("-inf"), 0.0), *ratings]):
        if max(before_s, at_s - RATED_S) < last_s <= at_s:
            return ALERT if value < 6 else LOW_VIGILANCE if value < 8 else DROWSY
    for label in labels:
        if label.kind in _STRETCHES and label.start_s <= first_s and last_s <= label.end_s:
            return _STRETCHES[label.kind]
    return None
