"""JPEG frames as cameras send them, taken only when they are whole."""

from typing import Any, Final

import av
from numpy.typing import NDArray

from driver_monitor.camera.errors import BadFrameError

STRICT_FOR: Final = 10  # so many frames of a camera refused from the first on: it is not damage but its way


class JpegDecoder:
    """Refuses a frame with any error in its data, which other decoders fill up with grey or smears and pass on.

    A camera of which not one frame is without fault is taken as it is.
    """

    def __init__(self) -> None:
        av.logging.set_level(av.logging.PANIC)
        self._strict, self._lenient = _codec("explode"), _codec("ignore_err")
        self._refused = 0  # in a row from the first frame on
        self._conforming = False

    def decode(self, data: bytes) -> NDArray[Any]:
        """uint8 [h, w, 3] BGR, or [h, w] of a grey one. Raises BadFrameError, whose words go on from 'a frame'."""
        if not data:
            raise BadFrameError("that is empty")
        try:
            image = _decoded(self._strict, data)
        except BadFrameError:
            self._refused += 1
            if self._conforming or self._refused <= STRICT_FOR:
                raise
            return _decoded(self._lenient, data)
        self._conforming = True
        return image


def _codec(err_detect: str) -> "av.VideoCodecContext":
    codec = av.CodecContext.create("mjpeg", "r")
    assert isinstance(codec, av.VideoCodecContext)
    codec.options = {"err_detect": err_detect}
    codec.thread_count = 1  # a frame in, a frame out
    return codec


def _decoded(codec: "av.VideoCodecContext", data: bytes) -> NDArray[Any]:
    try:
        frames = codec.decode(av.Packet(data))
    except av.FFmpegError:
        frames = []
    if not frames:
        raise BadFrameError("that is cut off, damaged or not a JPEG")
    return frames[0].to_ndarray(format="gray" if frames[0].format.name == "gray" else "bgr24")
