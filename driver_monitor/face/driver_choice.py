"""Which of the faces in the picture is the driver's. Policy only: boxes in, a choice out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

# The camera looks back into the cabin and the picture is not mirrored, so the driver of a left-hand-drive car sits
# on the picture's right. ``side`` below is +1 at the driver's edge of the picture and -1 at the passenger's.
_SIDE_WEIGHT: Final = 1.0
# One doubling in size weighs 0.65 of the way from the middle to the edge: a passenger who leans in at the start does
# not outweigh the seat, a rear passenger at half the size does not outweigh a driver in the middle.
_SIZE_WEIGHT: Final = 0.65
# A lone face may be anywhere but in the passenger's outermost fifth: many cameras stand off to one side.
_LONE_SIDE: Final = -0.55
# Once both seats have been seen in one picture, the passenger's half is known to be the passenger's.
_TWO_SEATS_SIDE: Final = -0.2
_TWO_SEATS_APART: Final = 0.5
# Distances in face sizes. Neighbours sitting shoulder to shoulder are at least 1.5 apart.
SAME_FACE: Final = 0.5
_REACH: Final = 1.2
_HOLD: Final = 0.75
_SIZE_UNLIKE: Final = 0.5  # a face of twice the size counts like one half a face size away
# A face is measured up to 3 % smaller than it is (MEASURED on pasted faces of known width).
_MEASURED: Final = 0.96
_HOME_S: Final = 20.0
_OTHERS_S: Final = 3.0
_UNBROKEN_S: Final = 0.25  # following does not break off for longer than this without a search in between
# While nobody else has ever been in view, a face elsewhere is most likely the driver who has moved, or the camera has.
_ALONE_FORGET_S: Final = 2.0
# A place is kept at most this many times as long as the face has been followed there: a cloud that looks like a face
# for one frame must not keep the driver out.
_KEEP_TIMES: Final = 4.0


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A face's box: centre, width and height, all in shares of the picture's *width*, so that distances are true.

    ``roll_rad`` is how far the line of the eyes leans clockwise, 0 where nobody measured it.
    """

    x: float
    y: float
    width: float
    height: float
    roll_rad: float = 0.0

    @property
    def size(self) -> float:
        """A width that a turn of the head does not shrink (a frontal face is about 1.25 times as high as wide)."""
        return max(self.width, 0.8 * self.height)

    def distance(self, other: "FaceBox") -> float:
        """Between the centres, in sizes of the larger face."""
        return math.hypot(self.x - other.x, self.y - other.y) / max(self.size, other.size)

    def unlike(self, other: "FaceBox") -> float:
        """How little this looks like the same face at another moment: distance, and a difference in size."""
        return self.distance(other) + _SIZE_UNLIKE * abs(math.log2(self.size / other.size))


class DriverChoice:
    """Chooses the driver by seat side and size once, and keeps to that choice by place.

    The driver who is lost is looked for in the same place; somebody elsewhere is not taken for the driver until
    ``forget_s`` have gone by (2 s while never more than one face has been in view; less for a driver followed for less
    than a quarter of that). Times are media times and strictly increase.
    """

    def __init__(self, seat: Literal["left", "right"], min_face_share: float, forget_s: float) -> None:
        self._driver_on_right = seat == "left"
        self._min_face_share = min_face_share
        self._forget_s = forget_s
        self._home: FaceBox | None = None  # where the driver's face is on average
        self._home_s = 0.0  # how many seconds that average stands for
        self._last: FaceBox | None = None
        self._last_s = -math.inf
        self._others: tuple[FaceBox, ...] = ()
        self._others_s = -math.inf
        self._two_seats = False
        self._company = False

    def choose(self, t_s: float, faces: Sequence[FaceBox]) -> int | None:
        """The index of the driver among ``faces``, or None when the driver is not one of them."""
        usable = [index for index, face in enumerate(faces) if face.size >= _MEASURED * self._min_face_share]
        sides = [self._side(faces[index]) for index in usable]
        if sides and max(sides) - min(sides) >= _TWO_SEATS_APART:
            self._two_seats = True
        self._company = self._company or len(usable) > 1
        chosen = self._known(t_s, faces)
        if chosen is None and t_s - self._last_s >= self._kept_for_s:
            chosen = self._fresh(faces, usable)
            if chosen is not None:
                self._home = None
        self._others = tuple(face for index, face in enumerate(faces) if index != chosen)
        self._others_s = t_s
        return chosen

    def follow(self, t_s: float, face: FaceBox) -> None:
        """The chosen driver's face was seen at ``face``."""
        if self._home is None:
            self._home, self._home_s = face, 0.0
        else:
            step_s = max(0.0, min(1.0, t_s - self._last_s))
            self._home_s = min(_HOME_S, self._home_s + step_s)
            share = step_s / self._home_s if self._home_s > 0 else 1.0
            self._home = _between(self._home, face, share)
        self._last, self._last_s = face, t_s

    @property
    def _kept_for_s(self) -> float:
        limit_s = self._forget_s if self._company else min(self._forget_s, _ALONE_FORGET_S)
        return min(limit_s, _KEEP_TIMES * self._home_s)

    def _known(self, t_s: float, faces: Sequence[FaceBox]) -> int | None:
        """The face in the place of the driver chosen before, if there is one."""
        if self._home is None or self._last is None:
            return None
        others = self._others if t_s - self._others_s <= _OTHERS_S else ()
        best: tuple[float, int] | None = None
        for index, face in enumerate(faces):
            from_home, from_last = face.unlike(self._home), face.unlike(self._last)
            unbroken = t_s - self._last_s <= _UNBROKEN_S and from_last <= SAME_FACE
            somebody_else = any(face.unlike(other) < min(from_home, from_last) for other in others)
            if somebody_else or not (unbroken or from_home <= _REACH):
                continue
            cost = from_home - (_HOLD if unbroken else 0.0)
            if best is None or cost < best[0]:
                best = cost, index
        return best[1] if best else None

    def _fresh(self, faces: Sequence[FaceBox], usable: Sequence[int]) -> int | None:
        if not usable:
            return None
        largest = max(faces[index].size for index in usable)

        def score(index: int) -> float:
            face = faces[index]
            return _SIDE_WEIGHT * self._side(face) + _SIZE_WEIGHT * math.log2(face.size / largest)

        best = max(usable, key=score)
        allowed = _TWO_SEATS_SIDE if self._two_seats else _LONE_SIDE
        return best if self._side(faces[best]) >= allowed else None

    def _side(self, face: FaceBox) -> float:
        towards_right = 2.0 * face.x - 1.0
        return towards_right if self._driver_on_right else -towards_right


def _between(start: FaceBox, end: FaceBox, share: float) -> FaceBox:
    return FaceBox(
        start.x + share * (end.x - start.x),
        start.y + share * (end.y - start.y),
        start.width + share * (end.width - start.width),
        start.height + share * (end.height - start.height),
    )
