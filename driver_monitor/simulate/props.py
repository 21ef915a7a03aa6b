"""What comes into the picture besides the driver: a hand, a passenger."""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.simulate.actor import Actor, Face
from driver_monitor.simulate.pose import Pose
from driver_monitor.simulate.stage import Stage

Image = NDArray[np.uint8]

SHEEN: Final = 18  # the hand's light side against its dark one
HAND_SCALE: Final = {"eyes": 0.62, "mouth": 0.85}
PASSENGER_SCALE: Final = 0.78  # farther from the camera than the driver
BRIDGE, LIPS, CHEEKS = 6, 13, (50, 280)


def put_hand(picture: Image, stage: Stage, over: str, share: float, shift_px: tuple[float, float]) -> None:
    """A hand over ``eyes`` (from the side) or ``mouth`` (from below), arriving as ``share`` goes to 1; in place."""
    colour, alpha = _hand(stage.face_px * HAND_SCALE[over], tuple(_skin(stage)), over == "eyes")
    height, width = alpha.shape
    away = (1 - share) * 1.9 * stage.face_px
    if over == "eyes":
        at = stage.landmarks[BRIDGE, :2] + shift_px + (away - 0.30 * width, -0.5 * height)
    else:
        at = stage.landmarks[LIPS, :2] + shift_px + (0.25 * away - 0.5 * width, away - 0.16 * height)
    _paste(picture, colour, alpha, (int(at[0]), int(at[1])))


def put_passenger(picture: Image, sprite: tuple[Image, Image], share: float, lean: float, side: str) -> None:
    """Someone beside the driver: from outside the picture at 0 to the seat at 1, and with ``lean`` up to the driver."""
    colour, alpha = sprite
    height, width = picture.shape[:2]
    head_at = -0.30 * height + share * (0.30 * height + (0.16 + 0.10 * lean) * width - 0.02 * height)
    x = head_at - colour.shape[1] / 2 if side == "left" else width - head_at - colour.shape[1] / 2
    _paste(picture, colour, alpha, (int(x), int((0.13 - 0.05 * lean) * height)))


def passenger_sprite(actor: Actor, yaw_deg: float) -> tuple[Image, Image]:
    """The actor cut out, in passenger size: colours uint8 RGB and alpha uint8."""
    stage = actor.stage
    black, white = (np.full_like(stage.plate, level) for level in (0, 255))
    drawn = []
    for ground in (black, white):
        share = stage.body_alpha[:, :, None] / np.float32(255)
        ground[:] = ground + (stage.body - ground.astype(np.float32)) * share + np.float32(0.5)
        actor.perform(ground, Face(), Pose(yaw_deg=yaw_deg))
        drawn.append(ground)
    clear = (drawn[1].astype(np.int16) - drawn[0]).max(axis=2)  # 255 where the ground shows
    alpha = np.clip(255 - clear, 0, 255).astype(np.uint8)
    opaque = np.clip(drawn[0] * (255.0 / np.maximum(alpha, 1))[:, :, None], 0, 255).astype(np.uint8)
    small = (round(alpha.shape[1] * PASSENGER_SCALE), round(alpha.shape[0] * PASSENGER_SCALE))
    alpha = np.asarray(cv2.resize(alpha, small, interpolation=cv2.INTER_AREA), np.uint8)
    opaque = np.asarray(cv2.resize(opaque, small, interpolation=cv2.INTER_AREA), np.uint8)
    below = picture_tail(stage.size[1], small[1])
    alpha = np.pad(alpha, ((0, below), (0, 0)), mode="edge")
    return np.pad(opaque, ((0, below), (0, 0), (0, 0)), mode="edge"), alpha


def picture_tail(height: int, drawn: int) -> int:
    """Rows by which a sprite must go on downwards so that no passenger hangs in the air."""
    return max(0, height - drawn)


def _paste(picture: Image, colour: Image, alpha: Image, at: tuple[int, int]) -> None:
    height, width = picture.shape[:2]
    x0, y0 = max(at[0], 0), max(at[1], 0)
    x1, y1 = min(at[0] + alpha.shape[1], width), min(at[1] + alpha.shape[0], height)
    if x0 >= x1 or y0 >= y1:
        return
    part = np.s_[y0 - at[1] : y1 - at[1], x0 - at[0] : x1 - at[0]]
    share = alpha[part].astype(np.float32) / np.float32(255)
    over, under = np.ascontiguousarray(colour[part]), np.ascontiguousarray(picture[y0:y1, x0:x1])
    picture[y0:y1, x0:x1] = cv2.blendLinear(over, under, share, 1 - share)


def _skin(stage: Stage) -> list[int]:
    found = []
    for cheek in CHEEKS:
        x, y = stage.landmarks[cheek, :2].astype(int)
        found.append(stage.head[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3).mean(axis=0))
    return [int(level) for level in np.mean(found, axis=0) * 0.92]


@lru_cache(maxsize=8)
def _hand(face_px: float, skin: tuple[int, ...], lying: bool) -> tuple[Image, Image]:
    """A hand with its forearm going down, or to the right when ``lying``; ``face_px`` is its measure."""
    unit = face_px
    width, height = round(1.1 * unit), round(4.8 * unit)
    alpha = np.zeros((height, width), np.uint8)
    shade = np.zeros((height, width), np.float32)
    thick = round(0.17 * unit)
    for dx, reach in ((-0.27, 0.24), (-0.09, 0.10), (0.10, 0.06), (0.28, 0.16)):
        top = (round((0.5 + dx) * width), round((0.10 + reach * 0.4) * unit + thick / 2))
        root = (round((0.5 + dx * 0.8) * width), round(0.75 * unit))
        cv2.line(alpha, top, root, (255,), thick)
        side = thick // 2
        cv2.line(shade, (top[0] + side, top[1]), (root[0] + side, root[1]), (-26.0,), max(1, thick // 8))
    palm = (round(0.40 * width), round(0.34 * unit))
    cv2.ellipse(alpha, (width // 2, round(0.85 * unit)), palm, 0, 0, 360, (255,), -1)
    cv2.line(alpha, (round(0.16 * width), round(0.95 * unit)), (round(0.08 * width), round(0.55 * unit)), (255,), thick)
    cv2.line(alpha, (width // 2, round(1.0 * unit)), (round(0.62 * width), height), (255,), round(0.42 * unit))
    alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 1.2), np.uint8)
    shade = np.asarray(cv2.GaussianBlur(shade, (0, 0), 0.012 * unit), np.float32)
    tilt = np.linspace(SHEEN, -SHEEN, width, dtype=np.float32)[None, :]
    grain = np.random.default_rng(6).normal(0, 7, (height // 6 + 1, width // 6 + 1)).astype(np.float32)
    grain = np.asarray(cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    colour = np.array(skin, np.float32) + (shade + tilt + grain)[:, :, None]
    drawn = np.clip(colour, 0, 255).astype(np.uint8)
    return (np.rot90(drawn).copy(), np.rot90(alpha).copy()) if lying else (drawn, alpha)
