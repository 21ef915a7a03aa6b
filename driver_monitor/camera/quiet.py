"""OpenCV and FFmpeg write warnings straight to stderr; a user should see one clear sentence of ours instead."""

import os

import cv2

_AV_LOG_QUIET = "-8"


def silence_opencv() -> None:
    """Silence both for this process; call before opening a capture, because FFmpeg's level is read only once.

    Who wants their output back sets OPENCV_LOG_LEVEL and OPENCV_FFMPEG_LOGLEVEL (56 is everything).
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", _AV_LOG_QUIET)
    if "OPENCV_LOG_LEVEL" not in os.environ:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
