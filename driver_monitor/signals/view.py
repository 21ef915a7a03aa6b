"""How the driver looks from the camera at one moment: what a change of camera, driver or glasses shows in."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from driver_monitor.face.observation import FaceObservation
from driver_monitor.parameter import defined
from driver_monitor.signals.face_shape import Shape, face_shape
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.measures import FaceMeasures

Direction = tuple[float, float, float]
STRAIGHT_ON: Final[Direction] = defined(
    (0.0, 0.0, -1.0), "a face turned to the camera", "the camera's axes", unit="direction"
)


@dataclass(frozen=True, slots=True)
class View:
    """``direction`` is the unit vector from the camera to the head (x right of the picture, y up, z to the camera).

    ``ear`` is pose-corrected, blendshapes are 0..1; ``mouth_opening`` is the inner lips' distance over the
    mouth's width, NaN where unknown; ``eye_contrast``, ``eye_luma`` and ``face_luma`` as in
    FaceObservation, NaN where unknown.
    """

    pose: HeadPose
    direction: Direction
    shape: Shape | None
    ear: float
    blink_score: float
    brow_down: float
    smile: float
    mouth_opening: float
    eye_contrast: float
    eye_luma: float
    face_luma: float


def view(seen: FaceObservation, face: FaceMeasures, ear: float) -> View:
    """``face`` is what was measured on the face of ``seen``, ``ear`` the pose-corrected mean of both eyes."""
    direction = STRAIGHT_ON
    if seen.matrix is not None:
        place: list[float] = seen.matrix[:3, 3].tolist()
        direction = _unit(place) or STRAIGHT_ON
    shown = face.expression
    return View(
        face.pose, direction, face_shape(seen), ear, shown.blink, shown.brow_down, shown.smile,
        face.ratios.mouth_opening, seen.eye_contrast, seen.eye_luma, seen.face_luma,
    )  # fmt: skip


def typical(views: Collection[View]) -> View:
    """The median of everything; there is at least one view."""
    shapes = [one.shape for one in views if one.shape is not None]
    ear, blink_score, brow_down, smile = _medians((one.ear, one.blink_score, one.brow_down, one.smile) for one in views)
    return View(
        HeadPose(*_medians((one.pose.yaw_deg, one.pose.pitch_deg, one.pose.roll_deg) for one in views)),
        _unit(_medians(one.direction for one in views)) or STRAIGHT_ON,
        tuple(_medians(shapes)) if 2 * len(shapes) > len(views) else None,
        ear,
        blink_score,
        brow_down,
        smile,
        _known_median([one.mouth_opening for one in views]),
        _known_median([one.eye_contrast for one in views]),
        _known_median([one.eye_luma for one in views]),
        _known_median([one.face_luma for one in views]),
    )


def apart_deg(one: Direction, other: Direction) -> float:
    return math.degrees(math.acos(max(-1.0, min(1.0, sum(a * b for a, b in zip(one, other, strict=True))))))


def _medians(rows: Iterable[tuple[float, ...]]) -> list[float]:
    """Of each column."""
    return [median(column) for column in zip(*rows, strict=True)]


def _known_median(values: Sequence[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return median(known) if known else math.nan


def _unit(vector: Sequence[float]) -> Direction | None:
    length = math.hypot(*vector)
    if not math.isfinite(length) or length < 1e-6:
        return None
    x, y, z = (part / length for part in vector)
    return x, y, z
