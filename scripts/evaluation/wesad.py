"""WESAD's heart rows, ``stress/wesad/wesad*.csv``: one line a minute: ``HRV_...``, ``label``, ``subject``."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.own_rest import USUAL_REACH, Rest
from driver_monitor.classifiers.stress_window import FEATURES, HEART
from driver_monitor.errors import UsageError
from scripts.evaluation.metrics import auc, balanced_accuracy, expected_calibration_error, recalls, subject_interval

PATTERN = "stress/wesad/wesad*.csv"
COLUMNS = ("HRV_Heart_rate", "HRV_RMSSD", "HRV_SDNN")  # in the order of FEATURES[HEART]
STRESS = "2"
RESTING = ("1", "4")  # half an hour in all: sitting, and guided breathing
STEADY_MIN = 4


@dataclass(frozen=True)
class HeartRows:
    """Minutes of hearts. ``log`` float64 [n, 3]: natural logarithms of heart rate, RMSSD and SDNN.

    ``values`` float32 [n, 3] are those against the subject's own rest, the heart rate in the subject's own reaches
    (:class:`Rest`). Rest is the median of the minutes that the study calls rest and meditation; how far a heart goes up
    from it is told by all minutes, whatever they are called. ``refused`` are subjects, with their minutes, whose rest
    was never seen.
    """

    log: NDArray[np.float64]
    values: NDArray[np.float32]
    stressed: NDArray[np.bool_]
    subject: NDArray[np.str_]
    task: NDArray[np.str_]
    files: tuple[Path, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)

    def windows(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The stress net's ``window`` and ``mask`` with nothing but the heart known."""
        window = np.zeros((len(self.values), len(FEATURES)), dtype=np.float32)
        mask = np.zeros_like(window)
        window[:, HEART], mask[:, HEART] = self.values, 1.0
        return window, mask


def load(data: Path) -> HeartRows | None:
    """All matching files; None when there is none. Subjects without a rest of their own are refused."""
    files = tuple(sorted(data.glob(PATTERN)))
    rows: list[dict[str, str]] = []
    for path in files:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = {*COLUMNS, "label", "subject"} - set(reader.fieldnames or ())
            if missing:
                raise UsageError(f"{path} is not WESAD's heart table: it lacks {', '.join(sorted(missing))}.")
            rows.extend(reader)
    values = np.array([[_number(row[name]) for name in COLUMNS] for row in rows]).reshape(-1, len(COLUMNS))
    label, subject = _texts(row["label"] for row in rows), _texts(row["subject"] for row in rows)
    usable = (np.isfinite(values) & (values > 0)).all(axis=1)
    rested = np.isin(subject, subject[usable & np.isin(label, RESTING)])
    restless = subject[usable & ~rested]
    refused = {str(person): int((restless == person).sum()) for person in np.unique(restless)}
    known = usable & rested
    if not known.any():
        return None
    log, subject, label = np.log(values[known]), subject[known], label[known]
    relative = against_rest(log, subject, np.isin(label, RESTING))
    return HeartRows(log, relative, label == STRESS, subject, label, files, refused)


def against_rest(
    log: NDArray[np.float64], subject: NDArray[np.str_], resting: NDArray[np.bool_], least_reach: float = 0.0
) -> NDArray[np.float32]:
    """``values`` as in :class:`HeartRows`, where rest is the median of each one's ``resting`` minutes."""
    values = np.empty(log.shape, dtype=np.float32)
    for person in np.unique(subject):
        own = subject == person
        rest = Rest.of(log[own & resting, 0], log[own, 0], least_reach)
        values[own] = log[own] - np.median(log[own & resting], axis=0)
        values[own, 0] = [rest.scaled(value) for value in log[own, 0]]
    return values


def as_in_a_drive(rows: HeartRows) -> HeartRows:
    """The same minutes against a rest found as in a drive, where nobody says when the driver rests: of all of them."""
    everything = np.ones(len(rows.log), dtype=bool)
    return replace(rows, values=against_rest(rows.log, rows.subject, everything, USUAL_REACH))


def without_stress(rows: HeartRows) -> HeartRows:
    """The minutes of a drive on which nothing happens, against a rest found as in a drive."""
    calm = ~rows.stressed
    left = HeartRows(rows.log[calm], rows.values[calm], rows.stressed[calm], rows.subject[calm], rows.task[calm])
    return as_in_a_drive(left)


def scores(rows: HeartRows, logits: NDArray[np.floating]) -> dict[str, object]:
    """Stress against rest, amusement and meditation together; the interval draws subjects again.

    ``logits`` [n] of stressed against calm. The calibration error weighs stress and the rest the same, as the net takes
    them. ``steady`` is the same figure of the mean over up to four minutes of one task, as one that lasts is judged.
    """
    stressed, said = rows.stressed, logits > 0
    calm, stress = recalls(said, stressed, 2)
    probability = 1 / (1 + np.exp(-np.asarray(logits, dtype=np.float64)))
    share = stressed.mean()
    return {
        "balanced_accuracy": round(balanced_accuracy(said, stressed), 4),
        "balanced_accuracy_interval": subject_interval(
            rows.subject, lambda chosen: balanced_accuracy(said[chosen], stressed[chosen])
        ),
        "auc": _rounded(auc(logits, stressed)),
        "auc_interval": subject_interval(rows.subject, lambda chosen: auc(logits[chosen], stressed[chosen])),
        "recall": {"stress": _rounded(stress), "not_stress": _rounded(calm)},
        "ece": round(
            expected_calibration_error(
                np.column_stack([1 - probability, probability]),
                stressed,
                np.where(stressed, 0.5 / max(share, 1e-9), 0.5 / max(1 - share, 1e-9)),
            ),
            4,
        ),
        "steady_balanced_accuracy": round(balanced_accuracy(steady(rows, logits) > 0, stressed), 4),
        "per_person": {
            str(person): round(balanced_accuracy(said[rows.subject == person], stressed[rows.subject == person]), 4)
            for person in np.unique(rows.subject)
        },
        "minutes": len(stressed),
        "subjects": len(np.unique(rows.subject)),
    }


def steady(rows: HeartRows, logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Each minute's logit averaged with up to three before it of the same subject and task."""
    averaged = np.zeros(len(logits))
    for person in np.unique(rows.subject):
        for task in np.unique(rows.task):
            minutes = np.flatnonzero((rows.subject == person) & (rows.task == task))
            for place, minute in enumerate(minutes):
                averaged[minute] = logits[minutes[max(0, place - STEADY_MIN + 1) : place + 1]].mean()
    return averaged


def _number(text: str) -> float:
    return float(text) if text.strip() else float("nan")


def _texts(values: Iterable[str]) -> NDArray[np.str_]:
    """Labels and subjects as plain text: 2 and 2.0 are the same."""
    return np.array([value.strip().removesuffix(".0") for value in values], dtype=np.str_)


def _rounded(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None
