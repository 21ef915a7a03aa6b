"""What the litert backend makes of three frames of a public-domain portrait, here and on an emulated board.

``python -m scripts.arm_figures OUT.npz [REFERENCE.npz]`` writes the arrays, compares them with the reference, and ends
with exit code 1 where they differ by more than rounding.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray

from driver_monitor.assets import face_model
from driver_monitor.face.backends import open_backend
from driver_monitor.face.messages import WorkerSettings

SIZE_PX = 512
LIMITS = {"landmarks_px": 0.1, "blendshapes": 0.005, "matrix": 0.05}


def figures() -> dict[str, NDArray[np.float32]]:
    """Landmarks in px, blendshapes and matrix of a head that leans more from frame to frame."""
    settings = WorkerSettings("litert", str(face_model(progress=False)), True, "left", 3, 0.08, 2.0, 10.0, 0.5, 0.5)
    portrait = np.asarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]
    found = []
    with open_backend("litert", settings) as backend:
        for number, lean_deg in enumerate((0.0, 5.0, 10.0)):
            turn = cv2.getRotationMatrix2D((225.0, 120.0), lean_deg, 1.0)
            frame = cv2.warpAffine(portrait, turn, (SIZE_PX, SIZE_PX), borderMode=cv2.BORDER_REPLICATE)
            face = backend.follow(frame.astype(np.uint8), 1.0 + number / 30)
            assert face is not None
            found.append((face.landmarks * SIZE_PX, face.blendshapes, face.matrix))
    return {name: np.stack(values) for name, values in zip(LIMITS, zip(*found, strict=True), strict=True)}


def main() -> int:
    here = figures()
    np.savez(sys.argv[1], allow_pickle=False, **here)
    if len(sys.argv) < 3:
        return 0
    reference = np.load(Path(sys.argv[2]))
    apart = {name: float(np.abs(values - reference[name]).max()) for name, values in here.items()}
    print(", ".join(f"{name} differ by {value:.2g} at most" for name, value in apart.items()))
    return int(any(value > LIMITS[name] for name, value in apart.items()))


if __name__ == "__main__":
    raise SystemExit(main())
