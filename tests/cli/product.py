"""The installed product run as its users run it, on small videos made here."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

TIMEOUT_S = 90


def portrait(width_px: int = 320, height_px: int = 240) -> NDArray[np.uint8]:
    """A face in RGB: the upper half of a public-domain portrait."""
    whole = data.astronaut()[0:300, 30:430]  # type: ignore[no-untyped-call]
    return np.ascontiguousarray(cv2.resize(whole, (width_px, height_px), interpolation=cv2.INTER_AREA))


def noisy(image: NDArray[np.uint8], number: int) -> NDArray[np.uint8]:
    """What a sensor makes of a scene that stands still: every frame another one."""
    noise = np.random.default_rng(number).normal(0, 2, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def film(path: Path, images: list[NDArray[np.uint8]], fps: float = 30.0) -> Path:
    """What a camera would have made of these scenes."""
    height, width = images[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, (width, height))
    assert writer.isOpened()
    for number, image in enumerate(images):
        writer.write(cv2.cvtColor(noisy(image, number), cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def attentive(path: Path, seconds: float = 3.0, fps: float = 30.0) -> Path:
    return film(path, [portrait()] * round(seconds * fps), fps)


def driver_monitor(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "driver_monitor", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        env=os.environ | environment,
    )


def records(stdout: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stdout.splitlines()]
