"""The ULg drowsiness set: eyelid distance during a reaction-time test, a truth that UTA-RLDD's self-report is not.

``fatigue/ulg_drowsiness/{eyelid_distance,reaction_times}.npz``, keys SUBJECT-TEST, test 1 rested. The product's own
detector takes the blinks from the eyelid signal and the shipped model judges each 30 of them, relative to the
subject's test 1.

Truth at a moment is the reaction time over the 60 s before: alert up to 400 ms, drowsy from 500 ms, not counted between
(Massoz et al. 2018). People differ in how fast they are when rested, so the mean reaction speed (1 / time) is taken
relative to the subject's test 1 and put back on the scale of the average rested subject. ``ulg_auc_raw_reaction`` uses
plain mean reaction times instead.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.fatigue import WINDOW_BLINKS, BlinkBaseline, usable
from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.signals.blink import Blink
from driver_monitor.signals.blinks import BlinkDetector
from scripts.evaluation.metrics import auc, subject_interval
from scripts.evaluation.rldd import rounded

FOLDER = "fatigue/ulg_drowsiness"
RATE_HZ = 30.0
LABEL_S = 60.0
STEP_S = 10.0
ALERT_S, DROWSY_S = 0.400, 0.500
RESTED_S = 0.349  # inverse of the mean reaction speed in test 1, over the 20 subjects at hand
MIN_BASELINE_BLINKS = 10
DURATION = 2  # column of the windows


@dataclass(frozen=True)
class Moments:
    """One row a judged moment: its window [30, 4], reaction times of the last minute, whose it was."""

    windows: NDArray[np.float32]
    reaction_s: NDArray[np.float64]
    raw_reaction_s: NDArray[np.float64]
    subject: NDArray[np.str_]


def run(data: Path, model: OnnxModel) -> dict[str, object]:
    """``ulg_auc`` with its interval, or null and ``ulg_reason``.

    ``ulg_auc_duration_only`` is what the mean blink duration alone would reach: the model should beat it.
    """
    paths = [data / FOLDER / f"{name}.npz" for name in ("eyelid_distance", "reaction_times")]
    absent = [path.name for path in paths if not path.is_file()]
    if absent:
        return {"ulg_auc": None, "ulg_reason": f"no {' and no '.join(absent)} under {FOLDER} in the data folder"}
    with np.load(paths[0]) as eyelids, np.load(paths[1]) as reactions:
        tests = {key: (eyelids[key], reactions[key]) for key in eyelids.files if key in reactions.files}
    found = moments(tests)
    if found is None:
        return {"ulg_auc": None, "ulg_reason": "no subject has a rested test 1 and 30 blinks before a judged minute"}
    score = 1 - model.run(blinks=found.windows)["probabilities"][:, 0]
    counted = (found.reaction_s <= ALERT_S) | (found.reaction_s >= DROWSY_S)
    drowsy, subject, score_counted = found.reaction_s[counted] >= DROWSY_S, found.subject[counted], score[counted]
    if drowsy.all() or not drowsy.any():
        return {"ulg_auc": None, "ulg_reason": "the subjects have no alert or no drowsy minute"}
    raw = (found.raw_reaction_s <= ALERT_S) | (found.raw_reaction_s >= DROWSY_S)
    duration = found.windows[counted, :, DURATION].mean(axis=1)
    return {
        "ulg_auc": rounded(auc(score_counted, drowsy)),
        "ulg_auc_interval": subject_interval(subject, lambda rows: auc(score_counted[rows], drowsy[rows])),
        "ulg_auc_raw_reaction": rounded(auc(score[raw], found.raw_reaction_s[raw] >= DROWSY_S)),
        "ulg_auc_duration_only": rounded(auc(duration, drowsy)),
        "ulg_windows": len(drowsy),
        "ulg_drowsy_windows": int(drowsy.sum()),
        "ulg_subjects": len(np.unique(subject)),
    }


def moments(tests: dict[str, tuple[NDArray[np.floating], NDArray[np.floating]]]) -> Moments | None:
    """Every STEP_S of every test that has 30 blinks and a reaction in the last minute; None when there is none."""
    rows: list[tuple[NDArray[np.float32], float, float, str]] = []
    for subject in sorted({key.split("-")[0] for key in tests}):
        rested = tests.get(f"{subject}-1")
        if rested is None:
            continue
        open_level = float(np.nanmedian(rested[0].mean(axis=1)))
        reference = blinks(rested[0], open_level)
        if len(reference) < MIN_BASELINE_BLINKS:
            continue
        baseline, rested_speed = BlinkBaseline(reference), float((1 / rested[1][:, 1]).mean())
        for key in sorted(key for key in tests if key.split("-")[0] == subject):
            eyelid, reaction = tests[key]
            found = blinks(eyelid, open_level)
            ends_s = np.array([blink.end_s for blink in found])
            for moment_s in np.arange(LABEL_S, len(eyelid) / RATE_HZ + 1e-6, STEP_S):
                recent = (reaction[:, 0] > moment_s - LABEL_S) & (reaction[:, 0] <= moment_s)
                seen = int(np.searchsorted(ends_s, moment_s, side="right"))
                if seen >= WINDOW_BLINKS and recent.any():
                    times_s = reaction[recent, 1]
                    relative_speed = float((1 / times_s).mean()) / rested_speed
                    window = baseline.z_scores(found[seen - WINDOW_BLINKS : seen])
                    rows.append((window, RESTED_S / relative_speed, float(times_s.mean()), subject))
    if not rows:
        return None
    windows, reaction_s, raw_s, subjects = zip(*rows, strict=True)
    return Moments(np.stack(windows), np.array(reaction_s), np.array(raw_s), np.array(subjects))


def blinks(eyelid: NDArray[np.floating], open_level: float) -> list[Blink]:
    """``eyelid`` [n, 2]: distance of the lids of both eyes at 30 Hz; ``open_level`` the same of the open eye."""
    detector = BlinkDetector()
    found = (
        detector.update(index / RATE_HZ, float(distance) / open_level if np.isfinite(distance) else None)
        for index, distance in enumerate(eyelid.mean(axis=1))
    )
    return [blink for blink in found if blink is not None and usable(blink)]
