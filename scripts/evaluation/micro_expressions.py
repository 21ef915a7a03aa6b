"""The micro-expression channel on a scripted driver. It tests the instrument and says nothing about people.

Three drives of ten minutes, played as geometry with the portrait whose mouth is at rest: natural blinks, head sway,
looks at mirrors, talk, yawns, smiles and frowns of seconds, and tracking noise. A micro-expression of each kind in turn
is laid over the blendshapes every five seconds of the stretches without talk, yawns and turns (blinks fall where they
fall): up and down within 0.2 to 0.45 s, 0.25 to 0.6 high. One is found where the channel tells the same kind with an
apex within 0.1 s of it; whatever else it tells is a false alarm.

The noise of the blendshapes is what people's are while they are at rest: with ``--data`` measured on ``clips/``, else
what was measured there.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.assets import face_model
from driver_monitor.camera.open import open_source
from driver_monitor.channels.micro.actions import KINDS, SHAPES
from driver_monitor.channels.micro.channel import MicroExpressionChannel
from driver_monitor.config.camera import CameraConfig
from driver_monitor.config.config import Config
from driver_monitor.errors import DriverMonitorError
from driver_monitor.face.blendshapes import INDEX
from driver_monitor.face.observation import FaceObservation
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.simulate.geometric import GeometricDrive
from driver_monitor.simulate.measurement_noise import NoiseLevel
from driver_monitor.simulate.script import Script
from scripts.evaluation.trackers import clips

SEEDS: Final = (1, 2, 3)
_MINUTES: Final = 10
_EVERY_S: Final = 5.0
_BEGIN_S: Final = 40.0  # the face's own baseline has been learned by then
_NEAR_S: Final = 0.1
_QUIET: Final = 0.25  # of a clip's seconds: those at rest
_LEAST_FPS: Final = 23.0
_NOISE_TAU_S: Final = 0.1
# Standard deviation within the quietest quarter of each clip's seconds: the median of eight clips is 0.007 on the mean
# of the blendshapes used (printed with --data), and up to 0.02 for a single one.
NOISE: Final = 0.012


@dataclass(frozen=True, slots=True)
class Micro:
    kind: str
    begin_s: float
    length_s: float
    height: float

    def at(self, t_s: float) -> float:
        share = (t_s - self.begin_s) / self.length_s
        return self.height * math.sin(math.pi * share) ** 2 if 0.0 < share < 1.0 else 0.0


def run(data: Path) -> dict[str, object]:
    noise = dict.fromkeys(INDEX, NOISE)
    told: dict[str, object] = {}
    if (data / "clips").is_dir():
        noise, told = measured(data)
    found = false = missed = 0
    minutes = 0.0
    for seed in SEEDS:
        scored = score(seed, noise)
        found, false, missed = (before + more for before, more in zip((found, false, missed), scored, strict=True))
        minutes += _MINUTES
    return {
        "scripted_driver_only": True,
        "micro_expressions": found + missed,
        "precision": round(found / max(1, found + false), 3),
        "recall": round(found / max(1, found + missed), 3),
        "f1": round(2 * found / max(1, 2 * found + false + missed), 3),
        "false_per_minute": round(false / minutes, 2),
        "noise_sd": round(float(np.mean([noise[name] for names in SHAPES.values() for name in names])), 4),
    } | told


def script(seed: int) -> Script:
    """Every minute: 35 s of quiet driving, then talk, a smile and a frown of seconds, a yawn, looks aside."""
    actions: list[dict[str, object]] = []
    for minute in range(1, _MINUTES):
        at = 60.0 * minute + 38.0
        actions += [
            {"t": at, "do": "talk", "for": 6.0},
            {"t": at + 8.0, "do": "smile", "amount": 0.6, "for": 2.0},
            {"t": at + 12.0, "do": "frown", "amount": 0.8, "for": 1.5},
            {"t": at + 14.5, "do": "look", "yaw": 40, "for": 0.7},
            {"t": at + 16.0, "do": "yawn", "for": 2.5},
            {"t": at + 20.5, "do": "look", "yaw": -35, "pitch": 8, "for": 0.5},
        ]
    head = {"portrait": "grace_hopper", "duration_s": 60.0 * _MINUTES, "seed": seed}
    return Script.model_validate({"drive": head, "actions": actions})


def laid_over(seed: int) -> list[Micro]:
    random = np.random.default_rng((seed, 21))
    every = np.arange(_BEGIN_S, 60.0 * _MINUTES - 3.0, _EVERY_S).tolist()
    starts = [at for at in every if at < 60.0 or 2.0 <= at % 60.0 <= 33.0]
    return [
        Micro(
            KINDS[number % len(KINDS)],
            float(at + random.uniform(0.0, 2.0)),
            float(random.uniform(0.2, 0.45)),
            float(random.uniform(0.25, 0.6)),
        )
        for number, at in enumerate(starts)
    ]


def score(seed: int, noise: dict[str, float]) -> tuple[int, int, int]:
    """Found, false and missed in one drive."""
    truth = laid_over(seed)
    left = list(truth)
    false = 0
    channel, signals = MicroExpressionChannel(), SignalExtractor(Config())
    for observation in _noisy(seed, truth, noise):
        told = channel.update(observation, signals.update(observation))
        if not told.micro_expression:
            continue
        apex_s = told.micro_expression_apex_s or math.nan
        hit = next(
            (
                micro
                for micro in left
                if micro.kind == told.micro_expression
                and micro.begin_s - _NEAR_S <= apex_s <= micro.begin_s + micro.length_s + _NEAR_S
            ),
            None,
        )
        if hit is None:
            false += 1
        else:
            left.remove(hit)
    return len(truth) - len(left), false, len(left)


def _noisy(seed: int, truth: list[Micro], noise: dict[str, float]) -> Iterator[FaceObservation]:
    random = np.random.default_rng((seed, 22))
    scale = np.array([noise[name] for name in INDEX])
    jitter = random.normal(0.0, 1.0, len(scale))
    last_s = 0.0
    for clean in GeometricDrive(script(seed), NoiseLevel(mouth=0.0)).observations():
        observation = clean
        keep = math.exp(-(observation.t_s - last_s) / _NOISE_TAU_S)
        jitter = keep * jitter + math.sqrt(1.0 - keep * keep) * random.normal(0.0, 1.0, len(scale))
        last_s = observation.t_s
        if observation.blendshapes is not None:
            shapes = observation.blendshapes + scale * jitter
            for micro in truth:
                height = micro.at(observation.t_s)
                if height:
                    shapes[[INDEX[name] for name in SHAPES[micro.kind]]] += height
            observation = replace(observation, blendshapes=np.clip(shapes, 0.0, 1.0).astype(np.float32))
        yield observation


def measured(data: Path) -> tuple[dict[str, float], dict[str, object]]:
    """The noise of each blendshape at rest, and what the channel tells of people's clips: nobody knows what of it is
    true."""
    quiet: list[NDArray[np.float64]] = []
    told = 0
    config = Config()
    with VisionWorker(config.face.unhurried(), config.privacy, face_model(progress=True)) as worker:
        for source in clips(data):
            worker.reset()
            channel, signals = MicroExpressionChannel(), SignalExtractor(config)
            shapes, times = [], []
            with open_source(CameraConfig(source=source), live=False) as frames:
                for frame in frames:
                    seen = worker.track(frame)
                    now = channel.update(seen, signals.update(seen))
                    told += bool(now.micro_expression)
                    if seen.blendshapes is not None:
                        shapes.append(seen.blendshapes)
                        times.append(seen.t_s)
            fps = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0
            each = round(fps)
            if fps >= _LEAST_FPS and len(shapes) >= 2 * each:
                blocks = [np.std(shapes[at : at + each], axis=0) for at in range(0, len(shapes) - each, each // 2)]
                quiet.append(np.quantile(blocks, _QUIET, axis=0))
    if not quiet:
        raise DriverMonitorError(f"no clip in {data / 'clips'} shows a face for two seconds at {_LEAST_FPS:g} frames")
    levels = np.median(quiet, axis=0)
    return dict(zip(INDEX, levels.tolist(), strict=True)), {"clips_measured": len(quiet), "told_on_clips": told}
