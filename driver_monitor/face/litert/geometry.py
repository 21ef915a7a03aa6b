"""The canonical face inside the model file: MediaPipe's ``GeometryPipelineMetadata``, read without protobuf classes.

Fields that matter: 1 ``canonical_mesh`` (3 ``vertex_buffer``: five floats a vertex, x, y, z, u, v in cm), 2
``procrustes_landmark_basis`` (1 ``landmark_id``, 2 ``weight``), repeated.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FLOATS_A_VERTEX = 5


@dataclass(frozen=True, slots=True)
class Geometry:
    """``vertices`` float64 [468, 3] in cm; ``landmarks`` [k] are those a pose is fitted to, ``weights`` [k] how much
    each counts."""

    vertices: NDArray[np.float64]
    landmarks: NDArray[np.intp]
    weights: NDArray[np.float64]


def read_geometry(data: bytes) -> Geometry:
    """Raises ValueError where ``data`` is none."""
    vertices: list[NDArray[np.float32]] = []
    landmarks: list[int] = []
    weights: list[float] = []
    for number, value in _fields(data):
        if number == 1 and isinstance(value, bytes):
            vertices += [
                np.frombuffer(part, "<f4") for inner, part in _fields(value) if inner == 3 and isinstance(part, bytes)
            ]
        elif number == 2 and isinstance(value, bytes):
            basis = dict(_fields(value))
            landmark, weight = basis.get(1, 0), basis.get(2, b"")
            if not isinstance(landmark, int) or not isinstance(weight, bytes):
                raise ValueError("the Procrustes basis of the face geometry is damaged")
            landmarks.append(landmark)
            weights.append(float(np.frombuffer(weight, "<f4")[0]))
    if not vertices or not landmarks:
        raise ValueError("the face geometry has no vertices or no Procrustes basis")
    table = np.concatenate(vertices).reshape(-1, _FLOATS_A_VERTEX)[:, :3].astype(np.float64)
    return Geometry(table, np.array(landmarks, np.intp), np.array(weights))


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of a protobuf message: varints as int, all else as bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        match key & 7:
            case 0:
                number, at = _varint(data, at)
                yield key >> 3, number
                continue
            case 1:
                length = 8
            case 2:
                length, at = _varint(data, at)
            case 5:
                length = 4
            case wire:
                raise ValueError(f"the face geometry is damaged: wire type {wire} at byte {at}")
        if at + length > len(data):
            raise ValueError(f"the face geometry is cut off at byte {len(data)}")
        yield key >> 3, data[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A varint and where the next thing begins."""
    value = shift = 0
    while at < len(data):
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
    raise ValueError(f"the face geometry is cut off at byte {len(data)}")
