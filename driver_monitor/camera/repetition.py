"""A camera that hands over one frame again and again: a driver, a decoder or a sensor that has got stuck."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.parameter import judged

FROZEN_S: Final = judged(
    1.0,
    "no camera shows one frame for so long, noise makes each another one. Shorter repeats are normal: 15 frames a "
    "second in a file of 30, a codec that skips. A blink of 0.4 s that freezes does not become a lapse of 1.5 s",
)
REPEATS: Final = judged(3, "of the frame, at least: one that comes again after a pause is not stuck", unit="count")
FRESH: Final = judged(3, "other frames until it moves again: a stuck encoder sends one now and then", unit="count")
SPREAD: Final = judged(
    3.0,
    "of the bytes, at least: compression leaves no noise in the dark or under a cover, and they have their own names",
    unit="0..255",
)
ONE_FRAME: Final = "the camera repeats one frame"
_ROWS: Final = 8  # so many are compared first; they tell nearly all frames apart


@dataclass(frozen=True, slots=True)
class _Shown:
    image: NDArray[np.uint8]
    since_s: float  # when it first came
    repeats: int = 0

    def is_frozen(self, t_s: float) -> bool:
        """Whether it has been repeated for too long by ``t_s``, and holds enough to be a camera's frame at all."""
        long = self.repeats >= REPEATS and t_s - self.since_s >= FROZEN_S
        return long and float(_some_rows(self.image).std()) >= SPREAD


class Repetition:
    """Watches the frames of one source, which must all come by in order. Its time is the frames' own."""

    def __init__(self) -> None:
        self.frozen = False
        self._shown: _Shown | None = None
        self._fresh = 0  # other frames since it was last found frozen

    def update(self, t_s: float, image: NDArray[np.uint8]) -> bool:
        """Whether the camera is frozen, with the frame of ``t_s``: uint8 [h, w, 3], not to be changed later on."""
        if self._shown is None or not _same(image, self._shown.image):
            self._shown = _Shown(image, t_s)
            self._fresh += 1
            self.frozen = self.frozen and self._fresh < FRESH
            return self.frozen
        self._shown = replace(self._shown, repeats=self._shown.repeats + 1)
        if self._shown.is_frozen(t_s):
            self.frozen, self._fresh = True, 0
        return self.frozen


def _same(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether every byte is the same."""
    return (
        one.shape == other.shape
        and np.array_equal(_some_rows(one), _some_rows(other))
        and np.array_equal(one, other)
    )  # fmt: skip


def _some_rows(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    step = max(1, image.shape[0] // _ROWS)
    return image[step // 2 :: step]
