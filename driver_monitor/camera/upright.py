"""From what a camera or decoder hands over to the image a frame carries."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.camera.errors import CameraError
from driver_monitor.config.camera import CameraConfig

_TO_RGB = {1: cv2.COLOR_GRAY2RGB, 3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGB}
_TO_GREY = {3: cv2.COLOR_BGR2GRAY, 4: cv2.COLOR_BGRA2GRAY}
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def upright_rgb(image: NDArray[Any], config: CameraConfig) -> NDArray[np.uint8]:
    """Return the image as contiguous uint8 [height, width, 3] RGB, upright and un-mirrored as ``config`` says.

    ``image`` is uint8 in OpenCV's channel order: grey [h, w] or [h, w, 1], BGR [h, w, 3], or BGRA [h, w, 4]. It is
    first turned, then un-mirrored. A grey or infrared camera's image comes back with three equal channels.
    Raises :class:`CameraError` for any other shape or number type.
    """
    channels = 1 if image.ndim == 2 else image.shape[-1] if image.ndim == 3 else 0
    if image.dtype != np.uint8 or channels not in _TO_RGB or image.size == 0:
        raise CameraError(
            f"The camera delivered a frame of shape {image.shape} and type {image.dtype}; "
            "it must be set to 8-bit grey, BGR or BGRA."
        )
    if config.colour != "colour" and channels in _TO_GREY:
        image, channels = cv2.cvtColor(image, _TO_GREY[channels]), 1
    rgb = cv2.cvtColor(image, _TO_RGB[channels])
    if config.rotate_deg:
        rgb = cv2.rotate(rgb, _TURNS[config.rotate_deg])
    if config.mirror:
        rgb = cv2.flip(rgb, 1)
    return np.ascontiguousarray(rgb, dtype=np.uint8)
