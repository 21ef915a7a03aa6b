"""MediaPipe's C interface, as far as face landmarks and face detection need it.

``import mediapipe`` costs half a second on a desk machine (2 s on a small board) and 60 MB for tasks that are not
used here, and its wrapper builds 530 Python objects a frame. The same shared library, called directly, does neither.
The structures below are those of ``mediapipe/tasks/c/vision/face_landmarker`` and ``.../face_detector`` in
MediaPipe 1.2; a test compares them with the installed package's own.
"""

import ctypes
import importlib.metadata
import importlib.util
from pathlib import Path
from typing import Any, Final

from driver_monitor.face.errors import TrackerError
from driver_monitor.pip import pip

CHECKED_VERSION: Final = "1.2."

IMAGE_MODE: Final = 1
VIDEO_MODE: Final = 2
CPU: Final = 1
SRGB: Final = 1

_ResultCallback = ctypes.CFUNCTYPE(None, ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)


class BaseOptions(ctypes.Structure):
    # Without host_version and ca_bundle_path the library has nothing to send usage data with; the sandbox
    # does not rely on that.
    _fields_ = (
        ("model_asset_buffer", ctypes.c_char_p),
        ("model_asset_buffer_count", ctypes.c_uint),
        ("model_asset_path", ctypes.c_char_p),
        ("file_descriptor", ctypes.c_int),
        ("delegate", ctypes.c_int),
        ("host_environment", ctypes.c_int),
        ("host_system", ctypes.c_int),
        ("host_version", ctypes.c_char_p),
        ("ca_bundle_path", ctypes.c_char_p),
        ("app_id", ctypes.c_char_p),
        ("app_version", ctypes.c_char_p),
    )


class FaceLandmarkerOptions(ctypes.Structure):
    _fields_ = (
        ("base_options", BaseOptions),
        ("running_mode", ctypes.c_int),
        ("num_faces", ctypes.c_int),
        ("min_face_detection_confidence", ctypes.c_float),
        ("min_face_presence_confidence", ctypes.c_float),
        ("min_tracking_confidence", ctypes.c_float),
        ("output_face_blendshapes", ctypes.c_bool),
        ("output_facial_transformation_matrixes", ctypes.c_bool),
        ("result_callback", _ResultCallback),
    )


class FaceDetectorOptions(ctypes.Structure):
    _fields_ = (
        ("base_options", BaseOptions),
        ("running_mode", ctypes.c_int),
        ("min_detection_confidence", ctypes.c_float),
        ("min_suppression_threshold", ctypes.c_float),
        ("result_callback", _ResultCallback),
    )


class NormalizedLandmark(ctypes.Structure):
    _fields_ = (
        ("x", ctypes.c_float),
        ("y", ctypes.c_float),
        ("z", ctypes.c_float),
        ("has_visibility", ctypes.c_bool),
        ("visibility", ctypes.c_float),
        ("has_presence", ctypes.c_bool),
        ("presence", ctypes.c_float),
        ("name", ctypes.c_char_p),
    )


class NormalizedLandmarks(ctypes.Structure):
    _fields_ = (("landmarks", ctypes.POINTER(NormalizedLandmark)), ("landmarks_count", ctypes.c_uint32))


class Category(ctypes.Structure):
    _fields_ = (
        ("index", ctypes.c_int),
        ("score", ctypes.c_float),
        ("category_name", ctypes.c_char_p),
        ("display_name", ctypes.c_char_p),
    )


class Categories(ctypes.Structure):
    _fields_ = (("categories", ctypes.POINTER(Category)), ("categories_count", ctypes.c_uint32))


class Matrix(ctypes.Structure):
    """Column-major."""

    _fields_ = (("rows", ctypes.c_uint32), ("cols", ctypes.c_uint32), ("data", ctypes.POINTER(ctypes.c_float)))


class FaceLandmarkerResult(ctypes.Structure):
    _fields_ = (
        ("face_landmarks", ctypes.POINTER(NormalizedLandmarks)),
        ("face_landmarks_count", ctypes.c_uint32),
        ("face_blendshapes", ctypes.POINTER(Categories)),
        ("face_blendshapes_count", ctypes.c_uint32),
        ("facial_transformation_matrixes", ctypes.POINTER(Matrix)),
        ("facial_transformation_matrixes_count", ctypes.c_uint32),
    )


class Rect(ctypes.Structure):
    """Pixels."""

    _fields_ = (
        ("left", ctypes.c_int),
        ("top", ctypes.c_int),
        ("bottom", ctypes.c_int),
        ("right", ctypes.c_int),
    )


class Detection(ctypes.Structure):
    _fields_ = (
        ("categories", ctypes.POINTER(Category)),
        ("categories_count", ctypes.c_uint32),
        ("bounding_box", Rect),
        ("keypoints", ctypes.c_void_p),
        ("keypoints_count", ctypes.c_uint32),
    )


class DetectionResult(ctypes.Structure):
    _fields_ = (("detections", ctypes.POINTER(Detection)), ("detections_count", ctypes.c_uint32))


_HANDLE: Final = ctypes.c_void_p
_ERROR: Final = ctypes.POINTER(ctypes.c_char_p)
_SIGNATURES: Final[dict[str, tuple[Any, ...]]] = {
    "MpImageCreateFromUint8Data": (*[ctypes.c_int] * 3, _HANDLE, ctypes.c_int, ctypes.POINTER(_HANDLE), _ERROR),
    "MpFaceLandmarkerCreate": (ctypes.POINTER(FaceLandmarkerOptions), ctypes.POINTER(_HANDLE), _ERROR),
    "MpFaceLandmarkerDetectForVideo": (
        *[_HANDLE] * 3,
        ctypes.c_int64,
        ctypes.POINTER(FaceLandmarkerResult),
        _ERROR,
    ),
    "MpFaceLandmarkerClose": (_HANDLE, _ERROR),
    "MpFaceDetectorCreate": (ctypes.POINTER(FaceDetectorOptions), ctypes.POINTER(_HANDLE), _ERROR),
    "MpFaceDetectorDetectImage": (*[_HANDLE] * 3, ctypes.POINTER(DetectionResult), _ERROR),
    "MpFaceDetectorClose": (_HANDLE, _ERROR),
}
_VOID_SIGNATURES: Final[dict[str, tuple[Any, ...]]] = {
    "MpImageFree": (_HANDLE,),
    "MpErrorFree": (_HANDLE,),
    "MpFaceLandmarkerCloseResult": (ctypes.POINTER(FaceLandmarkerResult),),
    "MpFaceDetectorCloseResult": (ctypes.POINTER(DetectionResult),),
}


def load_library() -> ctypes.CDLL:
    """The installed mediapipe wheel's shared library with its functions' types declared.

    Raises :class:`TrackerError` when it is missing, of an unchecked version, or lacks a system library.
    """
    spec = importlib.util.find_spec("mediapipe")
    if spec is None or not spec.submodule_search_locations:
        raise TrackerError(f"mediapipe is not installed: run {pip('install', 'mediapipe==1.2.2')}")
    version = importlib.metadata.version("mediapipe")
    if not version.startswith(CHECKED_VERSION):
        raise TrackerError(
            f"mediapipe {version} is installed, but only {CHECKED_VERSION}x is known to fit: "
            f"run {pip('install', 'mediapipe==1.2.2')}"
        )
    path = Path(spec.submodule_search_locations[0]) / "tasks" / "c" / "libmediapipe.so"
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise TrackerError(
            f"MediaPipe cannot be loaded ({error}): run 'sudo apt install libegl1 libgles2', "
            "or 'driver-monitor doctor' to see what else is missing"
        ) from error
    for name, types in _SIGNATURES.items():
        function = getattr(library, name)
        function.argtypes, function.restype = types, ctypes.c_int
    for name, types in _VOID_SIGNATURES.items():
        function = getattr(library, name)
        function.argtypes, function.restype = types, None
    return library


def call(library: ctypes.CDLL, name: str, *arguments: Any) -> None:
    """Call a function that returns a status; raises RuntimeError with MediaPipe's own words if it is not 0."""
    message = ctypes.c_char_p()
    status = getattr(library, name)(*arguments, ctypes.byref(message))
    if status:
        words = message.value.decode(errors="replace") if message.value else f"status {status}"
        library.MpErrorFree(message)
        raise RuntimeError(f"{name}: {words}")
