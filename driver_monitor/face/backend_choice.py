"""Which backend finds and follows faces on this machine, and why. Nothing heavy is imported to tell."""

import importlib.metadata
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final, Literal

from driver_monitor.face.processor import lacks_for_mediapipe

BackendName = Literal["litert", "mediapipe"]

# Name: the module looked for, and the package that has it.
_PACKAGES: Final[dict[BackendName, tuple[str, str]]] = {
    "litert": ("ai_edge_litert", "ai-edge-litert"),
    "mediapipe": ("mediapipe", "mediapipe"),
}


@dataclass(frozen=True, slots=True)
class BackendChoice:
    name: BackendName
    why: str

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"

    @property
    def version(self) -> str:
        """Of the package behind it, as '<package> <version>'; without a version where it is not installed."""
        package = _PACKAGES[self.name][1]
        try:
            return f"{package} {importlib.metadata.version(package)}"
        except importlib.metadata.PackageNotFoundError:
            return package


def choose_backend(wish: Literal["auto", "litert", "mediapipe"]) -> BackendChoice:
    """What ``face.backend`` comes to on this machine. Nothing is imported for it, and a wish is not questioned.

    ``auto`` is litert, except where LiteRT is not installed and MediaPipe runs.
    """
    if wish != "auto":
        return BackendChoice(wish, f"face.backend is {wish}")
    trouble = backend_trouble("litert")
    if trouble and not backend_trouble("mediapipe"):
        return BackendChoice("mediapipe", f"face.backend is auto, and {trouble}")
    return BackendChoice("litert", f"face.backend is auto, and {trouble or 'LiteRT is installed'}")


def backend_trouble(name: BackendName) -> str:
    """Why the backend cannot run on this machine, as far as that can be told without loading it; empty if it can."""
    module, package = _PACKAGES[name]
    if find_spec(module) is None:
        return f"{package} is not installed"
    return lacks_for_mediapipe() if name == "mediapipe" else ""
