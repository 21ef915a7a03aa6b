"""Loading the chosen backend, and nothing of the others; only the sealed worker does that."""

from importlib import import_module
from typing import Final

from driver_monitor.face.backend import FaceBackend
from driver_monitor.face.backend_choice import BackendName
from driver_monitor.face.errors import TrackerError
from driver_monitor.face.messages import WorkerSettings
from driver_monitor.face.processor import lacks_for_mediapipe

BACKENDS: Final[dict[BackendName, tuple[str, str]]] = {
    "litert": ("driver_monitor.face.litert.backend", "LitertBackend"),
    "mediapipe": ("driver_monitor.face.mediapipe_backend", "MediaPipeBackend"),
}


def open_backend(name: BackendName, settings: WorkerSettings) -> FaceBackend:
    """Load the backend. Raises :class:`TrackerError` where it cannot run."""
    if name == "mediapipe" and (lacking := lacks_for_mediapipe()):
        raise TrackerError(f"{lacking}: set face.backend to litert")
    module, class_name = BACKENDS[name]
    opened: FaceBackend = getattr(import_module(module), class_name)(settings)
    return opened
