"""A slot for a phone detector of the user's own: an ONNX file that looks at the driver's head and hands.

Input: one tensor float32 [1, 3, n, n], n from 32 to 1024: red, green and blue, 0..1, of an upright square of the frame
around the driver's head, shoulders and hands. Output: the first one, a single float32, 0..1: how sure it is that the
driver holds a phone. None is shipped: general object detectors were tried and reach an AUC of 0.65 on photographs of
real drivers.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.errors import UsageError
from driver_monitor.face.driver_choice import FaceBox
from driver_monitor.face.litert.crop import Crop
from driver_monitor.face.litert.regions import Region

WANTED: Final = "one input float32 [1, 3, n, n] (n from 32 to 1024) and a single number float32 as its first output"
_SIDES: Final = range(32, 1025)
_FATAL: Final = 4  # ONNX Runtime's level
_MARGIN: Final = 1.2  # of the square over what must be in it
_AROUND_FACE: Final = 4.0  # face sizes of the square where only the face is seen: shoulders and a hand at the head
_UPPER_BODY: Final = 13  # the pose's landmarks down to the shoulders


class PhoneDetector:
    def __init__(self, path: Path) -> None:
        """Raises :class:`UsageError` for a file that is missing, damaged or of other inputs and outputs."""
        import onnxruntime  # noqa: PLC0415  (heavy, and only needed with a detector)

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _FATAL
        try:
            content = path.read_bytes()
        except OSError as error:
            raise _refused(path, f"cannot be read ({error.strerror})") from error
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own exceptions share no base class
            raise _refused(path, f"is no ONNX file that can be run ({str(error).splitlines()[0]})") from error
        inputs = self._session.get_inputs()
        side: int = inputs[0].shape[-1] if inputs and inputs[0].shape else 0
        if not (
            len(inputs) == 1
            and inputs[0].type == "tensor(float)"
            and side in _SIDES
            and inputs[0].shape[1:] == [3, side, side]
            and inputs[0].shape[0] in (1, *(name for name in inputs[0].shape[:1] if isinstance(name, str)))
        ):
            given = ", ".join(f"{each.name} {each.type} {each.shape}" for each in inputs)
            raise _refused(path, f"has other inputs ({given})")
        self._input: str = inputs[0].name
        self._output: str = self._session.get_outputs()[0].name
        self._crop = Crop(side, cv2.BORDER_CONSTANT)
        try:
            result = self._run(np.zeros((1, 3, side, side), np.float32))
        except Exception as error:
            raise _refused(path, f"does not run ({str(error).splitlines()[0]})") from error
        if not isinstance(result, np.ndarray) or result.size != 1 or result.dtype != np.float32:
            raise _refused(path, "has another output")

    def look(
        self,
        image: NDArray[np.uint8],
        pose: NDArray[np.float64] | None,
        face: FaceBox | None,
        hands: Sequence[NDArray[np.float64]],
    ) -> float:
        """0..1; NaN where neither the driver's body nor the face is seen, or for an answer that is no number.

        ``pose`` [33, 2] and ``hands`` [21, 2] in px of ``image`` uint8 [h, w, 3] RGB.
        """
        region = _region(pose, face, hands, image.shape[1])
        if region is None:
            return math.nan
        pixels = self._crop.draw(image, region).transpose(2, 0, 1)[None].astype(np.float32) / np.float32(255)
        score = float(self._run(pixels).flat[0])
        return min(1.0, max(0.0, score)) if math.isfinite(score) else math.nan

    def _run(self, pixels: NDArray[np.float32]) -> Any:
        return self._session.run([self._output], {self._input: pixels})[0]


def _refused(path: Path, fault: str) -> UsageError:
    return UsageError(
        f"channels.body.phone_detector: {path} {fault}: it must be an ONNX file with {WANTED}; correct the path, or "
        "leave it empty to do without"
    )


def _region(
    pose: NDArray[np.float64] | None, face: FaceBox | None, hands: Sequence[NDArray[np.float64]], width_px: int
) -> Region | None:
    """The square around head, shoulders and hands."""
    if pose is not None:
        places = np.concatenate((pose[:_UPPER_BODY], *hands))
    elif face is not None:
        middle = np.array((face.x, face.y)) * width_px
        reach = _AROUND_FACE / 2 * face.size * width_px
        places = np.concatenate((middle[None] - reach, middle[None] + reach, *hands))
    else:
        return None
    first, last = places.min(axis=0), places.max(axis=0)
    x, y = ((first + last) / 2).tolist()
    return Region(x, y, _MARGIN * float((last - first).max()))
