"""The yardstick: a bare FaceLandmarker loop in a sealed process of its own, as anybody would write it.

``python -m driver_monitor.bench.bare MODEL FRAMES.npy TIMES.npy`` reads one line a round from stdin and answers with
one JSON line: CPU and wall seconds over all frames. One face, blendshapes and matrix on, as the product needs them.
"""

import json
import sys
import time

import numpy as np

from driver_monitor.privacy import seal


def main() -> None:
    seal()
    # Only after the seal: loading MediaPipe looks for the network.
    import mediapipe  # noqa: PLC0415
    from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415

    model, frames_file, times_file = sys.argv[1:4]
    frames = np.load(frames_file, mmap_mode="r")
    times_ms = [round(1e3 * t_s) for t_s in np.load(times_file).tolist()]
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=model),
        running_mode=vision.RunningMode.VIDEO,
        num_faces=1,
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for _ in sys.stdin:
        with vision.FaceLandmarker.create_from_options(options) as landmarker:
            began, cpu_began = time.perf_counter(), time.process_time()
            found = 0
            for frame, time_ms in zip(frames, times_ms, strict=True):
                image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(frame))
                found += bool(landmarker.detect_for_video(image, time_ms).face_landmarks)
            spent = {"wall_s": time.perf_counter() - began, "cpu_s": time.process_time() - cpu_began, "faces": found}
        sys.stdout.write(json.dumps(spent) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
