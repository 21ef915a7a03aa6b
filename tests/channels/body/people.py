"""Looks at a drawn body: head and shoulders before the camera, arms hanging, hands where they are asked for."""

from dataclasses import dataclass

import numpy as np

from driver_monitor.face.body.observation import BodyObservation
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.state.signals import Signals

WIDTH, HEIGHT = 640, 480
SPAN_PX = 200.0
MIDDLE = np.array((320.0, 300.0))  # between the shoulders
WHEEL, EAR, MOUTH = (60.0, 140.0), (-55.0, -130.0), (0.0, -95.0)  # px right and down of MIDDLE


@dataclass(frozen=True)
class Sit:
    """How somebody sits. ``hand`` is where a hand is seen, px from between the shoulders; None: out of sight."""

    hand: tuple[float, float] | None = WHEEL
    hand_net: bool = True  # and whether the hand net sees it as well as the pose net
    sunk_px: float = 0.0
    head_sunk_px: float = 0.0
    tilt_deg: float = 0.0
    turned: float = 0.0  # share of the shoulders' distance that is lost
    shoulders: float = 0.95
    there: bool = True
    phone: float = float("nan")


def _px(*place: float | tuple[float, float]) -> np.ndarray:
    return np.array(place)


def body(t_s: float, sit: Sit) -> BodyObservation:
    if not sit.there:
        return BodyObservation(t_s)
    middle = MIDDLE + _px(0, sit.sunk_px)
    points = np.tile(middle + _px(0, 400), (33, 1))  # hips and legs below the frame
    head = middle + _px(0, -110 + sit.head_sunk_px)
    points[:11] = head
    points[7], points[8] = head + _px(40, 0), head - _px(40, 0)
    points[9], points[10] = head + _px(15, 25), head + _px(-15, 25)
    half = SPAN_PX / 2 * (1 - sit.turned)
    lean = np.radians(sit.tilt_deg)
    points[11] = middle + np.array((np.cos(lean), np.sin(lean))) * half
    points[12] = middle - np.array((np.cos(lean), np.sin(lean))) * half
    seen = np.full(33, 0.05, np.float32)
    seen[:11], seen[11:13] = 0.99, sit.shoulders
    for side, shoulder in ((0, 1), (1, -1)):
        points[[15 + side, 17 + side, 19 + side, 21 + side]] = middle + _px(shoulder * 90, 300)
    hands: tuple[np.ndarray, ...] = ()
    if sit.hand is not None:
        palm = middle + sit.hand
        points[[16, 18, 20, 22]] = palm + _px((0, 30), (-10, 0), (0, -5), (10, 0))
        seen[[16, 18, 20, 22]] = 0.9
        if sit.hand_net:
            spread = np.random.default_rng(1).uniform(-25, 25, (21, 2))
            hands = (((palm + spread) / (WIDTH, HEIGHT)).astype(np.float32),)
    share = (points / (WIDTH, HEIGHT)).astype(np.float32)
    return BodyObservation(t_s, 1, 0.98, share, seen, hands, sit.phone)


def frame(t_s: float, sit: Sit | None, *, face: bool = True) -> FaceObservation:
    """``sit`` comes with the frame where it is given."""
    tracking = Tracking.TRACKED if face else Tracking.NO_FACE
    return FaceObservation(t_s, tracking, WIDTH, HEIGHT, body=body(t_s - 0.5, sit) if sit else None)


def watching(t_s: float, **changes: object) -> Signals:
    return Signals(**({"t_s": t_s, "on_road": True, "eyes": "open", "zone": "road", "baseline": "driver"} | changes))  # type: ignore[arg-type]
