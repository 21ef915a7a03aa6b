"""The portraits a scripted driver is made of, and what is known about them."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.errors import DriverMonitorError
from driver_monitor.pip import install_self

# Both pictures are works of the United States government (NASA, US Navy) and in the public domain.
PICTURES: Final = {
    "astronaut": ("skimage", "data/astronaut.png", "scikit-image"),
    "grace_hopper": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg", "matplotlib"),
}
NAMES: Final = tuple(PICTURES)


@dataclass(frozen=True, slots=True)
class Portrait:
    """A picture of one person, in its own pixels.

    ``image`` uint8 [h, w, 3] RGB. ``landmarks`` float64 [478, 3] as FaceLandmarker measured them (x, y, z in
    pixels, z smaller is nearer). ``person`` and ``head`` int32 [n, 2] outlines. ``pose`` float64 [n, 3] and ``lids``
    float64 [n] turn asked angles and closure into drawn ones (see :mod:`driver_monitor.simulate.pose`).
    """

    name: str
    image: NDArray[np.uint8]
    landmarks: NDArray[np.float64]
    person: NDArray[np.int32]
    head: NDArray[np.int32]
    pose: NDArray[np.float64]
    lids: NDArray[np.float64]


def load_portrait(name: str) -> Portrait:
    """Read a portrait by its name, one of :data:`NAMES`; raises DriverMonitorError when its package is missing."""
    known = measured(name)
    return Portrait(
        name=name,
        image=read_picture(name),
        landmarks=np.array(known["landmarks"], np.float64),
        person=np.array(known["person"], np.int32),
        head=np.array(known["head"], np.int32),
        pose=np.array(known.get("pose", []), np.float64).reshape(-1, 3),
        lids=np.array(known.get("lids", [0.0, 1.0]), np.float64),
    )


def read_picture(name: str) -> NDArray[np.uint8]:
    """The portrait's picture, uint8 RGB, read from its package's files without importing the package."""
    package, inside, wanted = PICTURES[name]
    spec = find_spec(package)
    path = Path(spec.origin).parent / inside if spec and spec.origin else None
    bgr = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR) if path and path.is_file() else None
    if bgr is None:
        raise DriverMonitorError(
            f"The scripted driver's portrait '{name}' is not there ({wanted} brings it): {install_self('demo')}"
        )
    return np.ascontiguousarray(bgr[:, :, ::-1], np.uint8)


def measured(name: str) -> dict[str, Any]:
    """What is known about a portrait without reading its picture: landmarks and calibration, portrait pixels."""
    return dict(_measurements()[name])


@cache
def _measurements() -> dict[str, Any]:
    text = (resources.files("driver_monitor.simulate") / "data" / "portraits.json").read_text(encoding="utf-8")
    return dict(json.loads(text))
