"""A person on a stage: a face with an expression, on a head with a pose, drawn into a picture."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.simulate.eyelids import Eye
from driver_monitor.simulate.mouth import Mouth
from driver_monitor.simulate.portrait import load_portrait
from driver_monitor.simulate.pose import Pose, drawn, lid_fraction
from driver_monitor.simulate.relief import Relief, Turn
from driver_monitor.simulate.stage import Stage, stage

Image = NDArray[np.uint8]
T = TypeVar("T")

LEVELS: Final = 64  # closure, jaw, smile and frown are drawn in this many steps, so that repeated ones are remembered
GAZE_STEP_DEG: Final = 0.5
REMEMBERED: Final = 256


@dataclass(frozen=True, slots=True)
class Face:
    """An expression. Closures, ``jaw``, ``frown`` and ``dark_glasses`` 0..1, ``smile`` -1..1, gaze in degrees against
    the head (yaw + to the driver's left, pitch + up)."""

    closure_left: float = 0.0
    closure_right: float = 0.0
    jaw: float = 0.0
    smile: float = 0.0
    frown: float = 0.0
    gaze_yaw_deg: float = 0.0
    gaze_pitch_deg: float = 0.0
    dark_glasses: float = 0.0


class Actor:
    """Draws one portrait. Not thread-safe: it keeps working copies of the head layer between frames."""

    def __init__(self, portrait: str, size: tuple[int, int]) -> None:
        self.portrait = load_portrait(portrait)
        self.stage: Stage = stage(portrait, size)
        self.relief = Relief(self.stage)
        self.eyes = {side: Eye(self.stage, side, portrait) for side in ("left", "right")}
        self.mouth = Mouth(self.stage, self.relief.heights)
        self._colour = self.stage.head.copy()
        self._alpha = self.stage.alpha.copy()
        self._heights = self.relief.heights.copy()
        self._shown: dict[str, Hashable] = {}
        self._memory: OrderedDict[Hashable, Any] = OrderedDict()

    def perform(self, picture: Image, face: Face, pose: Pose, tint: NDArray[np.float32] | None = None) -> None:
        """Draw what FaceLandmarker will report as ``face`` and ``pose``."""
        lids = {
            "closure_left": lid_fraction(self.portrait, face.closure_left),
            "closure_right": lid_fraction(self.portrait, face.closure_right),
        }
        self.draw(picture, replace(face, **lids), drawn(self.portrait, pose), tint)

    def draw(self, picture: Image, face: Face, turn: Turn, tint: NDArray[np.float32] | None = None) -> None:
        """Draw the head, uncalibrated, into ``picture`` (uint8 RGB, the stage's size) in place.

        ``tint`` float32 [3] is added to the head's colours before rounding (a pulse is smaller than one step of
        eight bits: dithering keeps it visible in the mean).
        """
        self._pose_face(face)
        view = self.relief.view(turn, self._heights, drop_px=face.jaw * self.mouth.drop_px)
        x0, y0, x1, y1 = view.box
        colour = cv2.remap(self._colour, view.map_x, view.map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        alpha = cv2.remap(self._alpha, view.map_x, view.map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        share = cv2.multiply(alpha, view.cover, scale=1 / 255, dtype=cv2.CV_32F)
        under = picture[y0:y1, x0:x1]
        if tint is not None:
            dither = _dither(picture.shape[:2])[y0:y1, x0:x1, None]
            colour = np.clip(colour + tint + dither, 0, 255).astype(np.uint8)
        picture[y0:y1, x0:x1] = cv2.blendLinear(
            np.ascontiguousarray(colour), np.ascontiguousarray(under), share, 1 - share
        )

    def _pose_face(self, face: Face) -> None:
        frown = _level(face.frown)
        gaze = (_step(face.gaze_yaw_deg, GAZE_STEP_DEG), _step(face.gaze_pitch_deg, GAZE_STEP_DEG))
        for side, closure in (("left", face.closure_left), ("right", face.closure_right)):
            self._show(side, (_level(closure), *gaze, frown, _level(face.dark_glasses)))
        self._show("mouth", (_level(face.jaw), _level(face.smile)))

    def _show(self, part: str, key: tuple[float, ...]) -> None:
        if self._shown.get(part) == key:
            return
        self._shown[part] = key
        if part == "mouth":
            jaw = self._remember((part, *key), lambda: self.mouth.draw(*key))
            x0, y0, x1, y1 = self.mouth.box
            self._colour[y0:y1, x0:x1] = jaw.colour
            self._alpha[y0:y1, x0:x1] = jaw.alpha
            self._heights[y0:y1, x0:x1] = jaw.heights
        else:
            eye = self.eyes[part]
            x0, y0, x1, y1 = eye.box
            self._colour[y0:y1, x0:x1] = self._remember((part, *key), lambda: eye.draw(*key))

    def _remember(self, key: Hashable, make: Callable[[], T]) -> T:
        if key in self._memory:
            self._memory.move_to_end(key)
        else:
            self._memory[key] = make()
        if len(self._memory) > REMEMBERED:
            self._memory.popitem(last=False)
        return self._memory[key]  # type: ignore[no-any-return]


def _level(share: float) -> float:
    return round(share * LEVELS) / LEVELS


def _step(value: float, step: float) -> float:
    return round(value / step) * step


@lru_cache(maxsize=2)
def _dither(shape: tuple[int, int]) -> NDArray[np.float32]:
    return np.random.default_rng(8).uniform(0, 1, shape).astype(np.float32)
