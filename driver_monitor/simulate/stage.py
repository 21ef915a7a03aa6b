"""A portrait set into a picture of the asked size: cabin behind, body, and the head cut out as its own layer."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.simulate.portrait import Portrait, load_portrait

Image = NDArray[np.uint8]
Points = NDArray[np.float64]

FACE_SHARE: Final = 1 / 3  # forehead to chin, of the picture's height: a dashboard camera at about 60 cm
CENTRE: Final = (0.5, 0.44)  # where the middle of the face lies, shares of width and height
FOREHEAD, CHIN = 10, 152  # landmarks


@dataclass(frozen=True, slots=True)
class Stage:
    """One portrait placed in a picture of ``size`` (width, height), everything in that picture's pixels.

    ``empty`` the cabin alone, ``plate`` cabin and body without a head, both uint8 RGB [h, w, 3]; ``body`` and ``head``
    the layers as photographed, with ``body_alpha`` and ``alpha`` uint8 [h, w]; ``landmarks`` float64 [478, 3];
    ``scale`` picture pixels a portrait pixel; ``face_px`` forehead to chin.
    """

    size: tuple[int, int]
    empty: Image
    plate: Image
    body: Image
    body_alpha: Image
    head: Image
    alpha: Image
    landmarks: Points
    scale: float
    face_px: float


@lru_cache(maxsize=8)
def stage(portrait: str, size: tuple[int, int]) -> Stage:
    return place(load_portrait(portrait), size)


def place(portrait: Portrait, size: tuple[int, int]) -> Stage:
    width, height = size
    points = portrait.landmarks
    face = float(np.linalg.norm(points[CHIN, :2] - points[FOREHEAD, :2]))
    scale = FACE_SHARE * height / face
    middle = (points[CHIN, :2] + points[FOREHEAD, :2]) / 2
    shift = np.array([CENTRE[0] * width, CENTRE[1] * height]) - middle * scale
    to_canvas = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])

    def warp(image: Image) -> Image:
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        return np.asarray(cv2.warpAffine(image, to_canvas, size, flags=how, borderMode=cv2.BORDER_REPLICATE), np.uint8)

    def mask(polygon: NDArray[np.int32]) -> Image:
        drawn: Image = np.zeros(portrait.image.shape[:2], np.uint8)
        cv2.fillPoly(drawn, [polygon], (255,))
        smaller = cv2.erode(drawn, np.ones((3, 3), np.uint8))  # leaves the old background's fringe behind
        soft = cv2.GaussianBlur(smaller, (0, 0), 0.7)
        return np.asarray(cv2.warpAffine(soft, to_canvas, size, flags=cv2.INTER_LINEAR), np.uint8)

    landmarks = points * scale
    landmarks[:, :2] += shift
    picture = warp(portrait.image)
    person, head = mask(portrait.person), mask(portrait.head)
    empty = cabin(size)
    body, body_alpha = with_neck(picture, np.asarray(cv2.subtract(person, head), np.uint8), landmarks)
    return Stage(
        size=size,
        empty=empty,
        plate=blend(empty, body, body_alpha),
        body=body,
        body_alpha=body_alpha,
        head=spread(picture, head),
        alpha=head,
        landmarks=landmarks,
        scale=scale,
        face_px=FACE_SHARE * height,
    )


def blend(under: Image, over: Image, alpha: Image) -> Image:
    share = alpha[:, :, None].astype(np.float32) / 255
    return (under + (over.astype(np.float32) - under) * share + 0.5).astype(np.uint8)


def spread(picture: Image, alpha: Image) -> Image:
    """The picture with its edge colours spread over all outside the mask, so that edges show no old background."""
    colour = picture.astype(np.float32)
    weight = (alpha > 250).astype(np.float32)
    filled, total = colour * weight[:, :, None], weight.copy()
    for sigma in (2.0, 5.0, 12.0, 30.0):
        near = cv2.GaussianBlur(colour * weight[:, :, None], (0, 0), sigma)
        share = cv2.GaussianBlur(weight, (0, 0), sigma)
        new = (total < 0.5) & (share > 0.02)
        filled[new] = near[new] / share[new][:, None]
        total[new] = 1
    return np.asarray(np.clip(filled + 0.5, 0, 255), np.uint8)


def with_neck(picture: Image, alpha: Image, landmarks: Points) -> tuple[Image, Image]:
    """The body with its neck drawn on upwards behind the chin, a little in shadow, for when the head moves."""
    body, mask = picture.copy(), alpha.copy()
    chin = landmarks[CHIN]
    face = chin[1] - landmarks[FOREHEAD, 1]
    top = int(chin[1] - 0.28 * face)
    for x in range(int(chin[0] - 0.27 * face), int(chin[0] + 0.27 * face)):
        column = np.flatnonzero(mask[top:, x] > 250) + top if 0 <= x < mask.shape[1] else np.empty(0, np.intp)
        if column.size:
            first = int(column[0])
            body[top : first + 2, x] = body[first + 2 : first + 6, x].mean(axis=0) * 0.8
            mask[top:first, x] = 255
    soft = cv2.GaussianBlur(body, (0, 0), max(1.0, 0.015 * face))
    neck = np.zeros_like(mask)
    neck[top : int(chin[1]), :] = mask[top : int(chin[1]), :]
    return blend(body, np.asarray(soft, np.uint8), neck), np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.0), np.uint8)


@lru_cache(maxsize=4)
def cabin(size: tuple[int, int]) -> Image:
    """A drawn car interior seen from the dashboard: rear and side window, two seats. Deterministic."""
    width, height = size

    def area(*corners: tuple[float, float]) -> NDArray[np.float32]:
        """1 inside a polygon given in shares of a 4:3 picture around the middle."""
        mask = np.zeros((height, width), np.float32)
        polygon = [(round(0.5 * width + (x - 0.5) * height * 4 / 3), round(y * height)) for x, y in corners]
        cv2.fillPoly(mask, [np.array(polygon, np.int32)], (1.0,))
        return mask

    def soft(mask: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), np.float32)[:, :, None]

    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    image = np.ascontiguousarray(
        np.broadcast_to(np.array([62, 60, 60], np.float32) * (1.15 - 0.45 * rows), (height, width, 3))
    )
    rng = np.random.default_rng(20)
    outside = np.ascontiguousarray(
        np.broadcast_to(np.where(rows < 0.27, (168.0, 186.0, 200.0), (96.0, 118.0, 88.0)), image.shape), np.float32
    )
    clouds = rng.normal(0, 26, (12, 16)).astype(np.float32)
    outside += np.asarray(cv2.resize(clouds, size, interpolation=cv2.INTER_CUBIC), np.float32)[:, :, None]
    window = area((0.18, 0.10), (0.82, 0.10), (0.88, 0.40), (0.12, 0.40))
    window += area((0.93, 0.08), (1.2, 0.0), (1.2, 0.52), (0.97, 0.50))
    window += area((0.07, 0.08), (-0.2, 0.0), (-0.2, 0.52), (0.03, 0.50))
    glass = soft(window, height / 200)
    image = image * (1 - glass) + outside * glass
    for x, wide, dark in ((0.5, 1.0, 1.0), (0.06, 0.75, 0.8)):  # the driver's seat, the other one
        rest, back = 0.14 * wide, 0.20 * wide
        seat = area((x - rest, 0.30), (x + rest, 0.30), (x + 1.15 * rest, 0.58), (x - 1.15 * rest, 0.58))
        seat += area((x - back, 0.62), (x + back, 0.62), (x + 1.5 * back, 1.2), (x - 1.5 * back, 1.2))
        cloth = soft(seat, height / 60)
        image = image * (1 - cloth) + np.array([46.0, 48.0, 54.0], np.float32) * dark * cloth
    weave = soft(rng.normal(0, 14, (height, width)).astype(np.float32), 1.5)
    return np.asarray(np.clip(image + weave, 0, 255), np.uint8)
