"""How the driver looks from the camera at one moment: what a change of camera, driver or glasses shows in."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from driver_monitor.face.observation import FaceObservation
from driver_monitor.signals.face_shape import Shape, face_shape
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.landmarks import face_ratios
from driver_monitor.signals.normal import Sample

Direction = tuple[float, float, float]
STRAIGHT_ON: Final[Direction] = (0.0, 0.0, -1.0)


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


def view(seen: FaceObservation, sample: Sample) -> View:
    """``sample`` is what was measured on the face of ``seen``."""
    direction = STRAIGHT_ON
    if seen.matrix is not None:
        place: list[float] = seen.matrix[:3, 3].tolist()
        direction = _unit(place) or STRAIGHT_ON
    ratios = face_ratios(seen)
    mouth_opening = math.nan if ratios is None else ratios.mouth_opening
    return View(
        sample.pose, direction, face_shape(seen), sample.ear, sample.blink_score, sample.face.brow_down,
        sample.face.smile, mouth_opening, seen.eye_contrast, seen.eye_luma, seen.face_luma,
    )  # fmt: skip


def typical(views: Collection[View]) -> View:
    """The median of everything; there is at least one view."""

    def middle(value: Callable[[View], float]) -> float:
        known = [number for number in map(value, views) if math.isfinite(number)]
        return median(known) if known else math.nan

    shapes = [one.shape for one in views if one.shape is not None]
    direction = _unit([median(column) for column in zip(*(one.direction for one in views), strict=True)])
    return View(
        HeadPose(
            median(one.pose.yaw_deg for one in views),
            median(one.pose.pitch_deg for one in views),
            median(one.pose.roll_deg for one in views),
        ),
        direction or STRAIGHT_ON,
        tuple(median(column) for column in zip(*shapes, strict=True)) if 2 * len(shapes) > len(views) else None,
        median(one.ear for one in views),
        median(one.blink_score for one in views),
        median(one.brow_down for one in views),
        median(one.smile for one in views),
        middle(lambda one: one.mouth_opening),
        middle(lambda one: one.eye_contrast),
        middle(lambda one: one.eye_luma),
        middle(lambda one: one.face_luma),
    )


def apart_deg(one: Direction, other: Direction) -> float:
    return math.degrees(math.acos(max(-1.0, min(1.0, sum(a * b for a, b in zip(one, other, strict=True))))))


def _unit(vector: Sequence[float]) -> Direction | None:
    length = math.hypot(*vector)
    if not math.isfinite(length) or length < 1e-6:
        return None
    x, y, z = (part / length for part in vector)
    return x, y, z
