"""Which of the driver's eyes can be seen: not behind a hand, hair, dark glass, or the turn of the head."""

import math
from dataclasses import dataclass
from typing import Final

from driver_monitor.face.observation import FaceObservation
from driver_monitor.parameter import judged
from driver_monitor.signals.filters import FirstOrder
from driver_monitor.signals.openness import Openness

HIDDEN_CONTRAST: Final = judged(
    0.14, "open eyes measure 0.17 and more, hidden ones 0.12 and less", unit="share of the skin's"
)
BESIDE_THE_OTHER: Final = judged(
    0.30, "hair has some: an eye with less than this share of the other's contrast is hidden", unit="ratio"
)
SURELY_SEEN: Final = judged(
    0.25,
    "but none with more than this; real pairs, one eye in shade or turned: 0.35 and more",
    unit="share of the skin's",
)
SEEN_AGAIN: Final = judged(1.4, "to the contrast that hid it, from which on an eye is seen again", unit="ratio")
DARK_GLASS_LUMA: Final = judged(0.2, "eyes in deep shade still have 0.21", unit="share of the skin's")
# Eyes this far on the way from their usual brightness to the skin's lie both behind something like skin; with one eye
# covered the mean of both comes half way.
COVERED: Final = judged(
    0.65,
    "of the way from the eyes' usual brightness to the skin's: with one eye covered the mean comes half way",
    unit="share",
)
TELLING_LUMA: Final = judged(0.8, "eyes that are usually brighter do not tell", unit="share of the skin's")
JUDGED_OPENNESS: Final = judged(0.3, "eyes this far open show how bright they are usually", unit="open share")
EYES_TAU_S: Final = judged(0.4, "time constant of the eyes' contrast and brightness")
ONE_EYE_CONFIDENCE: Final = judged(
    0.8, "how far one eye is trusted when the other is hidden: a wink looks like sleep", unit="quality"
)


@dataclass(frozen=True, slots=True)
class EyesSeen:
    """``left_hidden`` and ``right_hidden``: no eye is to be seen where the landmarks draw one. Qualities are 0..1 and
    take in the picture's, the turn of the head and what hides the eye; ``dark``: where eyes should be it is as dark as
    behind dark glass."""

    left_hidden: bool
    right_hidden: bool
    quality_left: float
    quality_right: float
    dark: bool

    @property
    def cause(self) -> str:
        """What hides both eyes: dark_glasses, hidden_eyes for anything else, empty while one is seen."""
        if not (self.left_hidden and self.right_hidden):
            return ""
        return "dark_glasses" if self.dark else "hidden_eyes"

    @property
    def quality(self) -> float:
        """Of what both eyes say together: that of the better one, less where it stands alone."""
        best = max(self.quality_left, self.quality_right)
        return best * ONE_EYE_CONFIDENCE if self.left_hidden or self.right_hidden else best


class _Contrast:
    """Of one eye, over time."""

    def __init__(self) -> None:
        self._smoothed = FirstOrder(EYES_TAU_S)
        self.hidden = False

    def update(self, contrast: float, other: float, opening: float, step_s: float, *, dark: bool) -> None:
        """``other`` is the other eye's contrast, ``opening`` what the landmarks draw here."""
        behind_glass = contrast < HIDDEN_CONTRAST and dark
        if math.isfinite(contrast) and (opening > JUDGED_OPENNESS or behind_glass):
            smoothed = self._smoothed.update(contrast, step_s)
            assert smoothed is not None
            hiding = max(HIDDEN_CONTRAST, min(SURELY_SEEN, BESIDE_THE_OTHER * other))
            self.hidden = smoothed < hiding * (SEEN_AGAIN if self.hidden else 1.0)


class EyeSight:
    """Whether eyes are hidden: behind a hand, dark glasses, anything that leaves no iris to be seen.

    Closed lids hide it too, so only what the landmarks call an open eye is judged, and the verdict holds meanwhile;
    eyes that are both dark and without contrast are behind dark glass, whatever the landmarks say. The rims of glasses
    can keep the landmarks, and with them some contrast, while a hand lies over the eyes: then it is as bright as skin
    where the eyes should be.
    """

    def __init__(self) -> None:
        self.reset()

    def update(
        self, observation: FaceObservation, lids: Openness, step_s: float, quality: float, *, usual_luma: float | None
    ) -> EyesSeen:
        """``lids`` as the landmarks draw both eyes; ``quality`` 0..1 is what the picture and the pose allow;
        ``usual_luma`` how bright this driver's open eyes are as a share of the skin's brightness, None until known."""
        dark = observation.eye_luma < DARK_GLASS_LUMA
        seen_left, seen_right = (
            contrast if math.isfinite(contrast) else observation.eye_contrast
            for contrast in (observation.eye_contrast_left, observation.eye_contrast_right)
        )
        opening_left = lids.both if lids.left is None else lids.left
        opening_right = lids.both if lids.right is None else lids.right
        self._left.update(seen_left, seen_right, opening_left, step_s, dark=dark)
        self._right.update(seen_right, seen_left, opening_right, step_s, dark=dark)
        luma = self._luma.update(observation.eye_luma if math.isfinite(observation.eye_luma) else None, step_s)
        if lids.both > JUDGED_OPENNESS and luma is not None:
            self._covered = (self._left.hidden or self._right.hidden) and _like_skin(luma, usual_luma)
        left_hidden, right_hidden = self._left.hidden or self._covered, self._right.hidden or self._covered
        left = 0.0 if left_hidden else quality * min(1.0, 2 * (1 - lids.right_weight))
        right = 0.0 if right_hidden else quality * min(1.0, 2 * lids.right_weight)
        return EyesSeen(left_hidden, right_hidden, left, right, luma is not None and luma < DARK_GLASS_LUMA)

    def reset(self) -> None:
        """Without a face nothing is known of the eyes."""
        self._left, self._right = _Contrast(), _Contrast()
        self._luma = FirstOrder(EYES_TAU_S)
        self._covered = False


def _like_skin(luma: float, usual: float | None) -> bool:
    return usual is not None and usual < TELLING_LUMA and luma - usual > COVERED * (1.0 - usual)
