"""How far two face trackers agree, frame by frame, on the same footage."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.camera.frame import Frame
from driver_monitor.face.mesh import LEFT_EYE, RIGHT_EYE
from driver_monitor.face.observation import FaceObservation
from driver_monitor.face.tracker import FaceTracker

_EYES: Final = np.array((RIGHT_EYE, LEFT_EYE))


@dataclass(slots=True)
class Agreement:
    """What the tracker under test saw against the reference; one entry a frame with a face in both.

    ``landmarks_share`` is the RMS distance of the landmarks in the picture's plane as a share of the face's width,
    ``ear`` the larger difference of the two eyes' aspect ratios, ``blendshapes_rms`` and ``blendshapes_max`` over the
    52, ``rotation_deg`` the angle between the two head poses.
    """

    frames: int = 0
    tested_only: int = 0
    reference_only: int = 0
    landmarks_px: list[float] = field(default_factory=list)
    landmarks_share: list[float] = field(default_factory=list)
    ear: list[float] = field(default_factory=list)
    blendshapes_rms: list[float] = field(default_factory=list)
    blendshapes_max: list[float] = field(default_factory=list)
    rotation_deg: list[float] = field(default_factory=list)

    def add(self, tested: FaceObservation, reference: FaceObservation) -> None:
        self.frames += 1
        self.tested_only += tested.landmarks is not None and reference.landmarks is None
        self.reference_only += tested.landmarks is None and reference.landmarks is not None
        if tested.landmarks is None or reference.landmarks is None:
            return
        scale = np.array((tested.width_px, tested.height_px))
        points, others = (seen[:, :2] * scale for seen in (tested.landmarks, reference.landmarks))
        rms_px = math.sqrt(float(((points - others) ** 2).sum(1).mean()))
        self.landmarks_px.append(rms_px)
        self.landmarks_share.append(rms_px / float(np.ptp(others[:, 0])))
        self.ear.append(float(np.abs(_ear(points) - _ear(others)).max()))
        if tested.blendshapes is not None and reference.blendshapes is not None:
            apart = np.abs(tested.blendshapes - reference.blendshapes)
            self.blendshapes_rms.append(math.sqrt(float((apart**2).mean())))
            self.blendshapes_max.append(float(apart.max()))
        if tested.matrix is not None and reference.matrix is not None:
            self.rotation_deg.append(_angle_deg(tested.matrix, reference.matrix))

    @property
    def both(self) -> int:
        return len(self.ear)

    def figures(self) -> dict[str, Any]:
        """The figures over all frames; RMS values are RMS over frames, NaN where no frame shows a face in both."""
        return {
            "frames": self.frames,
            "found_in_both": self.both,
            "tested_only": self.tested_only,
            "reference_only": self.reference_only,
            "landmarks_rms_px": _rms(self.landmarks_px),
            "landmarks_rms_percent": 100 * _rms(self.landmarks_share),
            "ear_rms": _rms(self.ear),
            "ear_max": max(self.ear, default=math.nan),
            "blendshapes_rms": _rms(self.blendshapes_rms),
            "blendshapes_max": max(self.blendshapes_max, default=math.nan),
            "rotation_median_deg": float(np.median(self.rotation_deg)) if self.rotation_deg else math.nan,
            "rotation_max_deg": max(self.rotation_deg, default=math.nan),
        }


Seen = Callable[[Frame, FaceObservation, FaceObservation], None]


def compare_on(
    frames: Iterable[Frame], tested: FaceTracker, reference: FaceTracker, seen: Seen = lambda *_: None
) -> Agreement:
    """Both trackers on every frame; both begin a new stream. ``seen`` is told what each made of it."""
    found = Agreement()
    for tracker in (tested, reference):
        tracker.reset()
    for frame in frames:
        observations = tested.track(frame), reference.track(frame)
        found.add(*observations)
        seen(frame, *observations)
    return found


def _ear(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Eye aspect ratio (Soukupova & Cech 2016) of both eyes; ``points`` [478, 2] in px."""
    outer, top_outer, top_inner, inner, low_inner, low_outer = np.moveaxis(points[_EYES], 1, 0)
    opened = np.linalg.norm(top_outer - low_outer, axis=-1) + np.linalg.norm(top_inner - low_inner, axis=-1)
    ratios: NDArray[np.float64] = opened / (2 * np.linalg.norm(outer - inner, axis=-1))
    return ratios


def _angle_deg(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Between the rotations of two head poses, scales aside."""
    first, second = (matrix[:3, :3] / np.linalg.norm(matrix[:3, 0]) for matrix in (one, other))
    cosine = (float(np.trace(first.T @ second)) - 1) / 2
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def _rms(values: list[float]) -> float:
    return math.sqrt(float(np.mean(np.square(values)))) if values else math.nan
