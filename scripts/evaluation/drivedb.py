"""PhysioNet's drivedb, ``stress/drivedb/drive*.csv.gz``: heart rates in real driving.

Nobody said how stressed they were. What is known is the route, told by marks the observer pressed: rest, city, highway,
city, highway, city, rest. So the only question that can be asked is of order: is the city rated above the rest?
"""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.classifiers.own_rest import USUAL_REACH, Rest
from driver_monitor.classifiers.stress_inputs import StressInputs
from driver_monitor.classifiers.stress_window import FEATURES, Channels
from scripts.evaluation.metrics import auc

PATTERN = "stress/drivedb/drive*.csv.gz"
ROUTE = ("rest", "city", "highway", "city", "highway", "city", "rest")
# Minutes each part of the route took in the drives whose marks are complete, and how far another may be off.
USUAL_MIN = np.array([15.0, 15.5, 7.6, 6.2, 7.2, 12.5, 15.0])
TOLERANCE = 0.4
MARK_NOISE, MARK_MV, APART_S = 8.0, 2.0, 15.0  # a mark stands out of the channel's noise
OWN_REST_S = 600.0  # at the start of the first rest: the driver's own rest; what follows is judged
WINDOW_S = 60.0
SLOWEST_BPM = 30.0  # below it the sensor had lost the beat
MIN_KNOWN = 0.5
STRESSED = 1


@dataclass(frozen=True)
class Drive:
    """Minutes of one drive: ``part`` names of ROUTE, ``heart_rate`` above the driver's own rest, in usual reaches.

    ``unaided`` is the same as the program has it at the minute's end, with nothing said of when the driver rested: NaN
    where it refuses.
    """

    name: str
    part: NDArray[np.str_]
    heart_rate: NDArray[np.float64]
    unaided: NDArray[np.float64]


def run(data: Path, model: OnnxModel) -> dict[str, object]:
    """How the net, shown nothing but the heart rate, rates the parts of the route, drive by drive."""
    files = sorted(data.glob(PATTERN))
    drives = [drive for drive in map(load, files) if drive is not None]
    if not drives:
        return {"drives": 0, "reason": f"no {PATTERN} with a heart rate and all its marks in the data folder"}
    parts = sorted(set(ROUTE))
    medians: dict[str, dict[str, float]] = {}
    areas, unaided_areas = [], []
    for drive in drives:
        said = stressed(model, drive.heart_rate)
        medians[drive.name] = {part: round(float(np.median(said[drive.part == part])), 3) for part in parts}
        areas.append(auc(said, drive.part != "rest"))
        judged = np.isfinite(drive.unaided)
        if len(np.unique(drive.part[judged] == "rest")) > 1:
            unaided_areas.append(auc(stressed(model, drive.unaided[judged]), drive.part[judged] != "rest"))
    return {
        "drives": len(drives),
        "drives_without_marks_or_heart_rate": len(files) - len(drives),
        "median_stressed": medians,
        "drives_with": {
            f"{lower} < {upper}": sum(one[lower] < one[upper] for one in medians.values())
            for lower, upper in (("rest", "city"), ("rest", "highway"), ("highway", "city"))
        },
        "auc_driving_against_rest": round(float(np.mean(areas)), 4),
        "auc_rest_found_unaided": round(float(np.mean(unaided_areas)), 4) if unaided_areas else None,
    }


def stressed(model: OnnxModel, heart_rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of stressed, with the heart rate alone known."""
    window = np.zeros((len(heart_rate), len(FEATURES)), dtype=np.float32)
    mask = np.zeros_like(window)
    column = FEATURES.index("heart_rate")
    window[:, column], mask[:, column] = heart_rate, 1.0
    return model.run(window=window, mask=mask)["probabilities"][:, STRESSED].astype(np.float64)


def load(path: Path) -> Drive | None:
    """None when the drive has no heart rate, or marks that do not tell the route's parts apart."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        names = lines.readline().strip().split(",")
        if not {"HR(bpm)", "marker(mV)"} <= set(names):
            return None
        columns = (0, names.index("HR(bpm)"), names.index("marker(mV)"))
        t_s, bpm, marker = np.loadtxt(lines, delimiter=",", usecols=columns, unpack=True)
    edges_s = route(marks(t_s, marker))
    if edges_s is None:
        return None
    bpm = np.where(bpm < SLOWEST_BPM, np.nan, bpm)
    resting = (t_s >= edges_s[0]) & (t_s < edges_s[0] + OWN_REST_S)
    own_rest = Rest(float(np.log(np.nanmedian(bpm[resting]))), USUAL_REACH)
    part, rates, found = [], [], []
    every_s, tracked = unaided(t_s, bpm)
    for name, start_s, end_s in zip(ROUTE, edges_s, edges_s[1:], strict=False):
        start = start_s + OWN_REST_S if start_s == edges_s[0] else start_s
        for minute_s in np.arange(start, end_s - WINDOW_S, WINDOW_S):
            seen = bpm[(t_s >= minute_s) & (t_s < minute_s + WINDOW_S)]
            if np.isfinite(seen).mean() > MIN_KNOWN:
                part.append(name)
                found.append(tracked[min(np.searchsorted(every_s, minute_s + WINDOW_S), len(tracked) - 1)])
                rates.append(own_rest.scaled(float(np.log(np.nanmean(seen)))))
    return Drive(path.name.split(".")[0], np.array(part), np.array(rates), np.array(found))


def unaided(t_s: NDArray[np.float64], bpm: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds of the drive, and what the program makes of the heart rate by then; NaN where it refuses."""
    channels = Channels()
    every_s = np.arange(np.ceil(t_s[0]), t_s[-1])
    said = np.full(len(every_s), np.nan)
    for place, (now_s, row) in enumerate(zip(every_s, np.searchsorted(t_s, every_s), strict=True)):
        channels.add(float(now_s), StressInputs(heart_rate_bpm=float(bpm[row]) if np.isfinite(bpm[row]) else None))
        said[place] = channels.features().get("heart_rate", np.nan)
    return every_s, said


def marks(t_s: NDArray[np.float64], marker: NDArray[np.float64]) -> list[float]:
    """Times of the marks, with the recording's start and end, which often took a mark's place."""
    height = np.abs(marker - np.median(marker))
    noise = 1.48 * np.median(height)
    found = [float(t_s[0])]
    last_s = -APART_S
    for moment in t_s[height > max(MARK_NOISE * noise, MARK_MV)].tolist():
        if moment - last_s > APART_S:
            found.append(moment)
        last_s = moment
    return [*found, float(t_s[-1])]


def route(found_s: Sequence[float]) -> Sequence[float] | None:
    """The eight of the marks that part the drive most nearly as usual; None when none do within TOLERANCE."""
    chosen: Sequence[float] | None = None
    least = np.inf
    for edges_s in combinations(found_s, len(ROUTE) + 1):
        off = np.abs(np.diff(edges_s) / 60 / USUAL_MIN - 1)
        if off.max() <= TOLERANCE and off.sum() < least:
            chosen, least = edges_s, off.sum()
    return chosen
