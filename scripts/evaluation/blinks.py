"""Blink detection against human marks: ``blink/eyeblink8_ear/video*.npz`` with ``ear``, ``blink`` and ``fps``.

The product's own baseline and detector run over each video causally, from the population's priors on. A detected blink
is right when it overlaps a marked one by half of their union, or when the two lids are lowest within two frames of each
other; every mark is matched once.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.config.config import Config
from driver_monitor.signals.baseline import Baseline
from driver_monitor.signals.blink import Blink
from driver_monitor.signals.blinks import BlinkDetector
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.normal import RestingFace
from driver_monitor.signals.shut_level import PRIOR_SHARE

OVERLAP = 0.5
PEAK_FRAMES = 2
FRONTAL = HeadPose(0.0, 0.0, 0.0)
AWAKE_BLINK_SCORE = 0.1  # the files hold no blendshapes: every sample counts as plausibly open


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
        baseline.update(t_s, value if seen else None, AWAKE_BLINK_SCORE, FRONTAL if seen else None, RestingFace())
        open_ear = baseline.normal.open_ear
        openness = (value - PRIOR_SHARE * open_ear) / ((1 - PRIOR_SHARE) * open_ear) if seen else None
        blink = detector.update(t_s, openness)
        if blink is not None:
            found.append(blink)
    return found


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
    for file in files:
        with np.load(file) as video:
            ear, fps = video["ear"].astype(float), float(video["fps"])
            scores[file.stem] = score(detect(ear, fps), marked_spans(video["blink"].astype(int)), ear, fps)
    return {
        "f1": float(np.mean([one.f1 for one in scores.values()])),
        "precision": float(np.mean([one.precision for one in scores.values()])),
        "recall": float(np.mean([one.recall for one in scores.values()])),
        "videos": {
            name: {"f1": one.f1, "precision": one.precision, "recall": one.recall, "marked": one.marked}
            for name, one in scores.items()
        },
        "rule": f"overlap >= {OVERLAP} of the union or lowest frame within {PEAK_FRAMES}; mean over videos",
    }
