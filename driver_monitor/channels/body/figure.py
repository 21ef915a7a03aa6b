"""Where head, shoulders and hands are in one look at the body, in px of the frame."""

import math
from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.body.observation import BodyObservation
from driver_monitor.parameter import defined, judged, measured

Point = NDArray[np.float64]

HEAD: Final = defined(11, "first landmarks: nose, eyes, ears, mouth", "MediaPipe's pose landmarks", unit="count")
EARS: Final = defined((7, 8), "the driver's left and right", "MediaPipe's pose landmarks", unit="landmark")
MOUTH_CORNERS: Final = defined((9, 10), "the same", "MediaPipe's pose landmarks", unit="landmark")
SHOULDERS: Final = defined((11, 12), "the same", "MediaPipe's pose landmarks", unit="landmark")
ARMS: Final = defined(
    ((15, 17, 19, 21), (16, 18, 20, 22)),
    "wrist, little finger, index finger and thumb of the left and of the right hand",
    "MediaPipe's pose landmarks",
    unit="landmark",
)
INDEX_FINGER: Final = defined(2, "which of the four", "the order of ARMS", unit="place")
SEEN: Final = judged(0.5, "a landmark less visible is a guess of the net", unit="visibility")
SIDEWAYS: Final = judged(
    0.6, "shoulders nearer to each other than this many times ear to nape are seen from the side", unit="ratio"
)
# The net's place for a finger tells of a hand at the head even where it calls the hand hidden: behind the head, or with
# the wrist below the frame.
AT_HEAD: Final = measured(
    0.72,
    "from the middle of the ears to an index finger: a hand nearer is at the head",
    "scripts/evaluate body, a clip with a hand on the face: 0.32 to 0.89 with it, 1.3 to 2.5 in nine of ten without",
    unit="shoulder widths",
)
HAND_SHARE: Final = judged(0.25, "of a hand's landmarks that must be as near", unit="share")
MOUTH: Final = judged(0.13, "around the middle of the mouth: a hand that is nearer covers it", unit="shoulder widths")


@dataclass(frozen=True, slots=True)
class Figure:
    """Head and shoulders with the hands: ``hands`` float64 [21, 2] as the hand net saw them, ``arms`` float64 [4, 2]
    where the pose net puts the ends of the two arms. Qualities are 0..1."""

    ears: Point
    mouth: Point
    shoulders: tuple[Point, Point]  # the driver's left, right
    hands: tuple[Point, ...]
    arms: tuple[Point, Point]
    arm_in_sight: bool
    quality: float
    quality_shoulders: float

    @classmethod
    def of(cls, body: BodyObservation, size_px: tuple[int, int]) -> Self | None:
        """None where there is no pose."""
        if body.pose is None or body.visibility is None:
            return None
        size = np.array(size_px, np.float64)
        points, seen = body.pose * size, body.visibility
        return cls(
            points[list(EARS)].mean(axis=0),
            points[list(MOUTH_CORNERS)].mean(axis=0),
            (points[SHOULDERS[0]], points[SHOULDERS[1]]),
            tuple(hand * size for hand in body.hands),
            (points[list(ARMS[0])], points[list(ARMS[1])]),
            any(seen[arm[0]] > SEEN and _inside(points[arm[0]], size) for arm in ARMS),
            body.presence * float(seen[:HEAD].max()),
            body.presence * float(seen[list(SHOULDERS)].min()),
        )

    @property
    def span(self) -> float:
        """Between the shoulders, px."""
        return math.dist(*self.shoulders)

    @property
    def middle(self) -> Point:
        """Between the shoulders."""
        return (self.shoulders[0] + self.shoulders[1]) / 2

    @property
    def tilt_deg(self) -> float:
        """Of the shoulders, positive where the driver's left one is the lower."""
        across, down = (self.shoulders[0] - self.shoulders[1]).tolist()
        return math.degrees(math.atan2(down, across))

    @property
    def sideways(self) -> bool:
        """Whether the body is turned so far that its shoulders say nothing of width and tilt, or shows its back."""
        return float(self.shoulders[0][0] - self.shoulders[1][0]) < SIDEWAYS * float(self.middle[1] - self.ears[1])

    @property
    def hand_in_sight(self) -> bool:
        return bool(self.hands) or self.arm_in_sight

    @property
    def hand_at_head(self) -> bool:
        reach = AT_HEAD * self.span
        fingers = (arm[INDEX_FINGER] for arm in self.arms)
        return any(math.dist(finger, self.ears) <= reach for finger in fingers) or any(
            float((np.hypot(*(hand - self.ears).T) <= reach).mean()) >= HAND_SHARE for hand in self.hands
        )

    @property
    def hand_over_mouth(self) -> bool:
        """Whether a hand's outline holds the mouth, or comes so near that its width covers it."""
        return any(
            cv2.pointPolygonTest(cv2.convexHull(hand.astype(np.float32)), self.mouth.tolist(), True)
            >= -MOUTH * self.span
            for hand in (*self.hands, *self.arms)
        )


def _inside(point: Point, size: Point) -> bool:
    return bool(((point >= 0) & (point < size)).all())
