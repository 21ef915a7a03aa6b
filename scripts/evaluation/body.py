"""The body channel on photographs and clips of people: who is found, hands at heads, and agreement with MediaPipe.

- Agreement: pose and hand landmarks of our own runtime against MediaPipe's PoseLandmarker and HandLandmarker (in their
  image mode) on the portrait that comes with scikit-image, on ``faces/aflw2000`` and on every 12th frame of ``clips/``.
- Presence: in how many photographs, and in how many looks at clips that show somebody, face and body are found.
- Hand at head: looks at ``pyfeat_wolfgang``, where a hand is on the face from 2.3 to 9.7 s (seen by eye; half a second
  to both sides left out), and at all other clips, which show none at a head.
- Bad input: the same photographs in grey, and as a small sensor under infrared light gives them.
- Cost: CPU of the vision worker at 30 frames a second of 640 x 480, and how long a frame waits for its answer, with and
  without the body, on this machine as busy as it is.

Needs MediaPipe and scikit-image beside what the product needs.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.assets import face_model
from driver_monitor.bench.processes import cpu_s
from driver_monitor.camera.frame import Frame
from driver_monitor.camera.open import open_source
from driver_monitor.channels.body.channel import BodyChannel
from driver_monitor.config.body import BodyConfig
from driver_monitor.config.camera import CameraConfig
from driver_monitor.config.config import Config
from driver_monitor.errors import DriverMonitorError
from driver_monitor.face.body.detector import PALMS, POSES, BodyDetector
from driver_monitor.face.body.hand_net import HandNet, around_palm
from driver_monitor.face.body.models import BodyModels, body_models
from driver_monitor.face.body.pose_net import PoseNet, around_found
from driver_monitor.face.litert.nets import ModelFile
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.privacy import seal
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.state.body import BodySignals
from scripts.evaluation.trackers import clips

Picture = NDArray[np.uint8]
Points = NDArray[np.float64]

HAND_CLIP: Final = "pyfeat_wolfgang.mp4"
HAND_S: Final = (2.3, 9.7)
_ASIDE_S: Final = 0.5
_EMPTY: Final = ("pyfeat_noface.mp4", "pyfeat_noface_face.mov", "pyfeat_face_noface.mov")  # cartoons, in part
_EVERY: Final = 12
_TURNED_DEG: Final = 45.0
_SEEN: Final = 0.5
_COST_FRAMES: Final = 600


def run(data: Path) -> dict[str, object]:
    models = body_models(BodyConfig(enabled=True), progress=True)
    assert models is not None
    figures: dict[str, object] = dict(agreement(data, models))
    found = photographs(data, models)
    return figures | found | looks(data, models) | cost(data, models)


def photographs(data: Path, models: BodyModels) -> dict[str, object]:
    """Shares of AFLW2000 in which the face, and the body, are found."""
    files = sorted((data / "faces" / "aflw2000").glob("*.jpg"))
    if not files:
        raise DriverMonitorError(f"no photographs in {data / 'faces' / 'aflw2000'}")
    yaw_of = {
        row[0].removesuffix(".jpg"): abs(float(row[2])) for row in _rows(data / "faces" / "aflw2000" / "pose.csv")
    }
    lights: dict[str, Callable[[Picture], Picture]] = {"": np.asarray, "_grey": grey, "_infrared": infrared}
    figures: dict[str, object] = {"photographs": len(files)}
    with _worker(models) as worker:
        for name, light in lights.items():
            face, body, turned = [], [], []
            for file in files:
                seen = _looked(worker, light(_read(file)))
                face.append(any(one.tracking is Tracking.TRACKED for one in seen))
                body.append(any(one.body is not None and one.body.pose is not None for one in seen))
                turned.append(yaw_of.get(file.stem, 0.0) > _TURNED_DEG)
            figures |= {f"face_found{name}": _share(face), f"body_found{name}": _share(body)}
            if not name:
                away = [pair for pair, far in zip(zip(face, body, strict=True), turned, strict=True) if far]
                figures |= {
                    "photographs_turned_45_deg": len(away),
                    "face_found_turned": _share([one for one, _ in away]),
                    "body_found_turned": _share([one for _, one in away]),
                }
    return figures


def looks(data: Path, models: BodyModels) -> dict[str, object]:
    """What the channel says of clips."""
    hits: list[bool] = []
    mistakes: list[bool] = []
    face, body, nobody = [], [], []
    with _worker(models) as worker:
        for source in clips(data):
            name = Path(source).name
            tracked = {}
            for seen, told in _told(worker, source):
                tracked[seen.t_s] = seen.tracking is Tracking.TRACKED
                if seen.body is None:
                    continue
                if name in _EMPTY and not tracked[seen.body.t_s]:
                    nobody.append(seen.body.pose is not None)
                else:
                    face.append(tracked[seen.body.t_s])
                    body.append(seen.body.pose is not None)
                if told.hand_at_head is None:
                    continue
                if name == HAND_CLIP and HAND_S[0] + _ASIDE_S <= seen.body.t_s <= HAND_S[1] - _ASIDE_S:
                    hits.append(told.hand_at_head)
                elif name != HAND_CLIP or not HAND_S[0] - _ASIDE_S <= seen.body.t_s <= HAND_S[1] + 2 * _ASIDE_S:
                    mistakes.append(told.hand_at_head)
    return {
        "looks_at_people": len(body),
        "face_found_in_looks": _share(face),
        "body_found_in_looks": _share(body),
        "looks_at_cartoons": len(nobody),
        "body_found_in_cartoons": _share(nobody),
        "looks_hand_at_head": len(hits),
        "hand_at_head_told": _share(hits),
        "looks_no_hand_at_head": len(mistakes),
        "hand_at_head_told_wrongly": _share(mistakes),
    }


def agreement(data: Path, models: BodyModels) -> dict[str, float]:
    """Our landmarks against MediaPipe's, in percent of the shoulders' distance, and of the hand's extent."""
    seal()
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    poses = vision.PoseLandmarker.create_from_options(
        vision.PoseLandmarkerOptions(base_options=BaseOptions(model_asset_path=str(models.pose)))
    )
    hands = vision.HandLandmarker.create_from_options(
        vision.HandLandmarkerOptions(base_options=BaseOptions(model_asset_path=str(models.hand)), num_hands=2)
    )
    pose, hand = ModelFile(models.pose, "pose"), ModelFile(models.hand, "hand")
    bodies = BodyDetector(pose.net("pose_detector.tflite"), POSES)
    palms = BodyDetector(hand.net("hand_detector.tflite"), PALMS)
    pose_net = PoseNet(pose.net("pose_landmarks_detector.tflite"))
    hand_net = HandNet(hand.net("hand_landmarks_detector.tflite"))
    rms_pose, rms_hand, visibility = [], [], []
    counts = {"pose": [0, 0, 0], "hand": [0, 0, 0]}  # both, ours only, theirs only
    for image in _pictures(data):
        size = (image.shape[1], image.shape[0])
        shown = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(image))
        marked = poses.detect(shown).pose_landmarks
        theirs = [_points(each, size) for each in marked]
        seen = [[one.visibility for one in each] for each in marked]
        own = [pose_net.look(image, around_found(each)) for each in bodies.find(image)[:1]]
        own = [each for each in own if each.presence > _SEEN]
        _count(counts["pose"], own, theirs)
        if own and theirs:
            sure = np.array(seen[0]) > _SEEN
            span = float(np.hypot(*(theirs[0][11] - theirs[0][12])))
            rms_pose.append(100 * _rms(own[0].points[sure], theirs[0][sure]) / span)
            visibility.append(float(np.abs(own[0].visibility - seen[0]).max()))
        their_hands = [_points(each, size) for each in hands.detect(shown).hand_landmarks]
        own_hands = [hand_net.look(image, around_palm(each)) for each in palms.find(image)[:2]]
        own_hands = [each for each in own_hands if each.presence > _SEEN]
        _count(counts["hand"], own_hands, their_hands)
        if own_hands and their_hands:
            extent = float(np.ptp(their_hands[0], axis=0).max())
            rms_hand.append(100 * _rms(own_hands[0].points, their_hands[0]) / extent)
    figures = {
        "pose_rms_percent_median": float(np.median(rms_pose)),
        "pose_rms_percent_max": max(rms_pose),
        "visibility_max": max(visibility),
        "hand_rms_percent_median": float(np.median(rms_hand)) if rms_hand else float(-1),
        "hand_rms_percent_max": max(rms_hand, default=-1.0),
    }
    for name, (both, ours, only_theirs) in counts.items():
        figures |= {f"{name}_in_both": both, f"{name}_ours_only": ours, f"{name}_mediapipe_only": only_theirs}
    return {name: round(value, 4) for name, value in figures.items()}


def cost(data: Path, models: BodyModels) -> dict[str, float]:
    """At the pace of a camera of 30 frames a second."""
    source = next(source for source in clips(data) if Path(source).name == HAND_CLIP)
    images = [cv2.resize(image, (640, 480)).astype(np.uint8) for image in _images(source)]
    figures: dict[str, float] = {}
    for name, given in (("", None), ("_with_body", models)):
        config = Config()
        with VisionWorker(config.face, config.privacy, face_model(progress=False), given) as worker:
            worker.track(Frame(0.0, images[0]))
            worker.reset()
            assert worker.pid is not None
            waits, began_cpu, began_s = [], cpu_s(worker.pid), time.monotonic()
            for number in range(_COST_FRAMES):
                time.sleep(max(0.0, began_s + number / 30.0 - time.monotonic()))
                asked_s = time.perf_counter()
                worker.track(Frame(number / 30.0, images[number % len(images)]))
                waits.append(1000.0 * (time.perf_counter() - asked_s))
            spent = (cpu_s(worker.pid) - began_cpu) / (time.monotonic() - began_s)
            figures |= {
                f"worker_core{name}": round(spent, 3),
                f"frame_p50_ms{name}": round(float(np.median(waits)), 1),
                f"frame_p99_ms{name}": round(float(np.quantile(waits, 0.99)), 1),
            }
    return figures


def grey(image: Picture) -> Picture:
    return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB).astype(np.uint8)


def infrared(image: Picture) -> Picture:
    """Grey, dim and noisy."""
    noise = np.random.default_rng(5).normal(0, 6, image.shape)
    return np.clip(0.35 * grey(image) + 10 + noise, 0, 255).astype(np.uint8)


def _worker(models: BodyModels) -> VisionWorker:
    config = Config()
    return VisionWorker(config.face.unhurried(), config.privacy, face_model(progress=False), models)


def _looked(worker: VisionWorker, image: Picture) -> list[FaceObservation]:
    """A photograph, held before the camera for a second and a half."""
    worker.reset()
    return [worker.track(Frame(number / 10.0, image)) for number in range(16)]


def _told(worker: VisionWorker, source: str) -> Iterator[tuple[FaceObservation, BodySignals]]:
    worker.reset()
    signals, channel = SignalExtractor(Config()), BodyChannel(BodyConfig(enabled=True))
    with open_source(CameraConfig(source=source), live=False) as frames:
        for frame in frames:
            seen = worker.track(frame)
            yield seen, channel.update(seen, signals.update(seen))


def _pictures(data: Path) -> Iterator[Picture]:
    from skimage.data import astronaut

    yield astronaut()  # type: ignore[no-untyped-call]
    for file in sorted((data / "faces" / "aflw2000").glob("*.jpg")):
        yield _read(file)
    for source in clips(data):
        for number, image in enumerate(_images(source)):
            if number % _EVERY == 0:
                yield image


def _images(source: str) -> Iterator[Picture]:
    with open_source(CameraConfig(source=source), live=False) as frames:
        yield from (frame.image for frame in frames if frame.image is not None)


def _read(file: Path) -> Picture:
    image = cv2.imread(str(file))
    if image is None:
        raise DriverMonitorError(f"{file} cannot be read as a photograph")
    return image[:, :, ::-1].astype(np.uint8)


def _rows(file: Path) -> list[list[str]]:
    return [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()[1:]]


def _points(landmarks: Any, size: tuple[int, int]) -> Points:
    return np.array([(each.x, each.y) for each in landmarks]) * size


def _rms(one: Points, other: Points) -> float:
    return float(np.sqrt(((one - other) ** 2).sum(axis=1).mean()))


def _count(counts: list[int], own: list[Any], theirs: list[Any]) -> None:
    counts[0] += bool(own) and bool(theirs)
    counts[1] += bool(own) and not theirs
    counts[2] += bool(theirs) and not own


def _share(said: list[bool]) -> float:
    return round(sum(said) / len(said), 3) if said else 0.0
