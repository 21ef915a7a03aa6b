"""A person's face as numbers: 478 points, how far the eyes open, what the face is like at rest."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.mesh import LEFT_EYE, RIGHT_EYE
from driver_monitor.signals.landmarks import MOUTH
from driver_monitor.simulate.eyelids import LOWER, UPPER
from driver_monitor.simulate.portrait import measured
from driver_monitor.simulate.pose import terms
from driver_monitor.simulate.relief import Turn, rotation
from driver_monitor.simulate.stage import CHIN, FOREHEAD

Points = NDArray[np.float64]

# What FaceLandmarker reports of the rendered portraits, head straight: blendshapes at rest, eye openings, mouth.
_REST: Final[Mapping[str, Mapping[str, float]]] = {
    "astronaut": {"eyeBlink": 0.05, "eyeLookDown": 0.14, "eyeLookUp": 0.09, "browDown": 0.05, "mouthSmile": 0.92},
    "grace_hopper": {"eyeBlink": 0.07, "eyeLookDown": 0.10, "eyeLookUp": 0.12, "browDown": 0.04, "mouthSmile": 0.01},
}
_EYES: Final = {"astronaut": (0.314, 0.028), "grace_hopper": (0.288, 0.094)}  # EAR open and shut; the second: glasses
_MOUTH: Final = {"astronaut": 0.20, "grace_hopper": 0.006}


@dataclass(frozen=True, slots=True)
class FaceShape:
    """``points`` float64 [478, 3]: a straight face seen from the front, in face heights (forehead to chin), x to the
    right of the picture, y down, z away from the camera, around the middle of the head. ``open_ear`` and ``shut_ear``
    are the eye aspect ratios of open and of shut eyes, ``mouth`` the opening of the resting one, ``rest`` blendshapes
    by name without the side. ``jaw`` are the points that go down with it, lower lip and all below."""

    points: Points
    open_ear: float
    shut_ear: float
    mouth: float
    rest: Mapping[str, float]
    jaw: NDArray[np.int_]

    def like(self, *, open_ear: float, shut_share: float, smile: float) -> "FaceShape":
        """Another person with this mesh."""
        rest = MappingProxyType({**self.rest, "mouthSmile": smile})
        return replace(self, open_ear=open_ear, shut_ear=shut_share * open_ear, rest=rest)


@lru_cache(maxsize=4)
def face_shape(portrait: str) -> FaceShape:
    """The face of a portrait as the tracker measures it. Needs the measurements alone, not the picture."""
    known = measured(portrait)
    points = np.array(known["landmarks"], np.float64)
    yaw, pitch, roll = terms(0.0, 0.0) @ np.array(known["pose"], np.float64)
    middle = points[[234, 454]].mean(axis=0)  # between the ears
    straight = (points - middle) @ rotation(Turn(float(yaw), float(pitch), -float(roll))).T
    straight /= np.linalg.norm(straight[CHIN, :2] - straight[FOREHEAD, :2])
    open_ear, shut_ear = _EYES[portrait]
    for side, eye in (("right", RIGHT_EYE), ("left", LEFT_EYE)):
        _level_lids(straight, side)
        factor = open_ear / ear(straight, eye)
        for upper, lower in zip(UPPER[side][1:-1], LOWER[side][1:-1], strict=True):
            straight[upper] = straight[lower] + factor * (straight[upper] - straight[lower])
    right, top, left, bottom = (straight[index] for index in MOUTH)
    jaw = np.flatnonzero(straight[:, 1] >= bottom[1] - 1e-9)
    straight[jaw, 1] += _MOUTH[portrait] * np.linalg.norm(left - right) - (bottom[1] - top[1])
    rest = MappingProxyType(dict(_REST[portrait]))
    return FaceShape(straight, open_ear, shut_ear, _MOUTH[portrait], rest, jaw)


def ear(points: Points, eye: tuple[int, ...]) -> float:
    """Eye aspect ratio as seen from the front, Soukupova & Cech 2016."""
    p = points[list(eye), :2]
    lids = np.linalg.norm(p[1] - p[5]) + np.linalg.norm(p[2] - p[4])
    return float(lids / (2 * np.linalg.norm(p[0] - p[3])))


def _level_lids(points: Points, side: str) -> None:
    """Upper lid straight above the lower one, so that what the camera sees of an opening is its foreshortening."""
    for upper, lower in zip(UPPER[side][1:-1], LOWER[side][1:-1], strict=True):
        points[upper, 0] = points[lower, 0]
        points[upper, 2] = points[lower, 2]
