"""The yardstick: a bare FaceLandmarker loop, as anybody would write it.

One face, blendshapes and matrix on, as the product needs them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from driver_monitor.bench.loop import Look, serve


@contextmanager
def landmarker(model: str) -> Iterator[Look]:
    import mediapipe  # noqa: PLC0415  (loading it looks for the network)
    from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=model),
        running_mode=vision.RunningMode.VIDEO,
        num_faces=1,
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
    )
    with vision.FaceLandmarker.create_from_options(options) as tracker:

        def look(frame: NDArray[np.uint8], t_ms: int) -> bool:
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=frame)
            return bool(tracker.detect_for_video(image, t_ms).face_landmarks)

        yield look


if __name__ == "__main__":
    serve(landmarker)
