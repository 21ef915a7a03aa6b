"""Following one face through a video, and finding all faces in one picture, with MediaPipe.

Only the vision worker loads this module's library; the module itself may be imported anywhere.
"""

import contextlib
import ctypes
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face import mediapipe_c as mp
from driver_monitor.face.driver_choice import FaceBox
from driver_monitor.face.errors import TrackerError
from driver_monitor.face.face import BLENDSHAPES, LANDMARKS, Face
from driver_monitor.face.stream_time import next_ms

# Overlap above which two detections are one face; MediaPipe's own default.
_SAME_FACE_OVERLAP: Final = 0.3


class Landmarker:
    """MediaPipe FaceLandmarker in VIDEO mode for one face: it finds a face once and then follows it by its place."""

    def __init__(self, library: ctypes.CDLL, model: Path, detection: float, presence: float) -> None:
        self._library = library
        self._handle = ctypes.c_void_p()
        self._time_ms = -1
        options = mp.FaceLandmarkerOptions(
            running_mode=mp.VIDEO_MODE,
            num_faces=1,
            min_face_detection_confidence=detection,
            min_face_presence_confidence=presence,
            min_tracking_confidence=presence,
            output_face_blendshapes=True,
            output_facial_transformation_matrixes=True,
        )
        options.base_options = _base_options(model_asset_path=os.fsencode(model))
        try:
            mp.call(library, "MpFaceLandmarkerCreate", ctypes.byref(options), ctypes.byref(self._handle))
        except RuntimeError as error:
            raise TrackerError(_unusable(model, error)) from error

    def follow(self, image: NDArray[np.uint8], t_s: float) -> Face | None:
        """The followed face in a uint8 [h, w, 3] RGB picture taken at ``t_s``."""
        self._time_ms = next_ms(self._time_ms, t_s)
        result = mp.FaceLandmarkerResult()
        with _picture(self._library, image) as picture:
            mp.call(
                self._library,
                "MpFaceLandmarkerDetectForVideo",
                self._handle,
                picture,
                None,
                self._time_ms,
                ctypes.byref(result),
            )
        try:
            return _face(result) if result.face_landmarks_count else None
        finally:
            self._library.MpFaceLandmarkerCloseResult(ctypes.byref(result))

    def close(self) -> None:
        if self._handle:
            mp.call(self._library, "MpFaceLandmarkerClose", self._handle)
            self._handle = ctypes.c_void_p()


class Detector:
    """The face detector inside ``face_landmarker.task`` on its own: all faces, a fifth of a landmarker's cost."""

    def __init__(self, library: ctypes.CDLL, model: Path, detection: float) -> None:
        self._library = library
        self._handle = ctypes.c_void_p()
        try:
            network = zipfile.ZipFile(model).read("face_detector.tflite")
            options = mp.FaceDetectorOptions(
                running_mode=mp.IMAGE_MODE,
                min_detection_confidence=detection,
                min_suppression_threshold=_SAME_FACE_OVERLAP,
            )
            options.base_options = _base_options(model_asset_buffer=network, model_asset_buffer_count=len(network))
            mp.call(library, "MpFaceDetectorCreate", ctypes.byref(options), ctypes.byref(self._handle))
        except (OSError, KeyError, zipfile.BadZipFile, RuntimeError) as error:
            raise TrackerError(_unusable(model, error)) from error

    def find(self, image: NDArray[np.uint8], most: int) -> list[FaceBox]:
        """The boxes of at most ``most`` faces, largest first."""
        result = mp.DetectionResult()
        with _picture(self._library, image) as picture:
            mp.call(self._library, "MpFaceDetectorDetectImage", self._handle, picture, None, ctypes.byref(result))
        try:
            rects = [result.detections[index].bounding_box for index in range(result.detections_count)]
            boxes = [_box(rect, image.shape[1]) for rect in rects]
        finally:
            self._library.MpFaceDetectorCloseResult(ctypes.byref(result))
        return sorted(boxes, key=lambda box: -box.size)[:most]

    def close(self) -> None:
        if self._handle:
            mp.call(self._library, "MpFaceDetectorClose", self._handle)
            self._handle = ctypes.c_void_p()


def _base_options(**given: object) -> mp.BaseOptions:
    return mp.BaseOptions(file_descriptor=-1, delegate=mp.CPU, **given)


def _unusable(model: Path, error: Exception) -> str:
    return (
        f"the face model {model} cannot be used ({error}): delete it and start again to have it fetched, "
        "or leave face.model empty"
    )


@contextlib.contextmanager
def _picture(library: ctypes.CDLL, image: NDArray[np.uint8]) -> Iterator[ctypes.c_void_p]:
    """A MediaPipe image: a copy of ``image``."""
    height, width = image.shape[:2]
    pixels = np.ascontiguousarray(image)
    handle = ctypes.c_void_p()
    mp.call(
        library,
        "MpImageCreateFromUint8Data",
        mp.SRGB,
        width,
        height,
        pixels.ctypes.data,
        pixels.size,
        ctypes.byref(handle),
    )
    try:
        yield handle
    finally:
        library.MpImageFree(handle)


def _face(result: mp.FaceLandmarkerResult) -> Face:
    """Copy the first face out of MediaPipe's memory."""
    points = result.face_landmarks[0]
    scores = result.face_blendshapes[0]
    matrix = result.facial_transformation_matrixes[0]
    if (points.landmarks_count, scores.categories_count, matrix.rows, matrix.cols) != (LANDMARKS, BLENDSHAPES, 4, 4):
        raise RuntimeError(
            f"MediaPipe gave {points.landmarks_count} landmarks, {scores.categories_count} blendshapes and a "
            f"{matrix.rows} x {matrix.cols} matrix instead of {LANDMARKS}, {BLENDSHAPES} and 4 x 4"
        )
    return Face(
        _floats(points.landmarks, LANDMARKS)[:, :3].copy(),
        _floats(scores.categories, BLENDSHAPES)[:, 1].copy(),
        np.ctypeslib.as_array(matrix.data, shape=(4, 4)).T.copy(),
    )


def _floats(records: "ctypes._Pointer[ctypes.Structure]", count: int) -> NDArray[np.float32]:
    """An array of C structures as a view of float32 columns."""
    columns = ctypes.sizeof(records.contents) // 4
    return np.ctypeslib.as_array(ctypes.cast(records, ctypes.POINTER(ctypes.c_float)), shape=(count, columns))


def _box(rect: mp.Rect, picture_width: int) -> FaceBox:
    return FaceBox(
        (rect.left + rect.right) / 2 / picture_width,
        (rect.top + rect.bottom) / 2 / picture_width,
        (rect.right - rect.left) / picture_width,
        (rect.bottom - rect.top) / picture_width,
    )
