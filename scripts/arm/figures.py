"""What the vision worker makes of three frames of a public-domain portrait, here and on an emulated board.

``python -m scripts.arm.figures BACKEND REFERENCE.npz`` looks at the frames of a reference that :func:`write_reference`
made elsewhere, and ends with exit code 1 where what it sees differs by more than rounding.
"""

import sys
from pathlib import Path
from typing import Final, Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.assets import face_model
from driver_monitor.camera.frame import Frame
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.face.vision_worker import VisionWorker

Backend = Literal["litert", "mediapipe"]
BACKENDS: Final[tuple[Backend, ...]] = get_args(Backend)
Figures = dict[str, NDArray[np.float32]]

SIZE_PX: Final = 512
FPS: Final = 10
FILM_S: Final = 2
# Emulated nets take 300 times longer.
_START_TIMEOUT_S: Final = 300.0
_FRAME_TIMEOUT_S: Final = 60.0
# JUDGEMENT: some ten times what was seen, and still far below what any signal notices. Entries of the matrix are the
# head's rotation, and its place in cm.
LIMITS: Final = {"landmarks_px": 0.1, "blendshapes": 0.005, "matrix": 0.05}


def write_reference(path: Path, backend: Backend) -> None:
    """Three frames, and what the vision worker of this machine sees in them."""
    shown = frames()
    np.savez(path, allow_pickle=False, frames=shown, **seen(shown, backend, require_sandbox=True))


def write_film(path: Path) -> None:
    """The head to and fro for two seconds."""
    shown = frames()
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), float(FPS), (SIZE_PX, SIZE_PX))
    for number in range(FILM_S * FPS):
        writer.write(cv2.cvtColor(shown[(0, 1, 2, 1)[number % 4]], cv2.COLOR_RGB2BGR))
    writer.release()


def frames() -> NDArray[np.uint8]:
    """uint8 [3, 512, 512, 3]: a head that leans more from frame to frame."""
    import skimage.data

    portrait = np.asarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]
    turns = [cv2.getRotationMatrix2D((225.0, 120.0), lean_deg, 1.0) for lean_deg in (0.0, 5.0, 10.0)]
    turned = [cv2.warpAffine(portrait, turn, (SIZE_PX, SIZE_PX), borderMode=cv2.BORDER_REPLICATE) for turn in turns]
    return np.stack(turned).astype(np.uint8)


def seen(shown: NDArray[np.uint8], backend: Backend, *, require_sandbox: bool) -> Figures:
    """Landmarks in px, blendshapes and matrix of each frame. Raises TrackerError."""
    face = FaceConfig(backend=backend, start_timeout_s=_START_TIMEOUT_S, frame_timeout_s=_FRAME_TIMEOUT_S)
    with VisionWorker(face, PrivacyConfig(require_sandbox=require_sandbox), face_model(progress=False)) as worker:
        looks = [worker.track(Frame(number / FPS, frame)) for number, frame in enumerate(shown)]
    found = [
        (look.landmarks * SIZE_PX, look.blendshapes, look.matrix)
        for look in looks
        if look.landmarks is not None and look.blendshapes is not None and look.matrix is not None
    ]
    if len(found) != len(shown):
        raise ValueError(f"a face was found in {len(found)} of {len(shown)} frames only")
    return {name: np.stack(values) for name, values in zip(LIMITS, zip(*found, strict=True), strict=True)}


def main() -> int:
    backend: Backend = "mediapipe" if sys.argv[1] == "mediapipe" else "litert"
    reference = np.load(Path(sys.argv[2]))
    here = seen(reference["frames"], backend, require_sandbox=False)
    apart = {name: float(np.abs(values - reference[name]).max()) for name, values in here.items()}
    print(", ".join(f"{name} {value:.2g} apart" for name, value in apart.items()))
    return int(any(value > LIMITS[name] for name, value in apart.items()))


if __name__ == "__main__":
    raise SystemExit(main())
