"""Our use of MediaPipe's C interface against the installed package's own, in a process sealed like the worker."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from driver_monitor.camera.frame import Frame
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.face.blendshapes import NAMES
from driver_monitor.face.packing import STEPS
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.privacy import python_path
from tests.face.cabin import Picture

COMPARE = """
import ctypes, json, sys
from driver_monitor.privacy import seal
seal()
from driver_monitor.face import mediapipe_c as ours
from mediapipe.tasks.python.components.containers import category_c, detections_c, landmark_c, matrix_c, rect_c
from mediapipe.tasks.python.core import base_options_c
from mediapipe.tasks.python.vision import face_detector, face_landmarker
from mediapipe.tasks.python.vision.core import vision_task_running_mode as mode
from mediapipe.tasks.python.vision.core.image import ImageFormat

def layout(structure):
    return [[name, getattr(structure, name).offset, getattr(structure, name).size] for name, *_ in structure._fields_]

pairs = {
    "BaseOptions": (ours.BaseOptions, base_options_c.MpBaseOptionsC),
    "FaceLandmarkerOptions": (ours.FaceLandmarkerOptions, face_landmarker.MpFaceLandmarkerOptionsC),
    "FaceDetectorOptions": (ours.FaceDetectorOptions, face_detector.MpFaceDetectorOptionsC),
    "NormalizedLandmark": (ours.NormalizedLandmark, landmark_c.MpNormalizedLandmarkC),
    "NormalizedLandmarks": (ours.NormalizedLandmarks, landmark_c.MpNormalizedLandmarksC),
    "Category": (ours.Category, category_c.MpCategoryC),
    "Categories": (ours.Categories, category_c.MpCategoriesC),
    "Matrix": (ours.Matrix, matrix_c.MpMatrixC),
    "FaceLandmarkerResult": (ours.FaceLandmarkerResult, face_landmarker.MpFaceLandmarkerResultC),
    "Rect": (ours.Rect, rect_c.MpRectC),
    "Detection": (ours.Detection, detections_c.MpDetectionC),
    "DetectionResult": (ours.DetectionResult, detections_c.MpDetectionResultC),
}
modes = mode.VisionTaskRunningMode
import mediapipe, skimage.data
options = face_landmarker.FaceLandmarkerOptions(
    base_options=mediapipe.tasks.BaseOptions(model_asset_path=sys.argv[1]), running_mode=modes.VIDEO,
    output_face_blendshapes=True, output_facial_transformation_matrixes=True)
picture = mediapipe.Image(mediapipe.ImageFormat.SRGB, skimage.data.astronaut())
with face_landmarker.FaceLandmarker.create_from_options(options) as landmarker:
    seen = landmarker.detect_for_video(picture, 0)
print(json.dumps({
    "layouts": {name: [layout(a), layout(b), ctypes.sizeof(a), ctypes.sizeof(b)] for name, (a, b) in pairs.items()},
    "constants": [[ours.IMAGE_MODE, modes.IMAGE.ctype], [ours.VIDEO_MODE, modes.VIDEO.ctype],
                  [ours.SRGB, int(ImageFormat.SRGB)]],
    "landmarks": [[point.x, point.y, point.z] for point in seen.face_landmarks[0]],
    "scores": [shape.score for shape in seen.face_blendshapes[0]],
    "matrix": seen.facial_transformation_matrixes[0].tolist(),
    "blendshapes": [shape.name for shape in face_landmarker.Blendshapes],
}))
"""


@pytest.fixture(scope="module")
def theirs(model: Path) -> dict[str, Any]:
    child = subprocess.run(
        [sys.executable, "-c", COMPARE, str(model)],
        env=os.environ | {"PYTHONPATH": python_path()},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answer: dict[str, Any] = json.loads(child.stdout)
    return answer


def test_structures_constants_and_blendshapes_are_those_of_the_installed_mediapipe(theirs: dict[str, Any]) -> None:
    for name, (our_layout, their_layout, our_size, their_size) in theirs["layouts"].items():
        assert (our_layout, our_size) == (their_layout, their_size), name
    assert all(our_value == their_value for our_value, their_value in theirs["constants"])
    assert [name.replace("_", "").lower() for name in theirs["blendshapes"]] == [
        name.replace("_", "").lower() for name in NAMES
    ]


def test_the_worker_sees_exactly_what_mediapipes_own_wrapper_sees(
    theirs: dict[str, Any], model: Path, astronaut: Picture
) -> None:
    with VisionWorker(FaceConfig(backend="mediapipe"), PrivacyConfig(), model) as worker:
        seen = worker.track(Frame(0.0, astronaut))
    assert seen.landmarks is not None
    assert seen.blendshapes is not None
    assert seen.matrix is not None
    np.testing.assert_allclose(seen.landmarks, theirs["landmarks"], atol=0.5 / STEPS + 1e-6)  # packed to send
    np.testing.assert_allclose(seen.blendshapes, theirs["scores"], atol=1e-6)
    np.testing.assert_allclose(seen.matrix, theirs["matrix"], atol=1e-4)
