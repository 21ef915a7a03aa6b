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
# The pose net also puts fingers somewhere where it sees none: near the mouth, in a close-up of a face.
AT_HEAD: Final = measured(
    0.70,
    "from the middle of the ears to an index finger, or a part of a hand: nearer is at the head",
    "scripts/evaluate body: clips with a hand on the face, and without",
    unit="shoulder widths",
)
FINGER_SEEN: Final = measured(
    0.2,
    "of an index finger at the head: lower ones are put there without a hand",
    "scripts/evaluate body: 0.27 to 0.71 in nine of fifteen looks with a hand, up to 0.18 in 79 of 80 without",
    unit="visibility",
)
PERHAPS: Final = judged(
    0.9, "the same where the face shows that something covers the mouth, seen or not", unit="shoulder widths"
)
HAND_SHARE: Final = judged(0.25, "of a hand's landmarks that must be as near", unit="share")
MOUTH: Final = judged(0.13, "around the middle of the mouth: a hand that is nearer covers it", unit="shoulder widths")


@dataclass(frozen=True, slots=True)
class Figure:
    """Head and shoulders with the hands: ``hands`` float64 [21, 2] as the hand net saw them, ``arms`` float64 [4, 2]
    where the pose net puts the ends of the two arms, ``fingers_seen`` how likely their index fingers are in sight.
    Qualities are 0..1."""

    ears: Point
    mouth: Point
    shoulders: tuple[Point, Point]  # the driver's left, right
    hands: tuple[Point, ...]
    arms: tuple[Point, Point]
    fingers_seen: tuple[float, float]
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
            (float(seen[ARMS[0][INDEX_FINGER]]), float(seen[ARMS[1][INDEX_FINGER]])),
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

    def hand_at_head(self, *, mouth_hidden: bool) -> bool:
        """``mouth_hidden`` is what the face shows: something is over the mouth."""
        reach, perhaps = AT_HEAD * self.span, PERHAPS * self.span
        fingers = [math.dist(arm[INDEX_FINGER], self.ears) for arm in self.arms]
        return (
            any(near <= reach and seen >= FINGER_SEEN for near, seen in zip(fingers, self.fingers_seen, strict=True))
            or any(float((np.hypot(*(hand - self.ears).T) <= reach).mean()) >= HAND_SHARE for hand in self.hands)
            or (mouth_hidden and min(fingers) <= perhaps)
        )

    @property
    def hand_over_mouth(self) -> bool:
        """Whether a hand's outline holds the mouth, or comes so near that its width covers it."""
        arms = (arm for arm, seen in zip(self.arms, self.fingers_seen, strict=True) if seen >= FINGER_SEEN)
        outlines = (cv2.convexHull(hand.astype(np.float32)) for hand in (*self.hands, *arms))
        mouth, near = self.mouth.tolist(), -MOUTH * self.span
        return any(cv2.pointPolygonTest(outline, mouth, True) >= near for outline in outlines)


def _inside(point: Point, size: Point) -> bool:
    return bool(((point >= 0) & (point < size)).all())
