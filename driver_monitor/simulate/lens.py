"""What happens between the scene and the file: light, focus, a covered lens, sensor noise."""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.simulate.timeline import Lighting

Image = NDArray[np.uint8]

COVER_LUMA: Final = 11.0  # a thumb or a sticker on the lens lets a little light through
TILE_PX: Final = 64  # noise comes from one field, read at a random place each frame


def lit(picture: Image, light: Lighting) -> Image:
    """The picture under a light; the picture itself when the light is neutral."""
    if light == Lighting():
        return picture
    height, width = picture.shape[:2]
    out = picture
    if light.gain != 1:
        out = _scaled(out, light.gain)
    if light.gradient:
        side = np.linspace(0, 1, width, dtype=np.float32)
        slope = side if light.gradient > 0 else 1 - side
        gain = 1 - abs(light.gradient) * (1 - slope)
        out = (out * gain[None, :, None]).astype(np.uint8)
    if light.glare:
        out = np.asarray(cv2.add(out, _sun((width, height), round(light.glare, 2))), np.uint8)
    if light.blur_px:
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), light.blur_px * height / 480), np.uint8)
    if light.grey:
        grey = cv2.cvtColor(cv2.cvtColor(out, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        out = np.asarray(cv2.addWeighted(grey, light.grey, out, 1 - light.grey, 0), np.uint8)
    return out


def covered(picture: Image, share: float) -> Image:
    """The picture with something held close over the lens: dark, nearly even, out of focus."""
    if share <= 0:
        return picture
    height, width = picture.shape[:2]
    cover = _cover((width, height))
    return cover if share >= 1 else np.asarray(cv2.addWeighted(cover, share, picture, 1 - share, 0), np.uint8)


class Noise:
    """Seeded sensor noise; frame ``index`` always gets the same."""

    def __init__(self, size: tuple[int, int], seed: int) -> None:
        self._seed = seed
        self._size = size
        shape = (size[1] + TILE_PX, size[0] + TILE_PX, 3)
        self._field = np.random.default_rng((seed, 4)).normal(0, 1, shape).astype(np.float32)
        self._scaled: tuple[float, NDArray[np.int16]] = (0.0, np.zeros(shape, np.int16))

    def add(self, picture: Image, sigma: float, index: int) -> Image:
        if sigma <= 0:
            return picture
        if self._scaled[0] != sigma:
            self._scaled = (sigma, np.rint(self._field * np.float32(sigma)).astype(np.int16))
        x, y = np.random.default_rng((self._seed, 5, index)).integers(0, TILE_PX, 2)
        part = self._scaled[1][y : y + self._size[1], x : x + self._size[0]]
        return np.asarray(cv2.add(picture, part, dtype=cv2.CV_8U), np.uint8)


def _scaled(picture: Image, gain: float) -> Image:
    table = np.clip(np.arange(256) * gain + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, table), np.uint8)


@lru_cache(maxsize=64)
def _sun(size: tuple[int, int], strength: float) -> Image:
    width, height = size
    xs, ys = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    away = np.hypot(xs - 0.55, (ys + 0.65) * height / width)
    veil = 255 * strength * (0.55 + 1.2 * np.exp(-((away / 0.5) ** 2)))
    return np.repeat(np.clip(veil, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


@lru_cache(maxsize=4)
def _cover(size: tuple[int, int]) -> Image:
    width, height = size
    rows = np.linspace(0.7, 1.3, height)[:, None, None] * np.linspace(1.15, 0.85, width)[None, :, None]
    return np.asarray(np.clip(COVER_LUMA * rows * np.array([1.25, 0.95, 0.8]), 0, 255), np.uint8)
