"""Test pictures that say which frame they are, and videos made of them."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.camera.quiet import silence_opencv

WIDTH, HEIGHT = 128, 96
RED, BLUE, GREEN = (255, 0, 0), (0, 0, 255), (0, 255, 0)


def numbered_picture(number: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """BGR: red top left, blue top right; below, the number's eight bits as white or black columns, highest first."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = (0, 0, 255)
    picture[: height // 2, width // 2 :] = (255, 0, 0)
    for bit in range(8):
        column = slice(bit * width // 8, (bit + 1) * width // 8)
        picture[height // 2 :, column] = 255 * (number >> (7 - bit) & 1)
    return picture


def number_in(image: NDArray[np.uint8] | None) -> int:
    """The number that :func:`numbered_picture` wrote, read back from an upright picture."""
    assert image is not None
    height, width = image.shape[:2]
    row = image[height * 3 // 4].mean(axis=-1)
    return sum(1 << (7 - bit) for bit in range(8) if row[(2 * bit + 1) * width // 16] > 128)


def colour_at(image: NDArray[np.uint8] | None, across: float, down: float) -> tuple[int, ...]:
    """RGB at a place given in shares of the picture, each channel taken to 0 or 255."""
    assert image is not None
    height, width = image.shape[:2]
    pixel = image[int(height * down), int(width * across)]
    return tuple(255 if value > 128 else 0 for value in pixel)


def write_video(
    path: Path,
    frames: int | Sequence[NDArray[Any]] = 30,
    fps: float = 30,
    codec: str = "mp4v",
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> Path:
    silence_opencv()
    pictures = [numbered_picture(i, *size) for i in range(frames)] if isinstance(frames, int) else list(frames)
    colour = not pictures or pictures[0].ndim == 3
    size = (pictures[0].shape[1], pictures[0].shape[0]) if pictures else size
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), fps, size, colour)
    assert writer.isOpened()
    for picture in pictures:
        writer.write(picture)
    writer.release()
    return path


def write_gif(path: Path, pictures: Sequence[NDArray[np.uint8]], step_ms: Sequence[int]) -> Path:
    animation = cv2.Animation()
    animation.frames = list(pictures)
    animation.durations = list(step_ms)
    assert cv2.imwriteanimation(str(path), animation)
    return path


def index_first(path: Path) -> Path:
    """Move an MP4's index before its pictures, as a file made for streaming has it."""
    data = path.read_bytes()
    at = data.index(b"moov") - 4
    ftyp_end = struct.unpack(">I", data[:4])[0]
    moov = bytearray(data[at:])
    table = moov.index(b"stco") + 8
    for entry in range(struct.unpack(">I", moov[table : table + 4])[0]):
        place = table + 4 + 4 * entry
        moov[place : place + 4] = struct.pack(">I", struct.unpack(">I", moov[place : place + 4])[0] + len(moov))
    path.write_bytes(data[:ftyp_end] + moov + data[ftyp_end:at])
    return path


def patch(path: Path, box: bytes, offset: int, *numbers: int) -> Path:
    """Overwrite 32-bit numbers at an offset from a box's content."""
    data = bytearray(path.read_bytes())
    at = data.index(box) + 4 + offset
    data[at : at + 4 * len(numbers)] = struct.pack(f">{len(numbers)}I", *numbers)
    path.write_bytes(data)
    return path


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path
