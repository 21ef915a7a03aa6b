"""The same frames for bare MediaPipe, the whole pipeline on each backend, and two other ways to find a face.

The peers' packages and models are not part of the project and are never fetched: where one is missing, that is said.
"""

import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from driver_monitor.bench.footage import Footage
from driver_monitor.bench.loop_process import LoopProcess, Spent
from driver_monitor.bench.measure import BareTracker
from driver_monitor.bench.whole_pipeline import play
from driver_monitor.config.config import Config
from driver_monitor.face.backend_choice import BackendName, backend_trouble
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.pip import pip
from driver_monitor.pipeline import Pipeline
from driver_monitor.vehicle.open import open_speed

BACKENDS: Final[tuple[BackendName, ...]] = ("litert", "mediapipe")
YARDSTICK: Final = "MediaPipe, bare"
DLIB_MODEL: Final = "shape_predictor_68_face_landmarks.dat (davisking/dlib-models on GitHub)"
YUNET_MODEL: Final = "face_detection_yunet_2023mar.onnx (opencv/opencv_zoo on GitHub)"
Round = Callable[[], Spent]


@dataclass(frozen=True, slots=True)
class Peer:
    """``gives`` is what each frame's CPU buys; ``lacks`` is what is missing and how to get it, empty if nothing is."""

    name: str
    gives: str
    lacks: str
    open: Callable[[], AbstractContextManager[Round]]


@dataclass(frozen=True, slots=True)
class PeerFigures:
    """CPU in ms a frame, the median over rounds; ``ratio`` the median over rounds of it over bare MediaPipe's in the
    same round, None where that was not measured; ``faces`` frames with a face found."""

    name: str
    gives: str
    cpu_ms: float
    ratio: float | None
    faces: int
    frames: int


def line_up(
    config: Config, model: Path, footage: Footage, *, dlib_model: Path | None, yunet_model: Path | None
) -> list[Peer]:
    """Everybody, bare MediaPipe first, those that cannot run here too."""
    return [
        Peer(
            YARDSTICK, "478 points, blendshapes, pose", backend_trouble("mediapipe"),
            lambda: _loop(BareTracker(model, footage)),
        ),
        *(
            Peer(
                f"driver-monitor, {name}", "all that, signals, decisions", backend_trouble(name),
                partial(_pipeline, config, name, model, footage),
            )
            for name in BACKENDS
        ),
        Peer(
            "dlib, HOG and 68 points", "box, 68 points", _dlib_lacks(dlib_model),
            lambda: _loop(LoopProcess("dlib_hog", dlib_model or Path(), footage)),
        ),
        Peer(
            "OpenCV, YuNet", "box, 5 points", _yunet_lacks(yunet_model),
            lambda: _loop(LoopProcess("yunet", yunet_model or Path(), footage)),
        ),
    ]  # fmt: skip


def compare_peers(peers: Sequence[Peer], frames: int, rounds: int, at: Callable[[], None]) -> list[PeerFigures]:
    """All of ``peers`` in turn, ``rounds`` times, so that a machine that slows down slows all. ``at`` is called after
    each turn. Raises UsageError for a model that is of no use."""
    spent: dict[str, list[Spent]] = {peer.name: [] for peer in peers}
    with ExitStack() as stack:
        running = {peer.name: stack.enter_context(peer.open()) for peer in peers}
        for _ in range(rounds):
            for name, turn in running.items():
                spent[name].append(turn())
                at()
    bare = spent.get(YARDSTICK)
    return [
        PeerFigures(
            peer.name, peer.gives, 1e3 * statistics.median(each.cpu_s for each in mine) / frames,
            statistics.median(m.cpu_s / b.cpu_s for m, b in zip(mine, bare, strict=True)) if bare else None,
            mine[-1].faces, frames,
        )
        for peer, mine in ((peer, spent[peer.name]) for peer in peers)
    ]  # fmt: skip


@contextmanager
def _loop(process: LoopProcess) -> Iterator[Round]:
    with process:
        yield process.round


@contextmanager
def _pipeline(config: Config, backend: BackendName, model: Path, footage: Footage) -> Iterator[Round]:
    face = config.face.model_copy(update={"backend": backend})
    config = config.model_copy(update={"face": face})
    with VisionWorker(face, config.privacy, model) as tracker, open_speed(config.vehicle.speed) as speed:
        tracker.ready(face.start_timeout_s)

        def turn() -> Spent:
            tracker.reset()
            return play(Pipeline(config, tracker, speed), tracker, footage)

        yield turn


def _dlib_lacks(model: Path | None) -> str:
    package = [f"the package dlib ('{pip('install', 'dlib')}')"] if find_spec("dlib") is None else []
    return _needs([*package, *([] if model else [f"--dlib-model FILE with {DLIB_MODEL}"])])


def _yunet_lacks(model: Path | None) -> str:
    return _needs([] if model else [f"--yunet-model FILE with {YUNET_MODEL}"])


def _needs(things: Sequence[str]) -> str:
    return f"needs {' and '.join(things)}" if things else ""
