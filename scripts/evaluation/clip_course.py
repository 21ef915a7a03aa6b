"""What the monitor makes of real clips: tracked once, then judged as often as one likes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from driver_monitor.assets import face_model
from driver_monitor.camera.open import open_source
from driver_monitor.config.camera import CameraConfig
from driver_monitor.config.config import Config
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.errors import UsageError
from driver_monitor.face.observation import FaceObservation
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.monitor import Monitor
from driver_monitor.replay.sources import drives_of
from driver_monitor.state.speed import Speed, SpeedKnowledge

SPEED: Final = Speed(60.0, SpeedKnowledge.GIVEN)

Clip = Sequence[FaceObservation]


@dataclass(frozen=True, slots=True)
class Course:
    """Of every frame of all clips what rules look at most; alerts by rule and time."""

    eyes: tuple[str, ...]
    zones: tuple[str, ...]
    blinks: int
    alerts: tuple[tuple[int, str, float], ...]

    def frames_unlike(self, other: "Course") -> int:
        """Frames in which eyes or gaze zone are not the same."""
        pairs = zip(self.eyes, other.eyes, self.zones, other.zones, strict=True)
        return sum(eyes != other_eyes or zone != other_zone for eyes, other_eyes, zone, other_zone in pairs)


def tracked(data: Path, config: Config) -> list[Clip]:
    """Every video in ``data``/clips, or in ``data`` where there is no such folder. Raises UsageError for none."""
    folder = data / "clips" if (data / "clips").is_dir() else data
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}; --data takes one with clips in it")
    return [list(_observed(Path(name), config)) for name in drives_of(str(folder))]


def _observed(path: Path, config: Config) -> Iterator[FaceObservation]:
    model = face_model(config.face.model, progress=True)
    camera = CameraConfig(source=str(path))
    with (
        open_source(camera, live=False) as source,
        VisionWorker(config.face.unhurried(), PrivacyConfig(), model) as worker,
    ):
        for frame in source:
            yield worker.track(frame)


def course(clips: Sequence[Clip], config: Config) -> Course:
    """Each clip is a drive of its own, at 60 km/h."""
    eyes, zones, blinks = list[str](), list[str](), 0
    alerts: list[tuple[int, str, float]] = []
    for number, clip in enumerate(clips):
        monitor = Monitor(config)
        for observation in clip:
            moment = monitor.observe_recorded(observation, None, SPEED)
            signals = moment.state.signals
            eyes.append(signals.eyes)
            zones.append(signals.zone)
            blinks += signals.blink
            alerts += [(number, alert.rule, alert.t_s) for alert in moment.alerts]
    return Course(tuple(eyes), tuple(zones), blinks, tuple(alerts))
