"""What the litert backend makes of three frames of a public-domain portrait, here and on an emulated board.

``python -m scripts.arm_figures OUT.npz "" VIDEO.mp4`` draws the frames, writes them with what was seen in them, and
makes a video of two seconds of them. ``python -m scripts.arm_figures OUT.npz REFERENCE.npz`` looks at the reference's
frames, and ends with exit code 1 where what it sees differs by more than rounding.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.assets import face_model
from driver_monitor.face.backends import open_backend
from driver_monitor.face.messages import WorkerSettings

SIZE_PX = 512
LIMITS = {"landmarks_px": 0.1, "blendshapes": 0.005, "matrix": 0.05}


def frames() -> NDArray[np.uint8]:
    """uint8 [3, 512, 512, 3]: a head that leans more from frame to frame."""
    import skimage.data  # drawn here only; the board does without

    portrait = np.asarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]
    turns = [cv2.getRotationMatrix2D((225.0, 120.0), lean_deg, 1.0) for lean_deg in (0.0, 5.0, 10.0)]
    turned = [cv2.warpAffine(portrait, turn, (SIZE_PX, SIZE_PX), borderMode=cv2.BORDER_REPLICATE) for turn in turns]
    return np.stack(turned).astype(np.uint8)


def seen(shown: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """Landmarks in px, blendshapes and matrix of each frame."""
    settings = WorkerSettings("litert", str(face_model(progress=False)), True, "left", 3, 0.08, 2.0, 10.0, 0.5, 0.5)
    with open_backend("litert", settings) as backend:
        faces = [backend.follow(frame, 1.0 + number / 30) for number, frame in enumerate(shown)]
    found = [(face.landmarks * SIZE_PX, face.blendshapes, face.matrix) for face in faces if face is not None]
    assert len(found) == len(shown)
    return {name: np.stack(values) for name, values in zip(LIMITS, zip(*found, strict=True), strict=True)}


def main() -> int:
    if not sys.argv[2]:
        shown = frames()
        np.savez(sys.argv[1], allow_pickle=False, frames=shown, **seen(shown))
        _film(shown, sys.argv[3])
        return 0
    reference = np.load(Path(sys.argv[2]))
    here = seen(reference["frames"])
    np.savez(sys.argv[1], allow_pickle=False, **here)
    apart = {name: float(np.abs(values - reference[name]).max()) for name, values in here.items()}
    print(", ".join(f"{name} differ by {value:.2g} at most" for name, value in apart.items()))
    return int(any(value > LIMITS[name] for name, value in apart.items()))


def _film(shown: NDArray[np.uint8], path: str) -> None:
    """The head to and fro, ten frames a second."""
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"mp4v"), 10.0, (SIZE_PX, SIZE_PX))
    for number in range(20):
        writer.write(cv2.cvtColor(shown[(0, 1, 2, 1)[number % 4]], cv2.COLOR_RGB2BGR))
    writer.release()


if __name__ == "__main__":
    raise SystemExit(main())
