"""Blink detection against human marks: ``blink/eyeblink8_ear/video*.npz`` with ``ear``, ``blink`` and ``fps``.

The product's own baseline and detector run over each video causally, from the population's priors on. A detected blink
is right when it overlaps a marked one by half of their union, or when the two lids are lowest within two frames of each
other; every mark is matched once.

Few unmarked dips happen in so few videos. So shallow ones, as of a nod or of narrowed eyes, are laid over the open eyes
of each, and what is counted of them told apart: ``shallow_dips``.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.config.config import Config
from driver_monitor.signals.baseline import Baseline
from driver_monitor.signals.blinks import BlinkDetector
from driver_monitor.signals.closed_level import PRIOR_SHARE
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.landmarks import FaceRatios
from driver_monitor.signals.measures import Expression, FaceMeasures
from driver_monitor.state.blink import Blink

OVERLAP = 0.5
PEAK_FRAMES = 2
FRONTAL = HeadPose(0.0, 0.0, 0.0)
DIP_DEPTHS = (0.15, 0.22)  # of the EAR
DIPS_S = (0.10, 0.26)
DIP_EVERY_S, CLEAR_OF_MARKS_S = 2.5, 2.0
ROUNDS = 12  # of dips laid over every video
AWAKE_BLINK_SCORE = 0.1  # the files hold no blendshapes: every sample counts as plausibly open
FACE = FaceMeasures(FaceRatios(0.0, 0.0, 0.0, 0.0, 0.0, 0.0), FRONTAL, Expression(blink=AWAKE_BLINK_SCORE))


@dataclass(frozen=True, slots=True)
class Score:
    found: int
    marked: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.marked if self.marked else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def detect(ear: NDArray[np.floating], fps: float) -> list[Blink]:
    """Blinks of one video; NaN is a frame without a face."""
    baseline, detector = Baseline(Config().signals.baseline, FRONTAL), BlinkDetector()
    found = []
    for index, value in enumerate(ear.tolist()):
        t_s = index / fps
        seen = np.isfinite(value)
        if seen:
            baseline.update(t_s, value, FACE)
        else:
            baseline.unseen(t_s)
        open_ear = baseline.normal.open_ear
        openness = (value - PRIOR_SHARE * open_ear) / ((1 - PRIOR_SHARE) * open_ear) if seen else None
        blink = detector.update(t_s, openness)
        if blink is not None:
            found.append(blink)
    return found


def with_shallow_dips(
    ear: NDArray[np.floating], marks: list[tuple[int, int]], fps: float, rng: np.random.Generator
) -> tuple[NDArray[np.floating], list[tuple[int, int]]]:
    """Half waves away from marks; the first and last frame of each."""
    ear, spans, frame = ear.copy(), [], round(DIP_EVERY_S * fps)
    away = CLEAR_OF_MARKS_S * fps
    while frame < len(ear) - away:
        frames = rng.uniform(*DIPS_S) * fps
        at = np.arange(frame, frame + int(frames) + 1)
        if all(mark[1] + away < at[0] or at[-1] < mark[0] - away for mark in marks):
            ear[at] *= 1 - rng.uniform(*DIP_DEPTHS) * np.sin(np.pi * (at - frame) / frames)
            spans.append((frame, int(at[-1])))
        frame += round((DIP_EVERY_S + rng.uniform(0, 1)) * fps)
    return ear, spans


def counted_dips(ear: NDArray[np.floating], marks: list[tuple[int, int]], fps: float) -> tuple[int, int]:
    """How many shallow dips are laid over one video, and how many of them the detector takes for blinks."""
    laid = counted = 0
    for seed in range(ROUNDS):
        dipped, spans = with_shallow_dips(ear, marks, fps, np.random.default_rng(seed))
        begins = [blink.start_s * fps for blink in detect(dipped, fps)]
        laid += len(spans)
        counted += sum(any(first - 3 <= begin <= last for begin in begins) for first, last in spans)
    return laid, counted


def marked_spans(flags: NDArray[np.integer]) -> list[tuple[int, int]]:
    """First and last frame of every run of marked frames."""
    edges = np.diff(np.concatenate([[0], (flags > 0).astype(int), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), (np.flatnonzero(edges == -1) - 1).tolist(), strict=True))


def score(blinks: list[Blink], marks: list[tuple[int, int]], ear: NDArray[np.floating], fps: float) -> Score:
    left = list(marks)
    right = 0
    for blink in blinks:
        begin, end = blink.start_s * fps, blink.end_s * fps
        bottom = _lowest(ear, round(begin), round(end))
        for mark in left:
            shared = min(end, mark[1]) - max(begin, mark[0])
            whole = max(end, mark[1]) - min(begin, mark[0])
            if shared >= OVERLAP * whole or abs(bottom - _lowest(ear, *mark)) <= PEAK_FRAMES:
                left.remove(mark)
                right += 1
                break
    return Score(len(blinks), len(marks), right)


def _lowest(ear: NDArray[np.floating], first: int, last: int) -> int:
    stretch = ear[max(0, first) : last + 1]
    return max(0, first) + (int(np.nanargmin(stretch)) if np.isfinite(stretch).any() else (last - first) // 2)


def run(data: Path) -> dict[str, object]:
    files = sorted((data / "blink" / "eyeblink8_ear").glob("*.npz"))
    if not files:
        raise FileNotFoundError(f"no *.npz under {data / 'blink' / 'eyeblink8_ear'}")
    scores: dict[str, Score] = {}
    laid = counted = 0
    for file in files:
        with np.load(file) as video:
            ear, fps = video["ear"].astype(float), float(video["fps"])
            marks = marked_spans(video["blink"].astype(int))
        scores[file.stem] = score(detect(ear, fps), marks, ear, fps)
        more = counted_dips(ear, marks, fps)
        laid, counted = laid + more[0], counted + more[1]
    return {
        "f1": float(np.mean([one.f1 for one in scores.values()])),
        "precision": float(np.mean([one.precision for one in scores.values()])),
        "recall": float(np.mean([one.recall for one in scores.values()])),
        "videos": {
            name: {"f1": one.f1, "precision": one.precision, "recall": one.recall, "marked": one.marked}
            for name, one in scores.items()
        },
        "shallow_dips": {"laid": laid, "counted": counted},
        "rule": f"overlap >= {OVERLAP} of the union or lowest frame within {PEAK_FRAMES}; mean over videos",
    }
