"""The litert backend against MediaPipe: how far they agree on every frame, and what each costs.

Agreement: both as vision workers on the same frames, and the alerts and blinks that the default config makes of what
each saw, at a given speed. Cost: the CPU of each vision worker over that of a bare MediaPipe
loop in Python (``driver_monitor.bench.bare``), in rounds taken in turn on the same frames; the median of the rounds.

``--itself`` compares MediaPipe with itself on frames moved by one pixel, which should change nothing: what two runs of
the same nets differ by, because each looks where the last frame's landmarks were. ``--skip-still`` compares the litert
backend with itself looking at every frame.
"""

import argparse
import json
import statistics
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.assets import face_model
from driver_monitor.bench.agreement import Agreement, compare_on
from driver_monitor.bench.footage import Footage, footage
from driver_monitor.bench.measure import BareTracker
from driver_monitor.bench.processes import cpu_s
from driver_monitor.camera.frame import Frame
from driver_monitor.camera.open import open_source
from driver_monitor.config.camera import CameraConfig
from driver_monitor.config.config import Config
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.errors import DriverMonitorError
from driver_monitor.face.observation import FaceObservation
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.monitor import Monitor
from driver_monitor.state.alert import Alert
from driver_monitor.state.speed import Speed, SpeedKnowledge
from scripts.command import at_least, told

BACKENDS: Final = ("litert", "mediapipe")
# What the litert backend has to hold against MediaPipe on every clip.
LIMITS: Final = {
    "landmarks_rms_percent": 0.1,
    "ear_max": 0.01,
    "blendshapes_rms": 0.01,
    "blendshapes_max": 0.1,
    "rotation_median_deg": 0.3,
    "alerts_tested_only": 0,
    "alerts_reference_only": 0,
    "cpu_litert": 0.65,
}
SPEED: Final = Speed(80.0, SpeedKnowledge.GIVEN)  # km/h; every default rule is armed
_ROUND_FRAMES: Final = 150  # a full HD clip of that length is a gigabyte
_VIDEOS: Final = {".mp4", ".mov", ".gif", ".avi", ".mkv", ".webm"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="compare_trackers", description=__doc__)
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="folder with clips/ (default: the scripted drive only)"
    )
    parser.add_argument("--source", action="append", metavar="SOURCE", help="footage instead of these; may be repeated")
    parser.add_argument(
        "--rounds", type=at_least(0), default=5, metavar="N", help="rounds of cost (default: %(default)s)"
    )
    parser.add_argument(
        "--frames", type=at_least(0), default=0, metavar="N", help="frames of each source (default: all)"
    )
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--itself", action="store_true", help="MediaPipe against itself on frames moved by one pixel")
    other.add_argument(
        "--skip-still", type=float, metavar="LEVELS", help="face.skip_still against looking at every frame (litert)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a source")
    args = parser.parse_args()
    sources = args.source or ["scripted:demo", *clips(args.data)]
    with ExitStack() as stack:
        model = face_model(progress=True)
        if args.itself or args.skip_still is not None:
            name = "mediapipe" if args.itself else "litert"
            tested = stack.enter_context(worker(name, model, args.skip_still or 0.0))
            reference = stack.enter_context(worker(name, model))
            for source in sources:
                figures = against_itself(source, tested, reference, args.frames, moved=args.itself)
                print(json.dumps({"source": source} | figures) if args.json else _line(source, figures), flush=True)
            return 0
        workers = {name: stack.enter_context(worker(name, model)) for name in BACKENDS}
        for source in sources:
            figures = compare(source, workers, args.frames)
            figures |= cost(source, workers, model, args.rounds) if args.rounds else {}
            print(json.dumps({"source": source} | figures) if args.json else _line(source, figures), flush=True)
    return 0


def clips(data: Path | None) -> list[str]:
    """The videos in ``data``/clips. Raises :class:`DriverMonitorError` where there are none."""
    if data is None:
        return []
    found = sorted(str(file) for file in (data / "clips").glob("*") if file.suffix.lower() in _VIDEOS)
    if not found:
        raise DriverMonitorError(f"no videos in {data / 'clips'}: --data takes a folder that has a folder clips")
    return found


def worker(name: str, model: Path, skip_still: float = 0.0) -> VisionWorker:
    config = FaceConfig().unhurried().model_copy(update={"backend": name, "skip_still": skip_still})
    return VisionWorker(config, PrivacyConfig(), model)


def compare(source: str, workers: dict[str, VisionWorker], most_frames: int) -> dict[str, Any]:
    with open_source(CameraConfig(source=source), live=False) as frames:
        shown = (frame for number, frame in enumerate(frames) if not most_frames or number < most_frames)
        said = Said(Config())
        return compare_on(shown, workers["litert"], workers["mediapipe"], said.add).figures() | said.figures()


class Said:
    """Alerts and blinks of a drive as each tracker saw it; the first is the one under test."""

    def __init__(self, config: Config) -> None:
        self._monitors = (Monitor(config), Monitor(config))
        self._alerts: tuple[list[Alert], list[Alert]] = ([], [])
        self._blinks = [0, 0]

    def add(self, frame: Frame, *observations: FaceObservation) -> None:
        for index, observation in enumerate(observations):
            moment = self._monitors[index].observe(observation, frame, SPEED)
            self._alerts[index].extend(moment.alerts)
            self._blinks[index] += moment.state.signals.completed_blink is not None

    def figures(self) -> dict[str, int]:
        """Alerts in one only are those that the other lacks in the same frame."""
        tested, reference = (
            Counter((alert.t_s, alert.rule, alert.state, alert.level) for alert in alerts) for alerts in self._alerts
        )
        return {
            "alerts": tested.total(),
            "alerts_tested_only": (tested - reference).total(),
            "alerts_reference_only": (reference - tested).total(),
            "blinks_tested": self._blinks[0],
            "blinks_reference": self._blinks[1],
        }


def against_itself(
    source: str, tested: VisionWorker, reference: VisionWorker, most_frames: int, *, moved: bool
) -> dict[str, Any]:
    """How far ``tested`` is from ``reference`` on the same frames, or on frames ``moved`` one pixel to the right; and
    the share of frames in which it told what it had told before."""
    found, told_again = Agreement(), 0
    before: NDArray[np.float32] | None = None
    for tracker in (tested, reference):
        tracker.reset()
    with open_source(CameraConfig(source=source), live=False) as frames:
        for frame in islice(frames, most_frames or None):
            seen = tested.track(_moved(frame) if moved else frame)
            if seen.landmarks is not None and before is not None:
                told_again += np.array_equal(seen.landmarks, before)
            before = seen.landmarks
            if moved and seen.landmarks is not None:
                seen = replace(seen, landmarks=seen.landmarks - np.array((1 / seen.width_px, 0, 0), np.float32))
            found.add(seen, reference.track(frame))
    return found.figures() | {"told_again_percent": 100 * told_again / max(1, found.frames)}


def _moved(frame: Frame) -> Frame:
    if frame.image is None:
        return frame
    return replace(frame, image=np.concatenate((frame.image[:, :1], frame.image[:, :-1]), axis=1))


def cost(source: str, workers: dict[str, VisionWorker], model: Path, rounds: int) -> dict[str, float]:
    """CPU of each worker over bare MediaPipe's; nothing where the footage is too short or shows too few faces."""
    with ExitStack() as stack:
        try:
            reel = stack.enter_context(_native_footage(source))
            bare = stack.enter_context(BareTracker(model, reel))
            ratios: dict[str, list[float]] = {name: [] for name in workers}
            bare_ms = []
            for _ in range(rounds):
                yardstick = bare.round().cpu_s
                bare_ms.append(1e3 * yardstick / len(reel.times_s))
                for name, tracker in workers.items():
                    ratios[name].append(_spent_s(tracker, reel) / yardstick)
        except DriverMonitorError:
            return {}
    return {"bare_cpu_ms": statistics.median(bare_ms)} | {
        f"cpu_{name}": statistics.median(found) for name, found in ratios.items()
    }


def _native_footage(source: str) -> Any:
    with open_source(CameraConfig(source=source), live=False) as frames:
        first = next(iter(frames)).image
    if first is None:
        raise DriverMonitorError(f"{source} begins without a picture")
    height, width = first.shape[:2]
    opened = open_source(CameraConfig(source=source), live=False)
    return footage(opened, _ROUND_FRAMES, width, height)


def _spent_s(tracker: VisionWorker, reel: Footage) -> float:
    assert tracker.pid is not None
    tracker.reset()
    began = cpu_s(tracker.pid)
    for frame in reel.frames():
        tracker.track(frame)
    return cpu_s(tracker.pid) - began


def _line(source: str, figures: dict[str, Any]) -> str:
    return f"{Path(source).name}: " + ", ".join(_words(figures))


def _words(figures: dict[str, Any]) -> Iterator[str]:
    for name, value in figures.items():
        limit = LIMITS.get(name)
        missed = f" (MISSED: {limit:g})" if limit is not None and value > limit else ""
        yield f"{name} {value:.4g}{missed}"


if __name__ == "__main__":
    raise SystemExit(told(main))
