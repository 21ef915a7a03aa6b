"""The ULg drowsiness set: eyelid distance during a reaction-time test, a truth that UTA-RLDD's self-report is not.

``fatigue/ulg_drowsiness/{eyelid_distance,reaction_times}.npz``, keys SUBJECT-TEST, test 1 rested. The product's own
detector takes the blinks from the eyelid signal and the shipped model judges each 30 of them, relative to the
subject's test 1. What is scored is the fatigue level as the live classifier would show it at that moment, smoothed over
time; ``ulg_auc_window`` scores the last 30 blinks by themselves.

Truth at a moment is the reaction time over the 60 s before: alert up to 400 ms, drowsy from 500 ms, not counted between
(Massoz et al. 2018). People differ in how fast they are when rested, so the mean reaction speed (1 / time) is taken
relative to the subject's test 1 and put back on the scale of the average rested subject. ``ulg_auc_raw_reaction`` uses
plain mean reaction times instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.fatigue import BlinkBaseline
from driver_monitor.classifiers.fatigue_level import LEVELS, FatigueLevel
from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.classifiers.own_blinks import WINDOW_BLINKS, usable
from driver_monitor.signals.blinks import BlinkDetector
from driver_monitor.state.blink import Blink
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
PLAIN_LEVEL = 0.6  # fatigue level of blinks that are plainly longer than at first


@dataclass(frozen=True)
class Moments:
    """One row a judged moment: what was said of it, reaction times of the last minute, whose it was.

    ``level`` is smoothed as in the live classifier, ``window_level`` that of the last 30 blinks alone, ``duration``
    their mean duration as a z-score.
    """

    level: NDArray[np.float64]
    window_level: NDArray[np.float64]
    duration: NDArray[np.float64]
    reaction_s: NDArray[np.float64]
    raw_reaction_s: NDArray[np.float64]
    subject: NDArray[np.str_]


def run(data: Path, model: OnnxModel, smoothing_s: float) -> dict[str, object]:
    """``ulg_auc`` with its interval, or null and ``ulg_reason``.

    ``ulg_auc_duration_only`` is what the mean blink duration of the 30 blinks alone would reach, to be held against
    ``ulg_auc_window``.
    """
    paths = [data / FOLDER / f"{name}.npz" for name in ("eyelid_distance", "reaction_times")]
    absent = [path.name for path in paths if not path.is_file()]
    if absent:
        return {"ulg_auc": None, "ulg_reason": f"no {' and no '.join(absent)} under {FOLDER} in the data folder"}
    with np.load(paths[0]) as eyelids, np.load(paths[1]) as reactions:
        tests = {key: (eyelids[key], reactions[key]) for key in eyelids.files if key in reactions.files}
    found = moments(tests, model, smoothing_s)
    if found is None:
        return {"ulg_auc": None, "ulg_reason": "no subject has a rested test 1 and 30 blinks before a judged minute"}
    counted = (found.reaction_s <= ALERT_S) | (found.reaction_s >= DROWSY_S)
    drowsy, subject = found.reaction_s[counted] >= DROWSY_S, found.subject[counted]
    if drowsy.all() or not drowsy.any():
        return {"ulg_auc": None, "ulg_reason": "the subjects have no alert or no drowsy minute"}
    level, window_level, duration = found.level[counted], found.window_level[counted], found.duration[counted]
    raw = (found.raw_reaction_s <= ALERT_S) | (found.raw_reaction_s >= DROWSY_S)
    return {
        "ulg_auc": rounded(auc(level, drowsy)),
        "ulg_auc_interval": subject_interval(subject, lambda rows: auc(level[rows], drowsy[rows])),
        "ulg_auc_window": rounded(auc(window_level, drowsy)),
        "ulg_auc_window_interval": subject_interval(subject, lambda rows: auc(window_level[rows], drowsy[rows])),
        "ulg_auc_raw_reaction": rounded(auc(found.level[raw], found.raw_reaction_s[raw] >= DROWSY_S)),
        "ulg_auc_duration_only": rounded(auc(duration, drowsy)),
        "ulg_alert_over_0.6": rounded(float((level[~drowsy] >= PLAIN_LEVEL).mean())),
        "ulg_drowsy_over_0.6": rounded(float((level[drowsy] >= PLAIN_LEVEL).mean())),
        "ulg_windows": len(drowsy),
        "ulg_drowsy_windows": int(drowsy.sum()),
        "ulg_subjects": len(np.unique(subject)),
        "ulg_drowsy_subjects": len(np.unique(subject[drowsy])),
    }


Tests = dict[str, tuple[NDArray[np.floating], NDArray[np.floating]]]


def moments(tests: Tests, model: OnnxModel, smoothing_s: float) -> Moments | None:
    """Every STEP_S of every test that has 30 blinks and a reaction in the last minute; None when there is none."""
    rows: list[tuple[float, float, float, float, float, str]] = []
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
            for moment_s, level, window_level, duration in said(found, baseline, model, smoothing_s, len(eyelid)):
                recent = (reaction[:, 0] > moment_s - LABEL_S) & (reaction[:, 0] <= moment_s)
                if recent.any():
                    times_s = reaction[recent, 1]
                    relative_speed = float((1 / times_s).mean()) / rested_speed
                    truth_s = RESTED_S / relative_speed
                    rows.append((level, window_level, duration, truth_s, float(times_s.mean()), subject))
    if not rows:
        return None
    levels, window_levels, durations, reactions_s, raw_s, subjects = zip(*rows, strict=True)
    return Moments(
        level=np.array(levels),
        window_level=np.array(window_levels),
        duration=np.array(durations),
        reaction_s=np.array(reactions_s),
        raw_reaction_s=np.array(raw_s),
        subject=np.array(subjects),
    )


def said(
    found: list[Blink], baseline: BlinkBaseline, model: OnnxModel, smoothing_s: float, frames: int
) -> Iterator[tuple[float, float, float, float]]:
    """Every STEP_S from the first minute and the first 30 blinks on: time, level, level of the last 30 blinks alone,
    their mean duration."""
    if len(found) < WINDOW_BLINKS:
        return
    scores = baseline.z_scores(found)
    windows = np.lib.stride_tricks.sliding_window_view(scores, WINDOW_BLINKS, axis=0).transpose(0, 2, 1)
    probabilities = model.run(blinks=np.ascontiguousarray(windows))["probabilities"]
    ends_s = [blink.end_s for blink in found[WINDOW_BLINKS - 1 :]]
    smoothed, last_s, taken = FatigueLevel(smoothing_s), ends_s[0], 0
    for moment_s in np.arange(LABEL_S, frames / RATE_HZ + 1e-6, STEP_S):
        while taken < len(ends_s) and ends_s[taken] <= moment_s:  # what was true holds until the next blink
            now = probabilities[max(taken - 1, 0)]
            smoothed.update((float(now[0]), float(now[1]), float(now[2])), ends_s[taken] - last_s)
            last_s, taken = ends_s[taken], taken + 1
        if taken:
            now = probabilities[taken - 1]
            smoothed.update((float(now[0]), float(now[1]), float(now[2])), moment_s - last_s)
            last_s = float(moment_s)
            yield float(moment_s), smoothed.level, float(now @ LEVELS), float(windows[taken - 1, :, DURATION].mean())


def blinks(eyelid: NDArray[np.floating], open_level: float) -> list[Blink]:
    """``eyelid`` [n, 2]: distance of the lids of both eyes at 30 Hz; ``open_level`` the same of the open eye."""
    detector = BlinkDetector()
    found = (
        detector.update(index / RATE_HZ, float(distance) / open_level if np.isfinite(distance) else None)
        for index, distance in enumerate(eyelid.mean(axis=1))
    )
    return [blink for blink in found if blink is not None and usable(blink)]
