"""Whether what was learned of the driver still holds: the camera knocked, another driver, glasses on or off.

The last seconds are compared with what was usual before. Only views with open eyes count, and faces and eyes are only
compared near the usual pose, where neither perspective nor lids disturb them.
"""

import math
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from driver_monitor.parameter import judged
from driver_monitor.signals.face_shape import unlikeness
from driver_monitor.signals.head_pose import carried, turn_deg
from driver_monitor.signals.view import View, apart_deg, typical

OPEN_BLINK_SCORE: Final = judged(
    0.35, "eyes are open up to here: open ones give 0.05-0.2, closed ones 0.6-0.75", unit="blendshape"
)
WINDOW_S: Final = judged(5.0, "views no older are compared with the usual one")
VIEWS: Final = judged(15, "views that judge, of the 25 that a window holds at five a second", unit="count")
USUAL_VIEWS: Final = judged(40, "the usual look: of the first 8 s, later of the last 40 s", unit="count")
USUAL_EVERY_S: Final = judged(1.0, "between two views that are kept as usual")
NEAR_DEG: Final = judged(15.0, "from the usual pose: only such views are compared")

AWAY_S: Final = judged(1.0, "out of sight for so long, somebody else may be back")
STEP: Final = judged(
    1.8, "a step: two views in a row this unlike each other; those of a calm face are less", unit="unlikeness"
)
STEP_DEG: Final = judged(5.0, "a jump across the frame between two views: 5 cm at 60 cm")
SUSPECT_S: Final = judged(20.0, "how long a gap or a step counts as a reason to look closer")
OTHER_FACE: Final = judged(
    2.0, "from here on it is another face; a calm one stays under 1.7 of itself", unit="unlikeness"
)
SAME_FACE: Final = judged(1.2, "up to here it is the same face", unit="unlikeness")
SAME_SMILE: Final = judged(0.3, "difference in smile between faces that are compared", unit="blendshape")

MOVED_DEG: Final = judged(5.0, "across the frame: the camera was moved")
TURNED_DEG: Final = judged(3.5, "the head turned with the camera: it reads about half of what the camera turned")
ALONG: Final = judged(0.8, "between where the head went and where a turned camera would have put it", unit="cosine")
REACH: Final = judged(
    0.7, "to the way that a turned camera takes the head; a head that turns goes far less far", unit="ratio"
)
STEADY_DEG: Final = judged(3.0, "views this close to each other are steady")
STEADY_SHARE: Final = judged(0.8, "of the views that must be steady")
AGAPE: Final = judged(0.4, "a dropped jaw lengthens nose and face by what tells two people apart", unit="mouth widths")

GLASSES_SHAPE: Final = judged(
    1.25, "glasses put on or off: spectacles drawn on a face make it unlike itself by 1.2 to 1.5", unit="unlikeness"
)
PERHAPS_SHAPE: Final = judged(0.8, "enough when the open-eye level differs, too", unit="unlikeness")
GLASSES_EAR: Final = judged(0.05, "by which the open-eye level must differ", unit="ratio")
GLASSES_LOOK: Final = judged(0.12, "by which the eyes' contrast or brightness must differ", unit="share of the skin's")
SAME_LIGHT: Final = judged(
    0.25, "by which the face's brightness may differ: a tunnel is no pair of glasses", unit="ratio"
)
SAME_BLINK: Final = judged(0.08, "by which the blink score may differ", unit="blendshape")
SAME_EXPRESSION: Final = judged(
    0.15, "by which brow and smile may differ: faces narrow and widen eyes, too", unit="blendshape"
)
GLASSES_S: Final = judged(10.0, "glasses stay on for so long")


class Change(StrEnum):
    NONE = ""
    CAMERA_MOVED = "camera_moved"
    DRIVER_CHANGED = "driver_changed"
    GLASSES = "glasses"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``same_face`` is None as long as it cannot be told. ``usual`` and ``now`` are what was compared."""

    change: Change = Change.NONE
    same_face: bool | None = None
    usual: View | None = None
    now: View | None = None


UNDECIDED: Final = Verdict()


class ChangeWatch:
    """Feed it views of the driver, some five a second of those there are, in time order."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, View]] = deque()
        self._last: tuple[float, View] | None = None
        self._before: deque[View] = deque(maxlen=USUAL_VIEWS)
        self._kept_s = -math.inf
        self._glasses_s: float | None = None  # since when it looks like glasses on or off
        self.forget()

    def forget(self) -> None:
        """What was usual no longer is: the last seconds are where it starts again."""
        self._usual: View | None = None
        self._before.clear()
        self._before.extend(one for _, one in self._recent)
        self._suspect_s = -math.inf
        self._glasses_s = None

    @property
    def wide_ear(self) -> float | None:
        """The EAR that the eyes reached in a fifth of the last views."""
        ears = sorted(one.ear for _, one in self._recent)
        return ears[(4 * len(ears)) // 5] if ears else None

    def update(self, t_s: float, now: View) -> Verdict:
        if now.blink_score >= OPEN_BLINK_SCORE:
            return UNDECIDED
        if now.mouth_opening >= AGAPE:
            self._last = None if self._last is None else (t_s, self._last[1])  # a yawn is no gap
            return UNDECIDED
        self._suspect(t_s, now)
        self._recent.append((t_s, now))
        while t_s - self._recent[0][0] > WINDOW_S:
            self._recent.popleft()
        verdict = UNDECIDED
        if self._usual is not None and len(self._recent) >= VIEWS:
            verdict = self._compare(t_s, self._usual)
        settled = verdict.same_face or t_s - self._suspect_s > SUSPECT_S
        if self._usual is None or (verdict.change is Change.NONE and settled and self._glasses_s is None):
            self._follow(t_s, now)
        return verdict

    def _follow(self, t_s: float, now: View) -> None:
        """Slow changes are not changes: light, posture, tired lids."""
        if self._usual is not None and t_s - self._kept_s < USUAL_EVERY_S:
            return
        self._kept_s = t_s
        self._before.append(now)
        if len(self._before) == USUAL_VIEWS:
            self._usual = typical(self._before)

    def _suspect(self, t_s: float, now: View) -> None:
        if self._last is not None:
            last_s, last = self._last
            other = (_unlike(last, now) or 0.0) > STEP
            if t_s - last_s > AWAY_S or other or apart_deg(last.direction, now.direction) > STEP_DEG:
                self._suspect_s = t_s
                self._recent.clear()  # what comes after must not be mixed with what was before
        self._last = t_s, now

    def _compare(self, t_s: float, usual: View) -> Verdict:
        views = [one for _, one in self._recent]
        recent = typical(views)
        suspect = t_s - self._suspect_s <= SUSPECT_S
        if _camera_turned(usual, recent, views):
            # A camera that turns shows the same face from the same side, so it can be compared wherever it is.
            other = suspect and (_unlike(usual, recent) or 0.0) > OTHER_FACE
            change = Change.DRIVER_CHANGED if other else Change.CAMERA_MOVED
            return Verdict(change, same_face=not other, usual=usual, now=recent)
        near = [one for one in views if turn_deg(usual.pose, one.pose) <= NEAR_DEG]
        if len(near) < VIEWS:
            return UNDECIDED
        close = recent if len(near) == len(views) else typical(near)
        unlike = _unlike(usual, close)
        if unlike is None:
            return Verdict(usual=usual, now=close)
        if suspect and unlike > OTHER_FACE:
            return Verdict(Change.DRIVER_CHANGED, same_face=False, usual=usual, now=close)
        if not _glasses(usual, close, unlike):
            self._glasses_s = None
        elif self._glasses_s is None:
            self._glasses_s = t_s if suspect else None
        elif t_s - self._glasses_s >= GLASSES_S:
            return Verdict(Change.GLASSES, usual=usual, now=close)
        return Verdict(same_face=unlike <= SAME_FACE, usual=usual, now=close)


def _unlike(one: View, other: View) -> float | None:
    if one.shape is None or other.shape is None:
        return None
    return unlikeness(one.shape, other.shape, same_smile=abs(one.smile - other.smile) <= SAME_SMILE)


def _camera_turned(usual: View, recent: View, views: list[View]) -> bool:
    """The head stands elsewhere in the picture and is turned just as if all that is seen had turned about the camera.

    A head that turns by itself stays where it is, one that moves aside is seen turned the other way.
    """
    went = [a - b for a, b in zip(recent.direction, usual.direction, strict=True)]
    went_deg = apart_deg(usual.direction, recent.direction)
    if went_deg < MOVED_DEG or turn_deg(usual.pose, recent.pose) < TURNED_DEG:
        return False
    asked = carried(usual.direction, usual.pose, recent.pose)
    would = [a - b for a, b in zip(asked, usual.direction, strict=True)]
    lengths = math.hypot(*went), math.hypot(*would)
    if lengths[1] < 1e-6 or lengths[0] < REACH * lengths[1]:
        return False
    if sum(a * b for a, b in zip(went, would, strict=True)) < ALONG * lengths[0] * lengths[1]:
        return False
    return sum(apart_deg(one.direction, recent.direction) <= STEADY_DEG for one in views) >= STEADY_SHARE * len(views)


def _glasses(usual: View, now: View, unlike: float) -> bool:
    """The eyes are read otherwise than before, the face around them a little, the light is the same, nobody blinks
    more: narrowed lids and shade are not glasses."""
    level = abs(now.ear / usual.ear - 1) >= GLASSES_EAR if usual.ear > 0 else False
    lit = abs(now.face_luma / usual.face_luma - 1) <= SAME_LIGHT if usual.face_luma > 0 else False
    looks = max(abs(now.eye_contrast - usual.eye_contrast), abs(now.eye_luma - usual.eye_luma)) >= GLASSES_LOOK
    calm = (
        abs(now.blink_score - usual.blink_score) <= SAME_BLINK
        and abs(now.brow_down - usual.brow_down) <= SAME_EXPRESSION
        and abs(now.smile - usual.smile) <= SAME_EXPRESSION
    )
    return lit and calm and (unlike >= GLASSES_SHAPE or (level and (unlike >= PERHAPS_SHAPE or looks)))
