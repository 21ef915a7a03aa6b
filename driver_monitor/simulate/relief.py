"""A head as a relief: the photographed head on a height field, turned in space and seen by a pinhole camera.

The height field follows FaceLandmarker's own z inside the face and a rounded shape under hair and ears; a wall
behind the outline stands in for the back of the head. A turned head is drawn by marching each ray of the new view
down to the first surface it meets, so a nose hides the cheek behind it and the far side of the face disappears.

Frame of reference: picture pixels, x right, y down, z away from the camera, the portrait's own plane at z = 0.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.simulate.stage import Stage

Map = NDArray[np.float32]
Vector = NDArray[np.float64]

# MediaPipe solves for the head's pose with a camera 63 degrees high; the drawn world uses the same.
FOCAL_SHARE: Final = float(0.5 / np.tan(np.radians(63 / 2)))
STEPS: Final = 12
REFINE: Final = 4
CELL_SHARE: Final = 1 / 240  # rays are marched this far apart (share of the height) and interpolated between
EAR_RIGHT, EAR_LEFT, NOSE_BASE = 234, 454, 2
FACE_OVAL: Final = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """A rigid head movement: degrees (yaw + to the driver's left, pitch + up, roll + to the left shoulder) and a
    shift in pixels (right, down)."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    shift_px: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class View:
    """Where each pixel of a box of the picture comes from in the head layer.

    ``box`` is (x0, y0, x1, y1); ``map_x`` and ``map_y`` float32 [y1-y0, x1-x0] are head-layer pixels; ``cover``, the
    same shape, is 1 where the ray met the head and 0 where it passed.
    """

    box: tuple[int, int, int, int]
    map_x: Map
    map_y: Map
    cover: Map


def rotation(turn: Turn) -> Vector:
    """Rotation matrix [3, 3] in the frame above: roll first, then pitch, then yaw."""
    yaw, pitch, roll = np.radians([turn.yaw_deg, turn.pitch_deg, turn.roll_deg])
    about_y = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z, np.float64)


class Relief:
    """The height field of one stage's head. ``heights`` float32 [h, w] is the z of the surface at each pixel."""

    def __init__(self, stage: Stage) -> None:
        points = stage.landmarks
        self.size = stage.size
        self.focal = FOCAL_SHARE * stage.size[1]
        self.face_width = float(np.linalg.norm(points[EAR_LEFT, :2] - points[EAR_RIGHT, :2]))
        back = float(points[[EAR_RIGHT, EAR_LEFT], 2].mean())
        self.heights = height_field(stage, self.face_width, back)
        self.near = float(points[:, 2].min()) - 4
        self.far = back + 0.8 * self.face_width
        self.pivot = np.array(
            [points[[EAR_RIGHT, EAR_LEFT], 0].mean(), points[NOSE_BASE, 1], back + 0.1 * self.face_width]
        )
        x0, y0, w, h = cv2.boundingRect(np.argwhere(stage.alpha > 10)[:, ::-1].astype(np.int32))
        self.outline = (x0, y0, x0 + w, y0 + h)

    def view(self, turn: Turn, heights: Map | None = None, drop_px: float = 0.0) -> View:
        """The head turned; ``heights`` in place of the relief's own reach ``drop_px`` further down (an open jaw)."""
        surface = self.heights if heights is None else heights
        back = rotation(turn).T
        shift = np.array([*turn.shift_px, 0.0])
        box = self._box(turn, drop_px)
        cell = max(1.0, CELL_SHARE * self.size[1])
        xs = np.arange(box[0], box[2] + cell, cell, dtype=np.float32) - self.size[0] / 2
        ys = np.arange(box[1], box[3] + cell, cell, dtype=np.float32)[:, None] - self.size[1] / 2
        middle = np.array([self.size[0] / 2, self.size[1] / 2, 0.0])
        start = back @ (middle - shift - self.pivot) + self.pivot - middle
        # A point of the ray at depth z is start + back @ (x, y, 0) + z * (back @ (x / focal, y / focal, 1)).
        origin = [(start[i] + back[i, 0] * xs + back[i, 1] * ys).astype(np.float32) for i in range(3)]
        along = [((back[i, 0] * xs + back[i, 1] * ys) / self.focal + back[i, 2]).astype(np.float32) for i in range(3)]
        found_x, found_y, hit = self._march(surface, origin, along)
        shape = (box[2] - box[0], box[3] - box[1])
        return View(box, *(enlarge(coarse, cell, shape) for coarse in (found_x, found_y, hit)))

    def _march(self, surface: Map, origin: list[Map], along: list[Map]) -> tuple[Map, Map, Map]:
        half_x, half_y = np.float32(self.size[0] / 2), np.float32(self.size[1] / 2)
        focal = np.float32(self.focal)

        def gap(depth: Map | np.float32) -> tuple[Map, Map, Map]:  # how far below the surface, and where
            z = origin[2] + depth * along[2]
            shrink = focal / (focal + z)
            x = (origin[0] + depth * along[0]) * shrink + half_x
            y = (origin[1] + depth * along[1]) * shrink + half_y
            under = np.asarray(cv2.remap(surface, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
            return z - under, x, y

        depths = np.linspace(self.near, self.far, STEPS + 1, dtype=np.float32)
        above = np.full(origin[0].shape, depths[0], np.float32)
        below = np.full(origin[0].shape, depths[-1], np.float32)
        hit = np.zeros(origin[0].shape, bool)
        for depth, previous in zip(depths[1:], depths[:-1], strict=True):
            new = (gap(depth)[0] >= 0) & ~hit
            below[new], above[new] = depth, previous
            hit |= new
        for _ in range(REFINE):
            middle = (above + below) * np.float32(0.5)
            inside = gap(middle)[0] >= 0
            below, above = np.where(inside, middle, below), np.where(inside, above, middle)
        _, x, y = gap(below)
        return soft_edge(x, y, hit.astype(np.float32))

    def _box(self, turn: Turn, drop_px: float) -> tuple[int, int, int, int]:
        """The part of the picture a turned head can reach."""
        x0, y0, x1, y1 = self.outline
        away = np.sin(np.radians([abs(turn.yaw_deg), abs(turn.pitch_deg), abs(turn.roll_deg)]))
        side = 0.45 * self.face_width * away[0] + 0.8 * self.face_width * away[2] + 6
        over = 0.75 * self.face_width * away[1] + 0.3 * self.face_width * away[2] + 6
        dx, dy = turn.shift_px
        return (
            int(np.clip(x0 - side + dx, 0, self.size[0] - 2)),
            int(np.clip(y0 - over + dy, 0, self.size[1] - 2)),
            int(np.clip(x1 + side + dx, 2, self.size[0])),
            int(np.clip(y1 + over + dy + drop_px, 2, self.size[1])),
        )


def soft_edge(x: Map, y: Map, hit: Map) -> tuple[Map, Map, Map]:
    """Rays that missed take their neighbours' place, and the edge between hit and missed becomes a smooth line."""
    near = cv2.blur(hit, (3, 3))
    share = np.maximum(near, np.float32(1e-3))
    missed = hit < 0.5
    x = np.where(missed, cv2.blur(x * hit, (3, 3)) / share, x)
    y = np.where(missed, cv2.blur(y * hit, (3, 3)) / share, y)
    edge = cv2.GaussianBlur(hit, (0, 0), 1.0)
    return x, y, np.clip((edge - np.float32(0.5)) * 2 + np.float32(0.5), 0, 1)


def enlarge(coarse: Map, cell: float, shape: tuple[int, int]) -> Map:
    """Values on a grid ``cell`` pixels apart, interpolated at every pixel of ``shape`` (width, height)."""
    grow = np.array([[cell, 0, 0], [0, cell, 0]])
    return np.asarray(
        cv2.warpAffine(coarse, grow, shape, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def height_field(stage: Stage, face_width: float, back: float) -> Map:
    """The z of the head's surface at each pixel of the stage, float32 [h, w]."""
    face = stage.landmarks[:468]
    oval = face[list(FACE_OVAL)]
    inside = (stage.alpha > 127).astype(np.uint8)
    contour = max(cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=cv2.contourArea)
    rim = contour[:: max(1, len(contour) // 72), 0].astype(np.float64)
    nearest = np.linalg.norm(rim[:, None] - oval[None, :, :2], axis=2)
    on_oval = oval[nearest.argmin(axis=1)]
    hairy = np.clip(nearest.min(axis=1) / (0.15 * face_width), 0, 1)
    rim_z = on_oval[:, 2] * (1 - hairy) + (back + 0.1 * face_width) * hairy + 0.02 * face_width
    vertices = [face]
    for share in (0.3, 0.6, 0.85, 1.0):
        round_off = 1 - np.sqrt(1 - share**2)
        bulge = 0.06 * face_width * hairy * np.sin(np.pi * share) * (on_oval[:, 2] < back - 0.2 * face_width)
        z = on_oval[:, 2] + (rim_z - on_oval[:, 2]) * round_off - bulge
        vertices.append(np.column_stack([on_oval[:, :2] + (rim - on_oval[:, :2]) * share, z]))
    surface = triangulated(np.concatenate(vertices), stage.size)
    surface = np.asarray(cv2.GaussianBlur(surface, (0, 0), 0.008 * stage.size[1] / 2), np.float32)
    wall = (0.08 + 0.10 * cv2.GaussianBlur(hair_share(rim, hairy, stage.size), (0, 0), 5)) * face_width
    depth_in = cv2.distanceTransform(inside, cv2.DIST_L2, 5)
    depth_out = cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    lip = 0.03 * face_width
    rounded = np.clip(1 - (depth_in - 1.5) / lip, 0, 1) ** 2  # complete just inside the outline's soft edge
    return np.asarray(surface + wall * rounded + 4 * depth_out, np.float32)


def hair_share(rim: Vector, hairy: Vector, size: tuple[int, int]) -> Map:
    """How far each pixel belongs to hair, ears or hat rather than to the jaw, taken from the nearest rim point."""
    seeds = np.full((size[1], size[0]), 255, np.uint8)
    columns = np.clip(rim[:, 0].astype(int), 0, size[0] - 1)
    rows = np.clip(rim[:, 1].astype(int), 0, size[1] - 1)
    seeds[rows, columns] = 0
    _, labels = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    by_label = np.zeros(int(labels.max()) + 1, np.float32)
    by_label[labels[rows, columns]] = hairy
    return np.asarray(by_label[labels], np.float32)


def triangulated(vertices: Vector, size: tuple[int, int]) -> Map:
    """z interpolated over the Delaunay triangles of ``vertices`` [n, 3]; beyond them the mean of the last ones."""
    width, height = size
    inside = (vertices[:, 0] > 0) & (vertices[:, 0] < width - 1) & (vertices[:, 1] > 0) & (vertices[:, 1] < height - 1)
    kept = vertices[inside]
    plane = cv2.Subdiv2D((0, 0, width, height))
    where: dict[tuple[float, float], float] = {}
    for x, y, z in kept:
        corner = (float(np.float32(x)), float(np.float32(y)))
        where[corner] = float(z)
        plane.insert(corner)
    surface = np.full((height, width), float(kept[:, 2].max()), np.float32)
    for triangle in np.asarray(plane.getTriangleList()).reshape(-1, 3, 2):
        corners = [(float(x), float(y)) for x, y in triangle]
        if not all(corner in where for corner in corners):
            continue
        system = np.column_stack([triangle.astype(np.float64), np.ones(3)])
        if abs(np.linalg.det(system)) < 1e-3:
            continue
        a, b, c = np.linalg.solve(system, [where[corner] for corner in corners])
        x0, y0 = np.floor(triangle.min(axis=0)).astype(int)
        x1, y1 = np.ceil(triangle.max(axis=0)).astype(int) + 1
        part = np.zeros((y1 - y0, x1 - x0), np.uint8)
        cv2.fillConvexPoly(part, np.round(triangle - (x0, y0)).astype(np.int32), (1,))
        ys, xs = np.nonzero(part)
        surface[ys + y0, xs + x0] = a * (xs + x0) + b * (ys + y0) + c
    return surface
