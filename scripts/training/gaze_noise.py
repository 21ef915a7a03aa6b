"""How much the head's and the eyes' angles wander while a real person looks at one thing: measured on clips.

A person at rest also moves, so these are upper bounds of the tracker's own noise, and what the classifier has to live
with. Only windows count in which the head keeps within HELD_DEG, the eyes within SAME_LOOK_DEG, and the lids are open.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.assets import face_model
from driver_monitor.camera.open import open_source
from driver_monitor.config.config import Config
from driver_monitor.face.observation import FaceObservation
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.signals.gaze import RISE_DEG, eye_yaw_deg
from driver_monitor.signals.measures import FaceMeasures, measure

WINDOW_S: Final = 1.0
HELD_DEG: Final = 4.0
SAME_LOOK_DEG: Final = 8.0
OPEN_BLINK: Final = 0.35  # blink blendshape
PATTERNS: Final = ("*.mp4", "*.mov", "*.gif", "*.avi")


@dataclass(frozen=True, slots=True)
class Noise:
    """Standard deviation within a second, degrees, of head yaw, pitch, roll and eye yaw, pitch; how long a deviation
    lasts (time constant of the autocorrelation); and what that was measured on."""

    sd_deg: tuple[float, float, float, float, float]
    tau_s: tuple[float, float, float, float, float]
    clips: int
    windows: int


# What :func:`measured` gave on ten clips of nine people, 2026-11-27.
KNOWN: Final = Noise((0.22, 0.53, 0.17, 0.66, 1.15), (0.35, 0.74, 0.45, 0.19, 0.13), clips=10, windows=46)


def measured(clips: Iterable[Sequence[FaceObservation]]) -> Noise | None:
    """Medians over clips of each clip's medians, so that no long clip outweighs the others; None where none is held."""
    spreads, lasts, windows = [], [], 0
    for clip in clips:
        found = [one for one in (held(part) for part in parts(clip)) if one is not None]
        if found:
            windows += len(found)
            spreads.append(np.median([spread for spread, _ in found], axis=0))
            lasts.append(np.median([last for _, last in found], axis=0))
    if not spreads:
        return None
    sd, tau = np.median(spreads, axis=0).round(2).tolist(), np.median(lasts, axis=0).round(2).tolist()
    return Noise(tuple(sd), tuple(tau), len(spreads), windows)


def parts(clip: Sequence[FaceObservation]) -> Iterable[Sequence[FaceObservation]]:
    """Windows that overlap by half."""
    if len(clip) < 3:
        return
    length = max(4, round(WINDOW_S * (len(clip) - 1) / (clip[-1].t_s - clip[0].t_s)))
    for start in range(0, len(clip) - length + 1, max(1, length // 2)):
        yield clip[start : start + length]


def held(part: Sequence[FaceObservation]) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """SD and time constant of the five angles over a window, None unless it is one look with open eyes."""
    faces = [measure(observation) for observation in part]
    if any(face is None or face.expression.blink > OPEN_BLINK for face in faces):
        return None
    angles = np.array([_angles(face) for face in faces if face is not None])
    if np.ptp(angles[:, :2], axis=0).max() > HELD_DEG or np.ptp(angles[:, 3]) > SAME_LOOK_DEG:
        return None
    off = angles - angles.mean(axis=0)
    step_s = (part[-1].t_s - part[0].t_s) / (len(part) - 1)
    again = np.clip((off[1:] * off[:-1]).mean(axis=0) / np.maximum((off**2).mean(axis=0), 1e-9), 0.05, 0.98)
    return angles.std(axis=0), -step_s / np.log(again)


def _angles(face: FaceMeasures) -> tuple[float, ...]:
    pose = face.pose
    return pose.yaw_deg, pose.pitch_deg, pose.roll_deg, eye_yaw_deg(face.iris), RISE_DEG * face.ratios.iris_rise


def tracked(path: Path) -> list[FaceObservation]:
    """What the product's tracker sees in a clip."""
    config = Config()
    camera = config.camera.model_copy(update={"source": str(path)})
    with (
        VisionWorker(config.face.unhurried(), config.privacy, face_model(config.face.model, progress=False)) as tracker,
        open_source(camera, live=False) as source,
    ):
        return [tracker.track(frame) for frame in source]


def clips_in(data: Path) -> list[Path]:
    return sorted(path for pattern in PATTERNS for path in (data / "clips").glob(pattern))


def wandering(
    chance: np.random.Generator, sd: NDArray[np.float64], tau_s: float, steps: int, step_s: float
) -> NDArray[np.float64]:
    """First-order noise [len(sd), steps] of these standard deviations that lasts for ``tau_s``."""
    keep = math.exp(-step_s / tau_s)
    drawn = chance.normal(0.0, 1.0, (len(sd), steps))
    out = np.empty_like(drawn)
    out[:, 0] = drawn[:, 0]
    for step in range(1, steps):
        out[:, step] = keep * out[:, step - 1] + math.sqrt(1 - keep * keep) * drawn[:, step]
    return np.asarray(out * sd[:, None])
